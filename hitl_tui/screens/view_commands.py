"""Commands of the palette that list what a named view of `config.toml` shows."""

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand

from hitl_tui.screens.inbox import InboxScreen


def view_commands(screen: InboxScreen) -> Iterator[SystemCommand]:
    """Yield a command for each configured view."""
    for name, text in screen.session.configuration.table("views").items():
        yield SystemCommand(
            f"View: {name}",
            f"List only items that match: {text}",
            partial(screen.list_view, str(text)),
        )
