"""The editor for the arguments of a tool call: a form or JSON, and what was changed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from hitl_engine.model import Fault, ToolCall
from hitl_engine.visible import one_line
from hitl_tui.state.call_answer import CallAnswer
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.argument_changes import change_lines, changed_names
from hitl_tui.text.literal import literal
from hitl_tui.widgets.difference_pane import DifferencePane
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.form.form_view import FormView
from hitl_tui.widgets.line_input import LineInput
from hitl_tui.widgets.titled_pane import titled


class CallEdit(Vertical):
    """Edits one call; keeps types, and shows the difference from the request."""

    DEFAULT_CSS = """
    CallEdit {
        height: 3fr;
        min-height: 9;
        #tool-name { display: none; height: 1; }
        #tool-name Static { width: auto; padding: 0 1; color: $text-warning; }
        #tool-name LineInput { width: 1fr; }
        #form-container, #edited { height: 2fr; min-height: 4; }
        #form-container { border-top: solid $foreground 20%; border-title-color: $foreground 70%; }
        #form-container { border-title-style: bold; }
        #form-container:focus-within { border-top: solid $accent; border-title-color: $accent; }
        #form-container { display: none; }
        &.-by-form #form-container { display: block; }
        &.-by-form #edited { display: none; }
        &.-renamed #tool-name { display: block; }
        #changes { height: auto; min-height: 2; max-height: 8; }
        #cautions { display: none; height: auto; padding: 0 1; color: $text-warning; }
        &.-cautious #cautions { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f9",
            "switch",
            "Form or JSON",
            show=False,
            tooltip="Edit the arguments in a form, or as JSON",
            id="edit.form_or_json",
        ),
        Binding(
            "f12",
            "rename",
            "Another tool",
            show=False,
            tooltip="Choose another tool for this call, or go back to the requested tool",
            id="edit.another_tool",
        ),
    ]
    HELP = """\
    ### Edited arguments
    Each keeps its type. **f9** switches between the form and JSON; only JSON takes keys that the
    request does not have. **f12** lets another tool run instead, which you must confirm before it
    is sent. **escape** goes back to the call; what you typed is kept.
    """

    class Changed(Message):
        """The user typed something."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._answer: CallAnswer | None = None
        self.edited = JsonEditor("To run instead, as JSON: f9 form, esc back", id="edited")
        self.form_container = Container(id="form-container")
        self.form_container.border_title = titled(
            "Arguments to run instead", "f9 as JSON, f12 another tool, esc back"
        )
        self.form: FormView | None = None
        self.tool = LineInput(id="tool")
        self.changes = DifferencePane(
            "Changes against the request",
            unchanged="The same arguments as in the request.",
            id="changes",
        )
        self.cautions = Static(id="cautions", markup=False)

    def compose(self) -> ComposeResult:
        """Put the name of another tool above the form or the JSON, what was changed below."""
        with Horizontal(id="tool-name"):
            yield Static("Runs another tool:", markup=False)
            yield self.tool
        yield self.form_container
        yield self.edited
        yield self.changes
        yield self.cautions

    # What is edited

    def show(self, answer: CallAnswer) -> None:
        """Edit the arguments of this call."""
        answer.begin_edit()
        if answer is not self._answer:
            self._answer = answer
            self._mount_form(answer)
        with self.prevent(TextArea.Changed, Input.Changed):
            self._load(answer)

    def _mount_form(self, answer: CallAnswer) -> None:
        if self.form is not None:
            self.form.remove()
            self.form = None
        if answer.by_form:
            self.form = FormView(answer.form)
            self.form_container.mount(self.form)

    def _load(self, answer: CallAnswer) -> None:
        self.set_class(answer.by_form, "-by-form")
        self.set_class(answer.tool is not None, "-renamed")
        self.tool.load(answer.tool or "")
        if answer.by_form:
            if self.form is None:
                self._mount_form(answer)
            assert self.form is not None, "it was just mounted"
            self.form.load(answer.typed)
        else:
            self.edited.show_source(answer.args)

    def keep(self) -> None:
        """Keep what was typed with the call that it was typed for."""
        answer = self._answer
        if answer is None:
            return
        if answer.by_form and self.form is not None:
            answer.typed = self.form.typed
        elif not answer.by_form:
            answer.args = self.edited.text
        if answer.tool is not None:
            answer.tool = self.tool.text

    @property
    def length(self) -> int:
        """How many characters were typed as JSON."""
        return 0 if self._by_form else len(self.edited.text)

    @property
    def _by_form(self) -> bool:
        return self._answer is not None and self._answer.by_form

    def take_focus(self) -> None:
        """Focus the first field, once it is laid out."""
        if self._by_form and self.form is not None:
            self.form.call_after_refresh(self.form.take_focus)
        else:
            self.call_after_refresh(self.edited.focus)

    # What is different

    def show_difference(self, call: ToolCall, cautions: tuple[str, ...]) -> None:
        """Show how the arguments differ from the request, and what must be confirmed."""
        answer = self._answer
        if answer is None:
            return
        if not answer.by_form:
            self.edited.check()
        try:
            args = answer.edited()
        except NotReady:
            self.changes.set_detail("not known yet")
        else:
            names = changed_names(call.args, args)
            which = ", ".join(one_line(name, 40) for name in names)
            self.changes.show_difference(change_lines(call.args, args), which or "unchanged")
        self.cautions.update(literal("\n".join(f"! {caution}" for caution in cautions)))
        self.set_class(bool(cautions), "-cautious")

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show what is wrong at each field: what cannot be read there, then these faults."""
        if self._answer is not None and self._answer.by_form and self.form is not None:
            self.form.show_faults(self._answer.reading().and_then(faults))

    def touch_all(self) -> None:
        """Show every fault from now on: the user tried to send."""
        if self.form is not None:
            self.form.touch_all()

    # Another way, another tool

    def action_switch(self) -> None:
        """Switch between the form and JSON, if what was typed can be read."""
        answer = self._answer
        if answer is None:
            return
        self.keep()
        try:
            answer.switch_editor()
        except NotReady as missing:
            self.changes.set_detail(f"stays as it is: {one_line(str(missing), 120)}")
            return
        self.show(answer)
        self.post_message(self.Changed())
        self.take_focus()

    def action_rename(self) -> None:
        """Choose another tool, or go back to the requested one."""
        answer = self._answer
        if answer is None:
            return
        self.keep()
        answer.tool = answer.call.name if answer.tool is None else None
        self.show(answer)
        self.post_message(self.Changed())
        if answer.tool is not None:
            self.call_after_refresh(self.tool.focus)
        else:
            self.take_focus()

    @on(FormView.Changed)
    def form_changed(self, event: FormView.Changed) -> None:
        """Post the message of this widget."""
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Changed)
    def tool_changed(self, event: Input.Changed) -> None:
        """Post that the name of the tool changed; the form posts its own message for its inputs."""
        event.stop()
        if event.input is self.tool:
            self.post_message(self.Changed())
