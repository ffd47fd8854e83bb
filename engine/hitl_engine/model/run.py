"""What a new run needs: its input and its breakpoints."""

from dataclasses import dataclass

from hitl_engine.model.form import FormField
from hitl_engine.model.json import JsonValue
from hitl_engine.model.server import Graph


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """The nodes before and after which a run stops; `*` means every node."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """What a run was started with, so that a person can start it again."""

    graph: Graph
    input: JsonValue
    breakpoints: Breakpoints
    """All of them, with those that the graph was compiled with."""
    has_context: bool = False
    """Whether it also had a context or a configuration, which are not part of this."""
