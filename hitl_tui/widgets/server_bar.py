"""The line at the top of every screen: the server, and whether it answers."""

from __future__ import annotations  # the nouns are not loaded before the first paint

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hitl_engine.visible import one_line
from hitl_tui.state.session import ConnectionStatus
from hitl_tui.text.fitting import shortened_in_middle

if TYPE_CHECKING:
    from hitl_engine.model import Server


class ServerBar(Widget):
    """Shows the product, the server with its version, and the state of the connection."""

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
    connection: reactive[ConnectionStatus] = reactive(ConnectionStatus.CONNECTING)

    def render(self) -> Content:
        """Draw the three parts; the name of the server is cut in its middle if it does not fit."""
        word, colour = self.connection.value
        width = self.size.width
        product = "hitl-tui" if width >= 60 else ""
        cells = width - len(product) - cell_len(word) - (5 if product else 2)
        server = shortened_in_middle(self._server_words(), max(cells, 8))
        left = Content.assemble(
            (product, "bold $accent"), ("  │ " if product else "", "$foreground 30%"), server
        )
        gap = " " * max(1, width - left.cell_length - cell_len(word))
        return Content.assemble(left, gap, (word, colour))

    def _server_words(self) -> str:
        if self.server is None:
            return ""
        where = "local" if self.server.local else "remote"
        if self.server.read_only:
            where = "story"
        label = one_line(self.server.label, 300)
        label = label if label.startswith(where) else f"{where}: {label}"
        version = one_line(self.server.version, 40)
        return f"{label}  {version}" if version else label
