"""The line at the top of every screen: the server, and whether it answers."""

from __future__ import annotations  # the nouns are not loaded before the first paint

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.color import Color
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hitl_engine.visible import one_line
from hitl_tui.state.session import ConnectionStatus
from hitl_tui.text.fitting import shortened_in_middle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitl_engine.model import Server

_TINT = 0.35
"""How much of the server's colour the bar has: texts stay readable in light and dark themes."""


class ServerBar(Widget):
    """Shows the product, the server with its version and marks, and the state of the connection.

    A server that has a colour gets it as the colour of the bar.
    """

    DEFAULT_CSS = """
    ServerBar {
        dock: top;
        height: 1;
        width: 1fr;
        background: $panel;
        color: $foreground;
        padding: 0 1;
    }
    """

    server: reactive[Server | None] = reactive(None)
    instead: reactive[str] = reactive("")
    """What is shown while there is no server, or there are several."""
    connection: reactive[ConnectionStatus] = reactive(ConnectionStatus.CONNECTING)

    def watch_server(self) -> None:
        """Take over the colour of the server."""
        colour = self.server.colour if self.server is not None else ""
        tint = Color.parse(colour).with_alpha(_TINT) if colour else None
        self.styles.background_tint = tint

    def render(self) -> Content:
        """Draw the parts; the name of the server is cut in its middle if it does not fit."""
        word, colour = self.connection.value
        width = self.size.width
        product = "hitl-tui" if width >= 60 else ""
        right = Content.assemble(*self._marks(), (word, colour))
        cells = width - len(product) - right.cell_length - (5 if product else 2)
        server = self._fitting(max(cells, 8))
        left = Content.assemble(
            (product, "bold $accent"), ("  │ " if product else "", "$foreground 30%"), server
        )
        gap = " " * max(1, width - left.cell_length - right.cell_length)
        return Content.assemble(left, gap, right)

    def _marks(self) -> Iterator[tuple[str, str]]:
        if self.server is None:
            return
        if self.server.production:
            yield "PRODUCTION", "bold reverse"
            yield "  ", ""
        if self.server.read_only and self.server.name:
            yield "read-only  ", "bold"

    def _fitting(self, cells: int) -> str:
        """Return what tells the server in so many cells: without its version if that must be."""
        if self.server is None:
            return shortened_in_middle(self.instead, cells)
        where = "local" if self.server.local else "remote"
        if self.server.read_only and not self.server.name:  # a configured target has a name
            where = "story"
        label = one_line(self.server.label, 300)
        whole = label if label.startswith(where) else f"{where}: {label}"
        name = f"{self.server.name}  " if self.server.name else ""
        version = one_line(self.server.version, 40)
        ways = (f"{name}{whole}  {version}".rstrip(), f"{name}{whole}", f"{name}{label}")
        fits = (way for way in ways if cell_len(way) <= cells)
        return next(fits, shortened_in_middle(ways[-1], cells))
