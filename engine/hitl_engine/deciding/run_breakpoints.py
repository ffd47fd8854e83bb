"""The breakpoints of a run and those of its graph.

In LangGraph the breakpoints of a run replace the compiled ones of the same kind, so that a run with
one more breakpoint would not stop where the graph was built to stop. Here they are added, unless a
person asked for a shorter list. Those that a person set on the graph are added as well; the run notes
what it would have without them, so that a later run does not get those that were removed since.
"""

import json
from collections.abc import Mapping
from contextlib import suppress

from hitl_engine.errors import BadInput
from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, JsonObject, JsonValue
from hitl_engine.reading.wire import WireRun

REPLACES = "hitl_breakpoints_replace"
"""Key in the metadata of a run: its breakpoints are all of them, without the compiled ones."""
WITHOUT_GRAPHS = "hitl_breakpoints_of_run"
"""Key in the metadata of a run: its breakpoints without those that were set on its graph, as JSON.

A text, because Aegra takes only plain values in the metadata of a run.
"""
_FIELDS = ("interrupt_before", "interrupt_after")
_EVERY = "*"


def compiled_breakpoints(nodes: Mapping[str, str]) -> Breakpoints:
    """Return the compiled breakpoints of a graph; `nodes` has `before,after`, or less, for each."""
    before = tuple(node for node, when in nodes.items() if "before" in when.split(","))
    after = tuple(node for node, when in nodes.items() if "after" in when.split(","))
    return Breakpoints(before, after)


def requested(given: Breakpoints, compiled: Breakpoints, *, replace: bool) -> JsonObject:
    """Return the fields of a request for a run that stops at `given` and at `compiled`.

    With `replace`, it stops at `given` alone. A list is not sent where it is empty, or where the
    compiled breakpoints are the same: some servers take an empty list for "stop nowhere". Raises
    BadInput for an empty list that should replace another: LangGraph ignores an empty list.
    """
    kinds = ((given.before, compiled.before), (given.after, compiled.after))
    request: JsonObject = {}
    for name, (wanted, built_in) in zip(_FIELDS, kinds, strict=True):
        if replace and built_in and not wanted:
            raise BadInput(
                f"The breakpoints {name.removeprefix('interrupt_')} {', '.join(built_in)} are part"
                " of the graph, and a run cannot switch all of them off.",
                kept="Nothing was sent.",
                hint="Name at least one node.",
            )
        nodes = wanted if replace or not wanted else _with(wanted, built_in)
        if nodes and set(nodes) != set(built_in):
            request[name] = _nodes_json(nodes)
    return request


def with_those_of_graph(given: Breakpoints, on_graph: Breakpoints) -> Breakpoints:
    """Return breakpoints, and those that a person set on the graph."""
    return Breakpoints(_with(given.before, on_graph.before), _with(given.after, on_graph.after))


def noted(given: Breakpoints, on_graph: Breakpoints) -> JsonObject:
    """Return what the metadata of a run notes where breakpoints are set on its graph."""
    if on_graph == NO_BREAKPOINTS:
        return {}
    return {WITHOUT_GRAPHS: json.dumps([given.before, given.after])}


def known_only(breakpoints: Breakpoints, nodes: Mapping[str, str]) -> Breakpoints:
    """Return the breakpoints at nodes that the graph has; one whose node is gone must stop no run."""
    known = {*nodes, _EVERY}
    return Breakpoints(
        tuple(node for node in breakpoints.before if node in known),
        tuple(node for node in breakpoints.after if node in known),
    )


def has_breakpoints(run: WireRun) -> bool:
    """Whether a run was started with breakpoints of its own."""
    return any(run.kwargs.get(name) for name in _FIELDS)


def all_breakpoints(run: WireRun, compiled: Breakpoints) -> Breakpoints:
    """Return every breakpoint of a run, without those that were set on its graph.

    These are its own and, unless it replaced them, the compiled ones.
    """
    own = _own(run)
    replaces = bool(run.metadata.get(REPLACES))
    before, after = (
        given if replaces and given else _with(given, built_in)
        for given, built_in in _kinds(own, compiled)
    )
    return Breakpoints(before, after)


def effective_breakpoints(run: WireRun, compiled: Breakpoints) -> Breakpoints:
    """Return every breakpoint of a run, whoever set it, with the compiled ones that it had."""
    given = (_nodes(run.kwargs.get(name)) for name in _FIELDS)
    before, after = (
        nodes or built_in
        for nodes, built_in in zip(given, (compiled.before, compiled.after), strict=True)
    )
    return Breakpoints(before, after)


def exactly(breakpoints: Breakpoints) -> JsonObject:
    """Return the fields of a request for a run that stops at these alone."""
    return requested(breakpoints, NO_BREAKPOINTS, replace=True)


def without_breakpoints(request: JsonObject) -> JsonObject:
    """Return a request without its breakpoints, and without what its metadata notes of them."""
    return {key: value for key, value in request.items() if key not in (*_FIELDS, "metadata")}


def continued(
    last: WireRun | None, compiled: Breakpoints, on_graph: Breakpoints = NO_BREAKPOINTS
) -> JsonObject:
    """Return the fields of a run that goes on after `last`, and what its metadata notes."""
    own = _own(last) if last else NO_BREAKPOINTS
    replaces = bool(last and last.metadata.get(REPLACES))
    notes = noted(own, on_graph)
    request: JsonObject = {}
    for name, (given, built_in), added in zip(
        _FIELDS, _kinds(own, compiled), (on_graph.before, on_graph.after), strict=True
    ):
        wanted = _with(given, added)
        if replaces and given:
            request[name] = _nodes_json(wanted)
        elif wanted and set(nodes := _with(wanted, built_in)) != set(built_in):
            request[name] = _nodes_json(nodes)
    if replaces:
        notes[REPLACES] = True
    return {**request, "metadata": notes} if notes else request


def _own(run: WireRun) -> Breakpoints:
    """Return the breakpoints that a run was sent with, without those that were set on its graph."""
    with suppress(TypeError, ValueError):
        before, after = json.loads(run.metadata.get(WITHOUT_GRAPHS, ""))
        return Breakpoints(_nodes(before), _nodes(after))
    before, after = (_nodes(run.kwargs.get(name)) for name in _FIELDS)
    return Breakpoints(before, after)


def _kinds(
    given: Breakpoints, compiled: Breakpoints
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return (given.before, compiled.before), (given.after, compiled.after)


def _with(wanted: tuple[str, ...], built_in: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*wanted, *built_in)))


def _nodes(value: JsonValue) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _nodes_json(nodes: tuple[str, ...]) -> JsonValue:
    return _EVERY if _EVERY in nodes else list(nodes)
