"""The graphs of a target as the result of `hitl-tui graphs`."""

from collections.abc import Sequence

from hitl_engine.errors import GraphBroken
from hitl_engine.model import BrokenGraph, Graph, JsonValue, Server
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.error_output import error_detail, error_line
from hitl_tui.text.graph_labels import graph_labels


def graphs_result(graphs: Sequence[Graph], server: Server) -> CommandResult:
    """Return the graphs, with a note for each that cannot be imported, and for each notice."""
    return CommandResult(
        [_document(graph) for graph in graphs],
        graph_labels(graphs),
        notes=(
            *map(_broken_note, server.broken),
            *(f"hitl-tui: {one_line(notice, 2000)}" for notice in server.notices),
        ),
    )


def _document(graph: Graph) -> JsonValue:
    return {
        "graph_id": graph.graph_id,
        "assistant_id": graph.assistant_id,
        "name": graph.name,
        "description": graph.description,
    }


def _broken_note(broken: BrokenGraph) -> str:
    line = error_line(GraphBroken.title, f"{broken.graph_id}: {broken.what}")
    return f"{line}\n{error_detail(broken.traceback)}"
