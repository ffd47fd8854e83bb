"""The nodes of a run on one line, in the order in which they began: `load ✓ → clean ✓ → total ▶`."""

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from hitl_engine.model import Progress
from hitl_engine.visible import one_line
from hitl_tui.widgets.redraws import Redraws

_SIGNS = {
    "started": ("▶", "$text-primary"),
    "finished": ("✓", "$text-success"),
    "failed": ("✕", "$text-error"),
    "stopped": ("■", "$text-accent"),
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
        self._seen: dict[str, str] = {}
        """Node path -> what it did last; a node that runs again goes to the end."""
        self._redraws = Redraws(self, self._draw)

    def take(self, progress: Progress) -> None:
        """Show an event of the run soon; events without a node do not count."""
        if progress.kind not in _SIGNS or not progress.node:
            return
        if progress.kind == "started":
            self._seen.pop(progress.node, None)
        self._seen[progress.node] = progress.kind
        while len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]
        self._redraws.soon()

    def end(self) -> None:
        """The run has ended: hide its nodes."""
        self._seen.clear()
        self.remove_class("-running")

    def _draw(self) -> None:
        self.set_class(bool(self._seen), "-running")
        self.refresh()

    def render(self) -> Content:
        """Draw as many of the newest nodes as have space."""
        parts: list[Content] = []
        left = self.content_size.width
        for node, kind in reversed(self._seen.items()):
            sign, colour = _SIGNS[kind]
            name = one_line(node, 40)
            cells = cell_len(name) + cell_len(_ARROW) + 2
            if cells > left and parts:
                parts.append(Content.styled("…", "$foreground 60%"))
                break
            left -= cells
            bold = "bold" if kind == "started" else "$foreground 80%"
            parts.append(Content.assemble((name, bold), " ", (sign, colour)))
        return Content.styled(_ARROW, "$foreground 50%").join(parts[::-1])
