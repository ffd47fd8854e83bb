"""The form for the input of a run, made from the input schema of the graph."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from hitl_engine.forms.typed_values import left_out, read, typed_of
from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, EarlierRun, Fault, InputForm, JsonValue
from hitl_engine.strict_json import JsonProblem
from hitl_engine.visible import one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.form.form_view import FormView
from hitl_tui.widgets.line_input import LineInput


class BreakpointLine(Vertical):
    """Takes the names of the nodes at which a run should stop."""

    DEFAULT_CSS = """
    BreakpointLine {
        height: auto;
        margin-bottom: 1;
        .title { height: 1; text-style: bold; }
        .problem { display: none; color: $text-error; height: auto; padding: 0 1; }
        &.-wrong .problem { display: block; }
    }
    """

    def __init__(
        self,
        title: str,
        nodes: tuple[str, ...],
        compiled: tuple[str, ...],
        given: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__()
        self.title = title
        self.line = LineInput()
        self._known = nodes
        self._compiled = compiled
        self._given = compiled if given is None else given
        self._problem = Static(classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        """Put the title above, the problem below."""
        yield Static(Content(self.title), classes="title")
        yield self.line
        yield self._problem

    def on_mount(self) -> None:
        """Begin with the given breakpoints, or with those that the graph was compiled with."""
        self.line.load(", ".join(self._given))

    def read(self) -> tuple[str, ...]:
        """Return the nodes. Raises NotReady for an unknown one, or if all were removed."""
        names = tuple(name.strip() for name in self.line.text.split(",") if name.strip())
        problem = self._problem_of(names)
        self.set_class(bool(problem), "-wrong")
        if problem:
            self._problem.update(Content(problem))
            raise NotReady(f"{self.title}: {problem}")
        return names

    def _problem_of(self, names: tuple[str, ...]) -> str:
        unknown = [name for name in names if name != "*" and name not in self._known]
        if unknown and self._known:
            return f"there is no node {one_line(unknown[0], 60)}."
        if self._compiled and not names:
            return (
                "name at least one node: the graph was compiled with breakpoints, and a run"
                " cannot switch all of them off."
            )
        return ""


class RunForm(VerticalScroll, can_focus=False):
    """The fields of a graph's input, or one JSON editor, and the breakpoints of the run."""

    DEFAULT_CSS = """
    RunForm {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        #about { color: $foreground 70%; height: auto; margin-bottom: 1; }
        #note { color: $text-warning; height: auto; margin-bottom: 1; }
        FormView { height: auto; padding: 0; margin-bottom: 1; }
        #json { display: none; height: 1fr; min-height: 6; margin-bottom: 1; }
        &.-as-json FormView { display: none; }
        &.-as-json #json { display: block; }
        #stops { height: auto; color: $foreground 60%; border-top: solid $foreground 20%;
                 border-title-color: $foreground 70%; border-title-style: bold; }
    }
    """

    class Changed(Message):
        """The user changed something."""

    def __init__(self, input_form: InputForm, given: EarlierRun | None = None) -> None:
        """Begin empty, or with what an earlier run was started with."""
        super().__init__()
        self.input_form = input_form
        self.form = FormView(input_form.form)
        self.json = JsonEditor("Input, as JSON", id="json", placeholder='{"key": "value"}')
        compiled = input_form.compiled or NO_BREAKPOINTS
        stops = given.breakpoints if given else compiled
        nodes = input_form.nodes
        self.before = BreakpointLine("Stop before", nodes, compiled.before, stops.before)
        self.after = BreakpointLine("Stop after", nodes, compiled.after, stops.after)
        self.set_class(not self.has_fields, "-as-json")
        self._given = given
        self._note = Static(id="note", markup=False)
        self._json_at_first = ""

    def compose(self) -> ComposeResult:
        """Put the input first, then the breakpoints."""
        about = self.input_form.graph.description
        if about and about.strip():
            yield Static(Content(one_line(about, 300)), id="about")
        yield self._note
        yield self.form
        yield self.json
        stops = Static(Content(self._about_breakpoints()), id="stops")
        stops.border_title = Content("Breakpoints of this run")
        yield stops
        yield self.before
        yield self.after

    def on_mount(self) -> None:
        """Fill in the given input."""
        self._fill_in()
        self._json_at_first = self.json.text
        self._show_note("")

    async def complete(self, input_form: InputForm) -> None:
        """Offer the fields of the input, which were not known before; show them if nothing is typed."""
        self.input_form = input_form
        fields, self.form = self.form, FormView(input_form.form)
        await self.mount(self.form, before=fields)
        await fields.remove()
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

    def _about_breakpoints(self) -> str:
        if self.input_form.compiled is None:
            return (
                "The server does not report the nodes of this graph or the breakpoints that it was"
                " compiled with: those that you name here replace them. Separate with commas."
            )
        nodes = ", ".join(one_line(node, 40) for node in self.input_form.nodes)
        return f"Nodes: {nodes}. Separate with commas; * for all nodes."

    def touch_all(self) -> None:
        """Show every fault from now on: the user tried to start the run."""
        self.form.touch_all()

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

    def read(self) -> tuple[JsonValue, Breakpoints]:
        """Return the input and the breakpoints. Raises NotReady for the first problem."""
        problems: list[NotReady] = []
        stops: list[tuple[str, ...]] = []
        value: JsonValue = None
        try:
            value = self._read_json() if self.as_json else self._read_fields()
        except NotReady as problem:
            problems.append(problem)
        for line in (self.before, self.after):
            try:
                stops.append(line.read())
            except NotReady as problem:
                problems.append(problem)
        if problems:
            raise problems[0]
        return value, Breakpoints(*stops)

    def _read_json(self) -> JsonValue:
        if not self.json.text.strip():
            raise NotReady("Input: type it as JSON; {} is an empty input.")
        try:
            return self.json.read()
        except JsonProblem as problem:
            raise NotReady(f"Input: not JSON yet. {problem}") from problem

    def _read_fields(self) -> JsonValue:
        reading = self.form.reading()
        faults: tuple[Fault, ...] = reading.and_then(
            left_out(self.input_form.form, self.form.typed)
        )
        self.form.show_faults(faults)
        if faults:
            raise NotReady(f"Input: {self.form.fault_summary(faults)}")
        return self.input_form.as_input(reading.value)

    @on(FormView.Changed)
    @on(Input.Changed)
    @on(TextArea.Changed)
    def report_changed(self, event: Message) -> None:
        """Report the change, once."""
        event.stop()
        self.post_message(self.Changed())
