"""What a new run needs: its input and its breakpoints."""

from dataclasses import dataclass, field, replace

from hitl_engine.model.form import FormField
from hitl_engine.model.json import JsonObject, JsonValue
from hitl_engine.model.server import Graph


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """The nodes before and after which a run stops; `*` means every node."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    """(node, condition): at this node it stops only where the condition holds for the state.

    A server knows no conditions: the run stops there, and whoever follows it lets it go on.
    """

    def condition_at(self, node: str) -> str:
        """Return the condition of the breakpoints at a node; empty: they have none."""
        return dict(self.conditions).get(node, "")

    def with_condition(self, node: str, condition: str) -> "Breakpoints":
        """Return the breakpoints with a condition at a node; empty: with none there.

        A node without a breakpoint gets one before it.
        """
        others = tuple(each for each in self.conditions if each[0] != node)
        if not condition:
            return replace(self, conditions=others)
        stops = node in self.before or node in self.after
        before = self.before if stops else (*self.before, node)
        return replace(self, before=before, conditions=(*others, (node, condition)))

    def only(self, *, conditional: bool) -> "Breakpoints":
        """Return the breakpoints with a condition, or those without."""
        nodes = dict(self.conditions)
        return Breakpoints(
            tuple(node for node in self.before if (node in nodes) is conditional),
            tuple(node for node in self.after if (node in nodes) is conditional),
            self.conditions if conditional else (),
        )


NO_BREAKPOINTS = Breakpoints()


@dataclass(frozen=True, slots=True)
class InputForm:
    """The form for the input of a graph."""

    graph: Graph
    form: FormField
    """`json` at the root: the graph publishes no schema, so the input is given as JSON."""
    nodes: tuple[str, ...]
    """The graph's nodes, for choosing breakpoints; none if they cannot be read."""
    compiled: Breakpoints | None = None
    """The breakpoints that the graph was compiled with; None if they cannot be read."""
    unread: str = ""
    """Why the schema could not be read, if so: the input is then given as JSON."""
    context: FormField | None = None
    """The context that the graph takes, an object; None if it takes none, or does not describe it."""
    incomplete: bool = False
    """Whether the schema is still being read; the input can be given as JSON meanwhile."""

    @property
    def chats(self) -> tuple[str, ...]:
        """The fields that hold messages, for which the form takes one text."""
        return tuple(field.name for field in self.form.fields if field.is_chat)

    def as_input(self, value: JsonValue) -> JsonValue:
        """Return the input for what was entered: a text in place of messages becomes a message."""
        if not isinstance(value, dict):
            return value
        messages: JsonObject = {
            name: [{"role": "user", "content": text}]
            for name in self.chats
            if isinstance(text := value.get(name), str)
        }
        return {**value, **messages}

    def as_entered(self, input: JsonValue) -> JsonValue:
        """Return what has to be entered for an input, the reverse of `as_input`."""
        if not isinstance(input, dict):
            return input
        texts: JsonObject = {}
        for name in self.chats:
            match input.get(name):
                case [{"role": "user", "content": str(text), **others}] if not others:
                    texts[name] = text
        return {**input, **texts}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run gets beside its input; its later runs on the thread get the same."""

    config: JsonObject = field(default_factory=dict)
    """LangGraph's config: `configurable`, `recursion_limit`, `tags`, …"""
    context: JsonObject = field(default_factory=dict)


NO_SETTINGS = RunSettings()


@dataclass(frozen=True, slots=True)
class StepGoal:
    """How far to step on; neither a node nor a condition: to the end of the run."""

    node: str = ""
    """Up to before this node."""
    until: str = ""
    """Until this condition holds for the state, in JSONPath: `$.total > 100`."""
    until_changed: str = ""
    """Until there are other values at the places of this JSONPath than now: `$.total`."""

    @property
    def is_end(self) -> bool:
        """Whether nothing but the end of the run, an error or a question stops it."""
        return not (self.node or self.until or self.until_changed)

    @property
    def words(self) -> str:
        """Where it is to stop, in words that follow "It stopped"."""
        if self.until_changed:
            return f"where {self.until_changed} changed"
        return f"where {self.until}" if self.until else f"before {self.node}"


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """What a run was started with, so that a person can start it again."""

    graph: Graph
    input: JsonValue
    breakpoints: Breakpoints
    """All of them, with those that the graph was compiled with."""
    has_context: bool = False
    """Whether it also had a context or a configuration, which are not part of this."""
