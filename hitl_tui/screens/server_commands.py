"""Commands of the palette that open what a server has besides threads."""

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.screen import Screen

from hitl_tui.messages import AssistantsRequested, StoreRequested
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.thread import ThreadScreen


def server_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """Yield a command for each part, where no key opens it; there is one on the list of threads."""
    if isinstance(screen, InboxScreen | ThreadScreen):
        yield SystemCommand(
            "Assistants",
            "The assistants of the server, and their versions",
            partial(screen.post_message, AssistantsRequested()),
        )
        yield SystemCommand(
            "Store",
            "The store of the server: what graphs keep across threads",
            partial(screen.post_message, StoreRequested()),
        )
