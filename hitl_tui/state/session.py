"""The state that all screens of one console share: desk, connection, newest inbox."""

from __future__ import annotations  # the model is not loaded before the first paint

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from hitl_tui.settings import Settings
from hitl_tui.state.early_keys import EarlyKeys
from hitl_tui.state.last_seen import LastSeen
from hitl_tui.state.views import ChosenViews

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitl_engine.desk import Desk
    from hitl_engine.model import Inbox, Server


class ConnectionStatus(Enum):
    """The status of the connection to the server: its text, and its theme colour."""

    CONNECTING = ("◌ connecting", "$text-muted")
    CONNECTED = ("● connected", "$text-success")
    AWAY = ("▲ no answer", "$text-warning")
    FAILED = ("✕ not connected", "$text-error")


@dataclass(eq=False)
class Session:
    """Desk, connection and inbox of one console; subscribers are called after each change."""

    desk: Desk | None = None
    """None until the target is open."""
    connection: ConnectionStatus = ConnectionStatus.CONNECTING
    inbox: Inbox | None = None
    last_seen: LastSeen | None = None
    """The inbox as it was last seen, until it is read."""
    takes_up_code: bool = False
    """Whether changed code is taken up by itself, as soon as no run is in progress."""
    settings: Settings = field(default_factory=Settings)
    views: ChosenViews = field(init=False)
    """Which views of a thread the user chose."""
    early_keys: EarlyKeys = field(default_factory=EarlyKeys)
    """Keys that arrive while what the user opened is not on screen yet."""
    _subscribers: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.views = ChosenViews.kept_as(self.settings.kept("views"))

    @property
    def server(self) -> Server | None:
        """The server; None until the target is open."""
        return None if self.desk is None else self.desk.server

    @property
    def code_changed(self) -> bool:
        """Whether the code of a graph changed since the local server imported it."""
        return self.server is not None and bool(self.server.code_changes)

    @property
    def is_busy(self) -> bool:
        """Whether a run is in progress on a thread."""
        return self.inbox is not None and self.inbox.busy > 0

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each change."""
        self._subscribers.append(callback)

    def unsubscribe(self, callback: Callable[[], None]) -> None:
        """Stop calling `callback`."""
        self._subscribers.remove(callback)

    def set_connecting(self) -> None:
        """The target is being opened."""
        self._change(connection=ConnectionStatus.CONNECTING)

    def set_connected(self, desk: Desk) -> None:
        """The target is open."""
        self._change(desk=desk, connection=ConnectionStatus.CONNECTED)

    def set_failed(self) -> None:
        """The target could not be opened."""
        self._change(connection=ConnectionStatus.FAILED)

    def set_inbox(self, inbox: Inbox) -> None:
        """The inbox was read, or could not be; then it has an error."""
        status = ConnectionStatus.AWAY if inbox.error else ConnectionStatus.CONNECTED
        self._change(inbox=inbox, connection=status)

    def _change(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        for callback in tuple(self._subscribers):
            callback()
