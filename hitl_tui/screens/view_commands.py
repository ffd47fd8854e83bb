"""Commands of the palette that list what a named view of `config.toml` shows."""

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.markup import escape

from hitl_engine.visible import one_line
from hitl_tui.screens.inbox import InboxScreen


def view_commands(screen: InboxScreen) -> Iterator[SystemCommand]:
    """Yield a command for each configured view."""
    for name, text in screen.session.configuration.table("views").items():
        yield SystemCommand(
            escape(f"View: {one_line(name, 80)}"),
            escape(f"List only items that match: {one_line(str(text), 200)}"),
            partial(screen.list_view, str(text)),
        )
