"""The form for the input of a run, made from the graph's own schema."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from hitl_engine.forms.typed_values import left_out
from hitl_engine.model import Breakpoints, Fault, InputForm, JsonValue
from hitl_engine.strict_json import JsonProblem
from hitl_engine.visible import one_line
from hitl_tui.widgets.editor import JsonEditor
from hitl_tui.widgets.form.form_view import FormView
from hitl_tui.widgets.line_input import LineInput


class Unfinished(Exception):
    """There is nothing to start yet; the words say what is missing."""


class StopLine(Vertical):
    """Takes the names of nodes at which a run shall stop."""

    DEFAULT_CSS = """
    StopLine {
        height: auto;
        margin-bottom: 1;
        .title { height: 1; text-style: bold; }
        .problem { display: none; color: $text-error; height: auto; padding: 0 1; }
        &.-wrong .problem { display: block; }
    }
    """

    def __init__(self, title: str, nodes: tuple[str, ...]) -> None:
        super().__init__()
        self.title = title
        self.line = LineInput()
        self._known = nodes
        self._problem = Static(classes="problem", markup=False)

    def compose(self) -> ComposeResult:
        """Put the title above, the problem below."""
        yield Static(Content(self.title), classes="title")
        yield self.line
        yield self._problem

    def read(self) -> tuple[str, ...]:
        """Return the nodes. Raises Unfinished where one is not known."""
        names = tuple(name.strip() for name in self.line.text.split(",") if name.strip())
        unknown = [name for name in names if name != "*" and name not in self._known]
        wrong = bool(unknown and self._known)
        self.set_class(wrong, "-wrong")
        if wrong:
            what = f"there is no node {one_line(unknown[0], 60)}."
            self._problem.update(Content(what))
            raise Unfinished(f"{self.title}: {what}")
        return names


class RunForm(VerticalScroll, can_focus=False):
    """The fields of a graph's input, or one JSON editor, and where the run shall stop."""

    DEFAULT_CSS = """
    RunForm {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        #about { color: $foreground 70%; height: auto; margin-bottom: 1; }
        FormView { height: auto; padding: 0; margin-bottom: 1; }
        #json { display: none; height: 1fr; min-height: 6; margin-bottom: 1; }
        &.-as-json FormView { display: none; }
        &.-as-json #json { display: block; }
        #stops { height: auto; color: $foreground 60%; border-top: solid $foreground 20%;
                 border-title-color: $foreground 70%; border-title-style: bold; }
    }
    """

    class Changed(Message):
        """Something was typed."""

    def __init__(self, asked: InputForm) -> None:
        super().__init__()
        self.asked = asked
        self.form = FormView(asked.form)
        self.json = JsonEditor("Input, as JSON", id="json", placeholder='{"key": "value"}')
        self.before = StopLine("Stop before", asked.nodes)
        self.after = StopLine("Stop after", asked.nodes)
        self.has_fields = asked.form.kind != "json"
        """Whether the input can be given in fields at all."""
        self.set_class(not self.has_fields, "-as-json")

    def compose(self) -> ComposeResult:
        """Put the input first, the breakpoints after it."""
        about = self.asked.graph.description
        if about and about.strip():
            yield Static(Content(one_line(about, 300)), id="about")
        yield self.form
        yield self.json
        nodes = ", ".join(one_line(node, 40) for node in self.asked.nodes) or "not known"
        stops = Static(
            Content(f"Nodes: {nodes}. Several with commas; * for every node."), id="stops"
        )
        stops.border_title = Content("Breakpoints of this run")
        yield stops
        yield self.before
        yield self.after

    def touch_all(self) -> None:
        """Somebody wants to start: show at each field what is wrong with it."""
        self.form.touch_all()

    @property
    def as_json(self) -> bool:
        """Whether the input is given as JSON."""
        return self.has_class("-as-json")

    def turn(self) -> None:
        """Give the input as JSON, beginning with what the fields hold, or in fields again."""
        if not self.as_json and not self.json.text.strip():
            self.json.show_json(self.form.reading().value)
        self.toggle_class("-as-json")
        self.take_focus()
        self.post_message(self.Changed())

    def take_focus(self) -> None:
        """Begin in the first field."""
        if self.as_json:
            self.json.focus()
        else:
            self.form.take_focus()

    def read(self) -> tuple[JsonValue, Breakpoints]:
        """Return the input and the breakpoints. Raises Unfinished for the first problem."""
        problems: list[Unfinished] = []
        stops: list[tuple[str, ...]] = []
        value: JsonValue = None
        try:
            value = self._read_json() if self.as_json else self._read_fields()
        except Unfinished as problem:
            problems.append(problem)
        for line in (self.before, self.after):
            try:
                stops.append(line.read())
            except Unfinished as problem:
                problems.append(problem)
        if problems:
            raise problems[0]
        return value, Breakpoints(*stops)

    def _read_json(self) -> JsonValue:
        if not self.json.text.strip():
            raise Unfinished("Input: type it as JSON, {} for none.")
        try:
            return self.json.read()
        except JsonProblem as problem:
            raise Unfinished(f"Input: not JSON yet. {problem}") from problem

    def _read_fields(self) -> JsonValue:
        reading = self.form.reading()
        faults: tuple[Fault, ...] = reading.and_then(left_out(self.asked.form, self.form.typed))
        self.form.show_faults(faults)
        if faults:
            raise Unfinished(f"Input: {self.form.fault_summary(faults)}")
        return reading.value

    @on(FormView.Changed)
    @on(Input.Changed)
    @on(TextArea.Changed)
    def say_changed(self, event: Message) -> None:
        """Say it once, in the words of this form."""
        event.stop()
        self.post_message(self.Changed())
