"""The form for the input and the context of a run, made from the schemas of the graph."""

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from hitl_engine.forms.typed_values import left_out, read, typed_of
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Breakpoints,
    EarlierRun,
    Fault,
    InputForm,
    JsonObject,
    JsonValue,
)
from hitl_engine.strict_json import JsonProblem
from hitl_engine.visible import one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.widgets.breakpoint_choice import BreakpointChoice, NodePicker
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.form.form_view import FormView


class RunForm(VerticalScroll, can_focus=False):
    """The fields of a graph's input, or one JSON editor; its context, and the breakpoints of the run."""

    DEFAULT_CSS = """
    RunForm {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        #about { color: $foreground 70%; height: auto; margin-bottom: 1; }
        #note { color: $text-warning; height: auto; margin-bottom: 1; }
        FormView { height: auto; padding: 0; margin-bottom: 1; }
        #json { display: none; height: 1fr; min-height: 6; margin-bottom: 1; }
        #context-title { height: 1; color: $foreground 70%; text-style: bold; }
        &.-as-json .input { display: none; }
        &.-as-json #json { display: block; }
    }
    """

    class Changed(Message):
        """The user changed something."""

    def __init__(self, input_form: InputForm, given: EarlierRun | None = None) -> None:
        """Begin empty, or with what an earlier run was started with."""
        super().__init__()
        self.input_form = input_form
        self.form = _input_of(input_form)
        self.context = _context_of(input_form)
        self.json = JsonEditor("Input, as JSON", id="json", placeholder='{"key": "value"}')
        self.stops = BreakpointChoice(input_form, given.breakpoints if given else None)
        self.set_class(not self.has_fields, "-as-json")
        self._given = given
        self._note = Static(id="note", markup=False)
        self._json_at_first = ""

    def compose(self) -> ComposeResult:
        """Put the input first, then the context and the breakpoints."""
        about = self.input_form.graph.description
        if about and about.strip():
            yield Static(Content(one_line(about, 300)), id="about")
        yield self._note
        yield self.form
        yield self.json
        if self.context is not None:
            yield from _titled(self.context)
        yield self.stops

    def on_mount(self) -> None:
        """Fill in the given input."""
        self._fill_in()
        self._json_at_first = self.json.text
        self._show_note("")

    async def complete(self, input_form: InputForm) -> None:
        """Offer the fields of the input, which were not known before; show them if nothing is typed."""
        self.input_form = input_form
        fields, self.form = self.form, _input_of(input_form)
        await self.mount(self.form, before=fields)
        await fields.remove()
        if (context := _context_of(input_form)) is not None:
            self.context = context
            await self.mount(*_titled(context), before=self.stops)
        typed = self.json.text != self._json_at_first
        if self.has_fields and not typed:
            had_focus = self.json.has_focus
            self.json.load_text("")
            self.remove_class("-as-json")
            self._fill_in()
            if had_focus:
                self.take_focus()
        self._show_note("Its fields are known now: ctrl+t shows them." if typed else "")

    @property
    def has_fields(self) -> bool:
        """Whether the input can be given in fields at all."""
        return self.input_form.form.kind != "json"

    def _show_note(self, news: str) -> None:
        """Tell why the input is given as JSON, if the user did not choose that, or `news`."""
        note = news if self.has_fields else ""
        if self.input_form.unread:
            note = f"The input cannot be described: {one_line(self.input_form.unread, 300)}"
        if self.input_form.incomplete:
            note = "The server still describes the input. Give it as JSON, or wait for its fields."
        self._note.update(Content(note))
        self._note.display = bool(note)

    def _fill_in(self) -> None:
        """Show the given input: in fields if they hold exactly this value, else as JSON."""
        if self._given is None:
            return
        field, value = self.input_form.form, self._given.input
        typed = typed_of(field, self.input_form.as_entered(value))
        if self.has_fields and self.input_form.as_input(read(field, typed).value) == value:
            self.form.load(typed)
        else:
            self.json.show_json(value)
            self.add_class("-as-json")

    def touch_all(self) -> None:
        """Show every fault from now on: the user tried to start the run."""
        self.form.touch_all()
        if self.context is not None:
            self.context.touch_all()

    @property
    def as_json(self) -> bool:
        """Whether the input is given as JSON."""
        return self.has_class("-as-json")

    def toggle_json(self) -> None:
        """Take the input as JSON, beginning with what the fields contain, or in fields again."""
        if not self.as_json and not self.json.text.strip():
            self.json.show_json(self.input_form.as_input(self.form.reading().value))
        self.toggle_class("-as-json")
        self.take_focus()
        self.post_message(self.Changed())

    def take_focus(self) -> None:
        """Focus the first field."""
        if self.as_json:
            self.json.focus()
        else:
            self.form.take_focus()

    def read(self) -> tuple[JsonValue, Breakpoints, JsonObject]:
        """Return the input, the breakpoints and the context. Raises NotReady for the first problem."""
        problems: list[NotReady] = []
        stops = NO_BREAKPOINTS
        value: JsonValue = None
        context: JsonValue = None
        try:
            value = self._read_json() if self.as_json else self._read_fields()
        except NotReady as problem:
            problems.append(problem)
        try:
            context = _read(self.context, "Context") if self.context is not None else None
        except NotReady as problem:
            problems.append(problem)
        try:
            stops = self.stops.read()
        except NotReady as problem:
            problems.append(problem)
        if problems:
            raise problems[0]
        return value, stops, context if isinstance(context, dict) else {}

    def _read_json(self) -> JsonValue:
        if not self.json.text.strip():
            raise NotReady("Input: type it as JSON; {} is an empty input.")
        try:
            return self.json.read()
        except JsonProblem as problem:
            raise NotReady(f"Input: not JSON yet. {problem}") from problem

    def _read_fields(self) -> JsonValue:
        return self.input_form.as_input(_read(self.form, "Input"))

    @on(FormView.Changed)
    @on(NodePicker.Changed)
    @on(Input.Changed)
    @on(TextArea.Changed)
    def report_changed(self, event: Message) -> None:
        """Report the change, once."""
        event.stop()
        self.post_message(self.Changed())


def _input_of(input_form: InputForm) -> FormView:
    form = FormView(input_form.form)
    form.add_class("input")
    return form


def _context_of(input_form: InputForm) -> FormView | None:
    return FormView(input_form.context, id="context") if input_form.context is not None else None


def _titled(context: FormView) -> tuple[Static, FormView]:
    return Static("Context", id="context-title", markup=False), context


def _read(form: FormView, what: str) -> JsonValue:
    """Return what the fields contain. Raises NotReady with their faults, which are shown there."""
    reading = form.reading()
    faults: tuple[Fault, ...] = reading.and_then(left_out(form.field, form.typed))
    form.show_faults(faults)
    if faults:
        raise NotReady(f"{what}: {form.fault_summary(faults)}")
    return reading.value
