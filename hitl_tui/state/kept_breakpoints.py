"""The breakpoints that a user set on graphs, kept for each target and graph."""

from __future__ import annotations  # the model is not loaded before the first paint

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.model import Breakpoints
    from hitl_tui.settings import Settings

_KEY = "breakpoints"


def restore_breakpoints(settings: Settings, desk: Desk) -> None:
    """Set the breakpoints that were kept for the target of this desk."""
    from hitl_engine.errors import BadInput
    from hitl_engine.model import Breakpoints

    kept = settings.kept(_KEY, desk.server.identity)
    for graph_id, value in kept.items() if isinstance(kept, dict) else ():
        if isinstance(value, dict):
            found = Breakpoints(
                _nodes(value.get("before")),
                _nodes(value.get("after")),
                _conditions(value.get("conditions")),
            )
            with suppress(BadInput):  # a condition that somebody wrote into the file
                desk.breakpoints.set(str(graph_id), found)


def keep_breakpoints(
    settings: Settings, desk: Desk, graph_id: str, breakpoints: Breakpoints
) -> None:
    """Set breakpoints on a graph, and keep them.

    Raises BadInput for a wrong condition, OSError where they cannot be kept.
    """
    desk.breakpoints.set(graph_id, breakpoints)
    value = {
        "before": list(breakpoints.before),
        "after": list(breakpoints.after),
        "conditions": dict(breakpoints.conditions),
    }
    settings.keep(value, _KEY, desk.server.identity, graph_id)


def _conditions(value: object) -> tuple[tuple[str, str], ...]:
    return (
        tuple((str(node), each) for node, each in value.items() if isinstance(each, str))
        if isinstance(value, dict)
        else ()
    )


def _nodes(value: object) -> tuple[str, ...]:
    return tuple(node for node in value if isinstance(node, str)) if isinstance(value, list) else ()
