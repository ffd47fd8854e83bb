"""Where the arguments of a tool call are edited: as a form or as JSON, with what it changes."""

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
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.form.form_view import FormView
from hitl_tui.widgets.line_input import LineInput
from hitl_tui.widgets.text_view import Syntax, TextPane
from hitl_tui.widgets.titled_pane import titled


class CallEdit(Vertical):
    """Edits one call; keeps types, and shows all the while what is different from the request."""

    DEFAULT_CSS = """
    CallEdit {
        height: 3fr;
        min-height: 9;
        #tool-name { display: none; height: 1; }
        #tool-name Static { width: auto; padding: 0 1; color: $text-warning; }
        #tool-name LineInput { width: 1fr; }
        #form-seat, #edited { height: 2fr; min-height: 4; }
        #form-seat { border-top: solid $foreground 20%; border-title-color: $foreground 70%; }
        #form-seat { border-title-style: bold; }
        #form-seat:focus-within { border-top: solid $accent; border-title-color: $accent; }
        #form-seat { display: none; }
        &.-by-form #form-seat { display: block; }
        &.-by-form #edited { display: none; }
        &.-renamed #tool-name { display: block; }
        #differs { height: auto; min-height: 2; max-height: 8; }
        #cautions { display: none; height: auto; padding: 0 1; color: $text-warning; }
        &.-cautious #cautions { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f9",
            "turn",
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
            tooltip="Let another tool run instead, or the one that was asked for again",
            id="edit.another_tool",
        ),
    ]
    HELP = """\
    ### Edited arguments
    Each keeps its type. **f9** turns between the form and JSON; only JSON takes keys that the
    request does not have. **f12** lets another tool run instead: it asks once more before it is
    sent. **escape** goes back to the call; what you typed is kept.
    """

    class Changed(Message):
        """Something was typed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._answer: CallAnswer | None = None
        self.edited = JsonEditor("To run instead, as JSON: f9 form, esc back", id="edited")
        self.seat = Container(id="form-seat")
        self.seat.border_title = titled(
            "Arguments to run instead", "f9 as JSON, f12 another tool, esc back"
        )
        self.form: FormView | None = None
        self.tool = LineInput(id="tool")
        self.differs = TextPane("Changes", id="differs")
        self.cautions = Static(id="cautions", markup=False)

    def compose(self) -> ComposeResult:
        """Put the tool's name above, the two ways to edit in one place, what changes below."""
        with Horizontal(id="tool-name"):
            yield Static("Runs another tool:", markup=False)
            yield self.tool
        yield self.seat
        yield self.edited
        yield self.differs
        yield self.cautions

    # What is edited

    def show(self, answer: CallAnswer) -> None:
        """Edit this call."""
        answer.begun()
        if answer is not self._answer:
            self._answer = answer
            self._seat_form(answer)
        with self.prevent(TextArea.Changed, Input.Changed):
            self._load(answer)

    def _seat_form(self, answer: CallAnswer) -> None:
        if self.form is not None:
            self.form.remove()
            self.form = None
        if answer.by_form:
            self.form = FormView(answer.form)
            self.seat.mount(self.form)

    def _load(self, answer: CallAnswer) -> None:
        self.set_class(answer.by_form, "-by-form")
        self.set_class(answer.tool is not None, "-renamed")
        self.tool.load(answer.tool or "")
        if answer.by_form:
            if self.form is None:
                self._seat_form(answer)
            assert self.form is not None, "it was seated"
            self.form.load(answer.typed)
        else:
            self.edited.show_source(answer.args)

    def keep(self) -> None:
        """Keep what was typed with the call it was typed for."""
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
    def size_of_text(self) -> int:
        """How many characters are edited as JSON."""
        return 0 if self._by_form else len(self.edited.text)

    @property
    def _by_form(self) -> bool:
        return self._answer is not None and self._answer.by_form

    def take_focus(self) -> None:
        """Begin in the first field, once it is there."""
        if self._by_form and self.form is not None:
            self.form.call_after_refresh(self.form.take_focus)
        else:
            self.call_after_refresh(self.edited.focus)

    # What is different

    def show_difference(self, call: ToolCall, cautions: tuple[str, ...]) -> None:
        """Show how the arguments differ from the request, and what asks once more."""
        answer = self._answer
        if answer is None:
            return
        if not answer.by_form:
            self.edited.check()
        try:
            args = answer.edited()
        except NotReady:
            self.differs.set_title("Changes against the request", "not known yet")
        else:
            names = changed_names(call.args, args)
            lines = change_lines(call.args, args)
            words = "The same arguments as in the request."
            self.differs.show_text("\n".join(lines) or words, Syntax.DIFF)
            which = ", ".join(one_line(name, 40) for name in names)
            self.differs.set_title("Changes against the request", which or "unchanged")
        self.cautions.update(literal("\n".join(f"! {caution}" for caution in cautions)))
        self.set_class(bool(cautions), "-cautious")

    def show_faults(self, faults: tuple[Fault, ...]) -> None:
        """Say at each field what is wrong: what cannot be read there, then these."""
        if self._answer is not None and self._answer.by_form and self.form is not None:
            self.form.show_faults(self._answer.reading().and_then(faults))

    def touch_all(self) -> None:
        """Somebody wants to send: from now on every fault is shown."""
        if self.form is not None:
            self.form.touch_all()

    # Another way, another tool

    def action_turn(self) -> None:
        """Edit in the form or as JSON, where what is typed can be read."""
        answer = self._answer
        if answer is None:
            return
        self.keep()
        try:
            answer.turned()
        except NotReady as missing:
            self.differs.set_title(
                "Changes against the request", f"stays as it is: {one_line(str(missing), 120)}"
            )
            return
        self.show(answer)
        self.post_message(self.Changed())
        self.take_focus()

    def action_rename(self) -> None:
        """Let another tool run, or the one that was asked for again."""
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
    def hear_form(self, event: FormView.Changed) -> None:
        """Say it as this widget does."""
        event.stop()
        self.post_message(self.Changed())

    @on(Input.Changed)
    def hear_tool(self, event: Input.Changed) -> None:
        """The name of the tool was typed; lines of the form have spoken for themselves."""
        event.stop()
        if event.input is self.tool:
            self.post_message(self.Changed())
