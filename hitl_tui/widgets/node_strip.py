"""The nodes of a run on one line, in the order in which they began: `load ✓ → clean ✓ → total ▶`."""

import time

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from hitl_engine.model import Progress
from hitl_engine.visible import one_line
from hitl_tui.state.node_runs import NodeRuns, NodeStatus
from hitl_tui.widgets.redraws import Redraws

_KINDS = ("started", "finished", "failed", "stopped")
_SIGNS = {
    NodeStatus.RUNNING: ("▶", "$text-primary"),
    NodeStatus.DONE: ("✓", "$text-success"),
    NodeStatus.FAILED: ("✕", "$text-error"),
    NodeStatus.ASKS: ("■", "$text-accent"),
}
_ARROW = " → "
_MOST = 60
"""Nodes that are kept; no terminal shows more of them on a line."""


class NodeStrip(Widget):
    """Shows the nodes of the run in progress, the newest at the end; hidden while none runs."""

    DEFAULT_CSS = """
    NodeStrip { display: none; height: 1; padding: 0 1; }
    NodeStrip.-running { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, None] = {}
        """The node paths as a list without duplicates; a node that runs again goes to the end."""
        self._runs = NodeRuns()
        self._redraws = Redraws(self, self._draw)

    def take(self, progress: Progress) -> None:
        """Show an event of the run soon; events without a node do not count."""
        if progress.kind not in _KINDS or not progress.node:
            return
        if progress.kind == "started":
            self._seen.pop(progress.node, None)
        self._seen[progress.node] = None
        self._runs.take(progress, time.monotonic())
        while len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]
        self._redraws.soon()

    def end(self) -> None:
        """The run has ended: hide its nodes."""
        self._seen.clear()
        self._runs = NodeRuns()
        self.remove_class("-running")

    def _draw(self) -> None:
        self.set_class(bool(self._seen), "-running")
        self.refresh()

    def render(self) -> Content:
        """Draw as many of the newest nodes as have space."""
        parts: list[Content] = []
        left = self.content_size.width
        for node in reversed(self._seen):
            run = self._runs.of_path(node)
            sign, colour = _SIGNS[run.status]
            name = one_line(node, 40)
            if run.is_partly_done:
                name += f" {run.ended} of {run.tasks}"
            cells = cell_len(name) + cell_len(_ARROW) + 2
            if cells > left and parts:
                parts.append(Content.styled("…", "$foreground 60%"))
                break
            left -= cells
            bold = "bold" if run.status is NodeStatus.RUNNING else "$foreground 80%"
            parts.append(Content.assemble((name, bold), " ", (sign, colour)))
        return Content.styled(_ARROW, "$foreground 50%").join(parts[::-1])
