"""What the list and the picture of a graph say about a node alike: its styles, signs and name."""

from dataclasses import dataclass

from textual.message import Message

from hitl_engine.model import Breakpoints, GraphNode
from hitl_engine.visible import one_line
from hitl_tui.state.node_runs import NodeRun

EVERY = "*"
STYLES = {
    "graph--selected",
    "graph--node",
    "graph--rail",
    "graph--lit",
    "graph--muted",
    "graph--done",
    "graph--running",
    "graph--failed",
    "graph--asks",
    "graph--stopped",
    "graph--compiled",
    "graph--set-here",
}
"""The component classes of both; `GraphView` has their styles."""


@dataclass
class NodeSelected(Message):
    """Another node is selected, in the list or in the picture."""

    node: GraphNode


def stop_signs(node: GraphNode, set_here: Breakpoints) -> tuple[tuple[str, str], ...]:
    """Return the signs of the breakpoints before and after a node, each with its style."""
    before = bool({node.node_id, EVERY} & set(set_here.before)) and node.is_real
    after = bool({node.node_id, EVERY} & set(set_here.after)) and node.is_real
    mine = "▴▾" if set_here.condition_at(node.node_id) else "▲▼"
    return (
        (mine[0] if before else "△" if node.stops_before else " ", _style(before)),
        (mine[1] if after else "▽" if node.stops_after else " ", _style(after)),
    )


def _style(is_set_here: bool) -> str:
    return "set-here" if is_set_here else "compiled"


def status_sign(node: GraphNode, run: NodeRun) -> tuple[str, str]:
    """Return the sign of what a node does, with its style."""
    if not node.is_real:
        return "○", "muted"
    return run.status.sign, run.status.colour


def node_name(node: GraphNode) -> str:
    """Return the path of a node, and that it contains a graph, as visible text."""
    name = one_line(" ▸ ".join(node.path), 120)
    return f"{name} ⊞" if node.kind == "subgraph" else name
