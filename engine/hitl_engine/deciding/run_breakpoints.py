"""The breakpoints of a run and those of its graph.

In LangGraph the breakpoints of a run replace the compiled ones of the same kind, so that a run with
one more breakpoint would not stop where the graph was built to stop. Here they are added, unless a
person asked for a shorter list.
"""

import json
from collections.abc import Mapping
from typing import Any

from hitl_engine.errors import BadInput
from hitl_engine.model import Breakpoints, JsonObject, JsonValue
from hitl_engine.reading.wire import WireRun

REPLACES = "hitl_breakpoints_replace"
"""Key in the metadata of a run: its breakpoints are all of them, without the compiled ones."""
GOES_ON_WITH = "hitl_breakpoints_after"
"""Key in the metadata of a run: the breakpoints for the runs after it, where its own are for it alone.

As JSON in a text: Aegra takes no other values."""
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


def has_breakpoints(run: WireRun) -> bool:
    """Whether a run was started with breakpoints of its own."""
    return any(_lasting(run).get(name) for name in _FIELDS)


def with_more(request: JsonObject, more: Breakpoints, compiled: Breakpoints) -> JsonObject:
    """Return a continuing request that stops at `more` nodes too; the runs after it do not."""
    own = {name: request[name] for name in _FIELDS if name in request}
    kinds = ((more.before, compiled.before), (more.after, compiled.after))
    fields: JsonObject = {}
    for name, (wanted, built_in) in zip(_FIELDS, kinds, strict=True):
        if wanted:
            present = _nodes(own[name]) if name in own else built_in
            fields[name] = _nodes_json(_with(wanted, present))
    given = request.get("metadata")
    notes = {**given} if isinstance(given, dict) else {}
    return {**request, **fields, "metadata": {**notes, GOES_ON_WITH: json.dumps(own)}}


def all_breakpoints(run: WireRun, compiled: Breakpoints) -> Breakpoints:
    """Return every breakpoint of a run: its own and, unless it replaced them, the compiled ones."""
    own = [_nodes(_lasting(run).get(name)) for name in _FIELDS]
    if run.metadata.get(REPLACES):
        compiled_in_use = [
            () if given else built_in
            for given, built_in in zip(own, (compiled.before, compiled.after), strict=True)
        ]
    else:
        compiled_in_use = [compiled.before, compiled.after]
    return Breakpoints(*(_with(*pair) for pair in zip(own, compiled_in_use, strict=True)))


def continued(last: WireRun, compiled: Breakpoints) -> JsonObject:
    """Return the same fields, and the mark of a shorter list, for a run that goes on after `last`."""
    given = Breakpoints(*(_nodes(_lasting(last).get(name)) for name in _FIELDS))
    if last.metadata.get(REPLACES):
        return {**requested(given, Breakpoints(), replace=True), "metadata": {REPLACES: True}}
    return requested(given, compiled, replace=False)


def _lasting(run: WireRun) -> Mapping[str, Any]:
    """Return the fields with the breakpoints of a run that the runs after it have too."""
    try:
        noted = json.loads(run.metadata.get(GOES_ON_WITH, ""))
    except (TypeError, ValueError):
        return run.kwargs
    return noted if isinstance(noted, Mapping) else run.kwargs


def _with(wanted: tuple[str, ...], built_in: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*wanted, *built_in)))


def _nodes(value: JsonValue) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _nodes_json(nodes: tuple[str, ...]) -> JsonValue:
    return _EVERY if _EVERY in nodes else list(nodes)
