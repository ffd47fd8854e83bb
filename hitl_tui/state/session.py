"""The state that all screens of one console share: desk, connection, newest inbox."""

from __future__ import annotations  # the model is not loaded before the first paint

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from hitl_engine.configuration import Configuration
from hitl_tui.settings import Settings
from hitl_tui.state.after_answer import AfterAnswer
from hitl_tui.state.approval_pace import ApprovalPace
from hitl_tui.state.early_keys import EarlyKeys
from hitl_tui.state.outbox import Outbox
from hitl_tui.state.reasons import Reasons
from hitl_tui.state.views import ChosenViews

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitl_engine.desk import Desk
    from hitl_engine.last_seen import LastSeenFile
    from hitl_engine.model import Inbox, Server


class ConnectionStatus(Enum):
    """The status of the connection to the server: its text, and its theme colour."""

    CONNECTING = ("◌ connecting", "$text-muted")
    CONNECTED = ("● connected", "$text-success")
    AWAY = ("▲ no answer", "$text-warning")
    SOME_CONNECTING = ("◌ some connecting", "$text-muted")
    """Of several targets, some are connected, and the others are being opened."""
    SOME_AWAY = ("▲ some away", "$text-warning")
    """Of several targets, some are connected, and some cannot be reached."""
    FAILED = ("✕ not connected", "$text-error")

    @property
    def is_live(self) -> bool:
        """Whether what is shown is current, for one target at least."""
        cls = ConnectionStatus
        return self in (cls.CONNECTED, cls.SOME_CONNECTING, cls.SOME_AWAY)


@dataclass(eq=False)
class Session:
    """Desk, connection and inbox of one target; subscribers are called after each change."""

    name: str = ""
    """The name of its target, where the console shows several."""
    desk: Desk | None = None
    """None until the target is open."""
    connection: ConnectionStatus = ConnectionStatus.CONNECTING
    answers_again: bool = False
    """Whether the last change was that its server answers, after a time in which it did not."""
    inbox: Inbox | None = None
    problem: str = ""
    """Why the target could not be opened; empty while that is not so."""
    last_seen_file: LastSeenFile | None = None
    """Where the inbox is kept for the next start; None if it is not kept."""
    grace: float = 0
    """Seconds during which an answer can be taken back; 0: it is sent at once."""
    takes_up_code: bool = False
    """Whether changed code is taken up by itself, as soon as no run is in progress."""
    settings: Settings = field(default_factory=Settings)
    configuration: Configuration = field(default_factory=Configuration)
    """What the user has set in `config.toml`."""
    outbox: Outbox = field(default_factory=Outbox)
    """What the user decided, on all targets."""
    views: ChosenViews = field(init=False)
    """Which views of a thread the user chose."""
    reasons: Reasons = field(init=False)
    """What is offered where a tool call is rejected."""
    early_keys: EarlyKeys = field(default_factory=EarlyKeys)
    """Keys that arrive while what the user opened is not on screen yet."""
    approval_pace: ApprovalPace = field(default_factory=ApprovalPace)
    _subscribers: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.views = ChosenViews.kept_as(self.settings.kept("views"))
        self.reasons = Reasons(self.settings, self.configuration.texts("reasons"))
        self.outbox.after_answer = AfterAnswer.kept_as(self.settings.kept("after_answer"))

    def beside(self, name: str) -> Session:
        """Return the session of another target, which shares everything that is not of a target."""
        made = Session(
            name=name,
            settings=self.settings,
            configuration=self.configuration,
            early_keys=self.early_keys,
            outbox=self.outbox,
            approval_pace=self.approval_pace,
        )
        made.views, made.reasons = self.views, self.reasons
        return made

    @property
    def server(self) -> Server | None:
        """The server; None until the target is open."""
        return None if self.desk is None else self.desk.server

    @property
    def code_changed(self) -> bool:
        """Whether the code of a graph changed since the local server imported it."""
        return self.server is not None and bool(self.server.changed)

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
        self._change(connection=ConnectionStatus.CONNECTING, problem="")

    def set_connected(self, desk: Desk) -> None:
        """The target is open."""
        self._change(desk=desk, connection=ConnectionStatus.CONNECTED)

    def set_failed(self, problem: str = "") -> None:
        """The target could not be opened; `problem` says why."""
        self._change(connection=ConnectionStatus.FAILED, problem=problem)

    def set_inbox(self, inbox: Inbox) -> None:
        """The inbox was read, or could not be; then it has an error."""
        status = ConnectionStatus.AWAY if inbox.error else ConnectionStatus.CONNECTED
        self._change(inbox=inbox, connection=status)

    def take_over(self, connection: ConnectionStatus, inbox: Inbox | None) -> None:
        """Show what several targets have together."""
        self._change(connection=connection, inbox=inbox)

    def _change(self, **changes: object) -> None:
        before = self.connection
        for name, value in changes.items():
            setattr(self, name, value)
        connected = ConnectionStatus.CONNECTED
        self.answers_again = self.connection is connected and before is not connected
        for callback in tuple(self._subscribers):
            callback()
