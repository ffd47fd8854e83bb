"""Commands of the palette that list what a named view shows."""

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.markup import escape

from hitl_engine.visible import one_line
from hitl_tui.screens.inbox import InboxScreen


def view_commands(screen: InboxScreen) -> Iterator[SystemCommand]:
    """Yield a command for each named view."""
    for view in screen.views.all:
        yield SystemCommand(
            escape(f"View: {one_line(view.name, 80)}"),
            escape(f"List what this view shows: {one_line(view.text, 200)}"),
            partial(screen.list_view, view.text),
        )
