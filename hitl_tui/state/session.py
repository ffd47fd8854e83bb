"""Where a console stands: its desk, its connection, and the newest look at the inbox."""

from __future__ import annotations  # the nouns are not loaded before the first paint

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitl_engine.desk import Desk
    from hitl_engine.model import Inbox, Server


class Link(Enum):
    """How the console stands to its server: the words and the theme colour that say so."""

    CONNECTING = ("◌ connecting", "$text-muted")
    CONNECTED = ("● connected", "$text-success")
    AWAY = ("▲ no answer", "$text-warning")
    FAILED = ("✕ not connected", "$text-error")


@dataclass(eq=False)
class Session:
    """What all screens of one console share; whoever listens is called after each change."""

    desk: Desk | None = None
    """Known once the target has been opened."""
    link: Link = Link.CONNECTING
    inbox: Inbox | None = None
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    @property
    def server(self) -> Server | None:
        """The server, once it is known."""
        return None if self.desk is None else self.desk.server

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change."""
        self._listeners.append(listener)

    def ignore(self, listener: Callable[[], None]) -> None:
        """Call `listener` no more."""
        self._listeners.remove(listener)

    def connecting(self) -> None:
        """The target is being opened."""
        self._change(link=Link.CONNECTING)

    def connected(self, desk: Desk) -> None:
        """The target has been opened."""
        self._change(desk=desk, link=Link.CONNECTED)

    def failed(self) -> None:
        """The target could not be opened."""
        self._change(link=Link.FAILED)

    def seen(self, inbox: Inbox) -> None:
        """The server was looked at, or could not be."""
        self._change(inbox=inbox, link=Link.AWAY if inbox.error else Link.CONNECTED)

    def _change(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        for listener in tuple(self._listeners):
            listener()
