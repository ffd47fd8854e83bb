"""The picture of a graph of 40 nodes with shortcuts: how long it takes to draw it."""

import asyncio
import statistics
import time
from collections.abc import Iterable
from pathlib import Path

from hitl_engine.model import NO_BREAKPOINTS, GraphEdge, GraphNode, GraphPicture, Progress
from hitl_tui.state.node_runs import NodeRuns
from hitl_tui.text.graph_layout import graph_layout
from hitl_tui.widgets.graph.graph_view import GraphView
from hitl_tui.widgets.graph.picture_view import PictureView
from tests.console.conftest import card_shown

NODES = 40
DRAWINGS = 40
GOAL = 50
"""Milliseconds."""


def picture(folder: Path) -> Iterable[str]:
    """A picture is drawn in less than 50 ms after the first."""
    first, others = asyncio.run(_drawings())
    median = statistics.median(others) * 1000
    verdict = "reached" if median < GOAL else "MISSED"
    yield (
        f"picture of {NODES} nodes, after the first: {median:.1f} ms, goal {GOAL} ms, {verdict}"
        f" (first {first * 1000:.1f} ms)"
    )


def chain() -> GraphPicture:
    """Return a chain with a shortcut at every fourth node and two ways back."""
    nodes = [GraphNode(f"node_{number}", "node") for number in range(NODES)]
    steps = [(number, number + 1) for number in range(NODES - 1)]
    shortcuts = [(number, number + 3) for number in range(0, NODES - 4, 4)]
    edges = [
        GraphEdge(f"node_{source}", f"node_{target}", conditional=(source, target) not in steps)
        for source, target in (*steps, *shortcuts, (35, 2), (20, 10))
    ]
    return GraphPicture("chain", tuple(nodes), tuple(edges))


async def _drawings() -> tuple[float, list[float]]:
    """Return the seconds of the first drawing and of those after it, each with another node done."""
    runs, graph = NodeRuns(), chain()
    view = GraphView(runs)
    graph_layout.cache_clear()
    seconds = []
    async with card_shown(view, size=(200, 55)) as (pilot, _):
        drawn = view.query_one(PictureView)
        for number in range(DRAWINGS + 1):
            runs.take(Progress("thread", "finished", f"node_{number % NODES}"), float(number))
            began = time.perf_counter()
            view.show(graph, NO_BREAKPOINTS)
            if number == 0:
                await pilot.app.workers.wait_for_complete()
            for line in range(drawn.size.height):
                drawn.render_line(line)
            seconds.append(time.perf_counter() - began)
    return seconds[0], seconds[1:]
