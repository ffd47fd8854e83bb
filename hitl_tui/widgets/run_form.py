"""The form for the input of a run, made from the graph's own schema."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static, TextArea

from engine.model import Breakpoints, FormField, InputForm, JsonObject, JsonValue
from engine.strict_json import JsonProblem, read_json
from engine.visible import json_text, one_line, visible
from hitl_tui.widgets.editor import Editor, JsonEditor

_MESSAGES = '[{"role": "user", "content": "…"}]'
"""What most graphs call their chat; one sees at once how it is given."""


@dataclass(eq=False)
class FieldProblem(Exception):
    """Why a field cannot be used as it stands."""

    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.field}: {self.what}"


class _Nothing(Exception):
    """The field is empty and need not be filled."""


class FieldLine(Vertical):
    """One field: its title, the widget to fill it, and a word about what is wrong."""

    DEFAULT_CSS = """
    FieldLine {
        height: auto;
        margin-bottom: 1;
        .title { height: auto; }
        .problem { display: none; color: $text-error; height: auto; }
        &.-wrong .problem { display: block; }
        Input { border: none; height: 1; background: $surface; padding: 0 1; }
        Input:focus { background: $panel; }
        Editor { height: 5; }
        Checkbox { border: none; padding: 0; background: $background; }
    }
    """

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self.field = field
        self.problem = Static(classes="problem", markup=False)
        self.touched = False
        """Whether something was typed here; what was not touched is not yet wrong."""
        self.input = _input_for(field)

    def compose(self) -> ComposeResult:
        """Put the title above, the problem below."""
        field = self.field
        needed = (" (needed)", "$text-accent") if field.required else ""
        about = (f"  {one_line(field.description, 160)}", "$foreground 60%")
        title = (one_line(field.title, 80), "bold")
        yield Static(Content.assemble(title, needed, about), classes="title")
        yield self.input
        yield self.problem

    def on_mount(self) -> None:
        """Fill in the default."""
        field = self.field
        match self.input:
            case JsonEditor() if field.has_default:
                self.input.show_json(field.default)
            case Editor() if isinstance(field.default, str):
                self.input.show(field.default)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def touch(self) -> None:
        """Something was typed, or a default filled in: judge it from now on."""
        self.touched = self.touched or self.input.has_focus

    def read(self) -> JsonValue:
        """Return the value. Raises FieldProblem, shown here too, or _Nothing."""
        try:
            value = self._value()
        except FieldProblem as problem:
            self.problem.update(Content(visible(problem.what)))
            self.set_class(self.touched, "-wrong")
            raise
        except _Nothing:
            self.remove_class("-wrong")
            raise
        self.remove_class("-wrong")
        return value

    def _value(self) -> JsonValue:
        match self.input:
            case Checkbox():
                return self.input.value
            case Select():
                if self.input.value is Select.NULL:
                    return self._missing()
                chosen = self.input.value
                assert isinstance(chosen, int), "choices are numbered"
                return self.field.choices[chosen]
            case JsonEditor():
                return self._json(self.input)
            case Editor():
                return self.input.value or self._missing()
            case Input():
                return self._typed(self.input.value)
            case _:
                raise AssertionError("no such input")

    def _missing(self) -> JsonValue:
        if self.field.required:
            raise FieldProblem(one_line(self.field.title, 60), "This is needed.")
        raise _Nothing

    def _json(self, editor: JsonEditor) -> JsonValue:
        if not editor.text.strip():
            return self._missing()
        try:
            return editor.read()
        except JsonProblem as problem:
            raise FieldProblem(self.field.title, f"Not JSON yet. {problem}") from problem

    def _typed(self, text: str) -> JsonValue:
        if not text:
            return self._missing()
        if self.field.kind == "text":
            return text
        try:
            value = read_json(text.strip())
        except JsonProblem:
            value = None
        whole = self.field.kind == "integer"
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            wanted = "a whole number" if whole else "a number"
            raise FieldProblem(self.field.title, f"This must be {wanted}.")
        return value


def _input_for(field: FormField) -> Widget:
    match field.kind:
        case "boolean":
            return Checkbox("Yes", value=field.default is True, compact=True)
        case "choice":
            options = [
                (Content(one_line(json_text(choice, indent=None), 80)), index)
                for index, choice in enumerate(field.choices)
            ]
            chosen = field.choices.index(field.default) if field.default in field.choices else None
            return Select(options, value=Select.NULL if chosen is None else chosen, compact=True)
        case "long_text":
            return Editor()
        case "json":
            return JsonEditor(placeholder=_MESSAGES if field.name == "messages" else "JSON")
        case _:
            default = field.default if field.has_default else None
            plain = default if isinstance(default, str) else ""
            shown = json_text(default) if isinstance(default, int | float) else visible(plain)
            return Input(shown, compact=True)


class RunForm(VerticalScroll, can_focus=False):
    """The fields of a graph's input, or one JSON editor, and where the run shall stop."""

    DEFAULT_CSS = """
    RunForm {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        #about { color: $foreground 70%; height: auto; margin-bottom: 1; }
        .fields { height: auto; }
        #json { display: none; height: 1fr; min-height: 6; margin-bottom: 1; }
        &.-as-json .fields { display: none; }
        &.-as-json #json { display: block; }
        #stops { height: auto; color: $foreground 60%; border-top: solid $foreground 20%;
                 border-title-color: $foreground 70%; border-title-style: bold; }
    }
    """

    class Changed(Message):
        """Something was typed."""

    def __init__(self, form: InputForm) -> None:
        super().__init__()
        self.form = form
        self.lines = [FieldLine(field) for field in form.fields]
        self.json = JsonEditor("Input, as JSON", id="json", placeholder='{"key": "value"}')
        self.before = FieldLine(FormField("before", "Stop before", "text", required=False))
        self.after = FieldLine(FormField("after", "Stop after", "text", required=False))
        self.set_class(not form.fields, "-as-json")

    def compose(self) -> ComposeResult:
        """Put the input first, the breakpoints after it."""
        about = self.form.graph.description
        if about and about.strip():
            yield Static(Content(one_line(about, 300)), id="about")
        with Vertical(classes="fields"):
            yield from self.lines
        yield self.json
        nodes = ", ".join(one_line(node, 40) for node in self.form.nodes) or "not known"
        stops = Static(
            Content(f"Nodes: {nodes}. Several with commas; * for every node."), id="stops"
        )
        stops.border_title = Content("Breakpoints of this run")
        yield stops
        yield self.before
        yield self.after

    def touch_all(self) -> None:
        """Somebody wants to start: show at each field what is wrong with it."""
        for line in self.lines:
            line.touched = True

    @property
    def as_json(self) -> bool:
        """Whether the input is given as JSON."""
        return self.has_class("-as-json")

    def turn(self) -> None:
        """Give the input as JSON, beginning with what the fields hold, or in fields again."""
        if not self.as_json:
            values = {}
            for line in self.lines:
                try:
                    values[line.field.name] = line.read()
                except (_Nothing, FieldProblem):
                    continue
            if not self.json.text.strip():
                self.json.show_json(values)
        self.toggle_class("-as-json")
        self.take_focus()
        self.post_message(self.Changed())

    def take_focus(self) -> None:
        """Begin in the first field."""
        (self.json if self.as_json or not self.lines else self.lines[0].input).focus()

    def read(self) -> tuple[JsonValue, Breakpoints]:
        """Return the input and the breakpoints. Raises FieldProblem for the first problem."""
        problems: list[FieldProblem] = []
        value = self._read_input(problems)
        stops = Breakpoints(self._stops(self.before, problems), self._stops(self.after, problems))
        if problems:
            raise problems[0]
        return value, stops

    def _read_input(self, problems: list[FieldProblem]) -> JsonValue:
        if self.as_json:
            if not self.json.text.strip():
                problems.append(FieldProblem("Input", "type it as JSON, {} for none."))
                return None
            try:
                return self.json.read()
            except JsonProblem as problem:
                problems.append(FieldProblem("Input", f"not JSON yet. {problem}"))
                return None
        values: JsonObject = {}
        for line in self.lines:
            try:
                values[line.field.name] = line.read()
            except _Nothing:
                continue
            except FieldProblem as problem:
                problems.append(problem)
        return values

    def _stops(self, line: FieldLine, problems: list[FieldProblem]) -> tuple[str, ...]:
        assert isinstance(line.input, Input), "nodes are typed on one line"
        names = tuple(name.strip() for name in line.input.value.split(",") if name.strip())
        unknown = [name for name in names if name != "*" and name not in self.form.nodes]
        line.set_class(bool(unknown and self.form.nodes), "-wrong")
        if unknown and self.form.nodes:
            what = f"there is no node {one_line(unknown[0], 60)}."
            line.problem.update(Content(what))
            problems.append(FieldProblem(line.field.title, what))
        return names

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Checkbox.Changed)
    @on(Select.Changed)
    def say_changed(self, event: Message) -> None:
        """Say it once, in the words of this form."""
        event.stop()
        self.post_message(self.Changed())
