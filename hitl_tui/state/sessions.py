"""The sessions of all targets that one console shows, and what they have together as one inbox."""

from __future__ import annotations  # the model is not loaded before the first paint

from typing import TYPE_CHECKING

from hitl_tui.state.last_seen import SeenRows, last_seen_of
from hitl_tui.state.session import ConnectionStatus, Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hitl_engine.configuration import Configuration
    from hitl_engine.desk import Desk
    from hitl_engine.desks import Desks
    from hitl_engine.last_seen import LastSeenFile
    from hitl_engine.model import Inbox, Person, Server, Waiting
    from hitl_tui.settings import Settings


class Sessions:
    """One session for each target; they share what is not of a target: settings and early keys.

    `overview` is the session of the inbox: with one target its own session; with several one that
    has no desk, and whose inbox has the items of all.
    """

    def __init__(
        self, names: Sequence[str], settings: Settings, configuration: Configuration
    ) -> None:
        self.overview = Session(settings=settings, configuration=configuration)
        self.targets: tuple[Session, ...] = (self.overview,)
        if len(names) > 1:
            self.targets = tuple(self.overview.beside(name) for name in names)
            for each in self.targets:
                each.subscribe(self._merge)
        self.last_seen: SeenRows | None = None
        """What waited on the targets that are not live yet, when that was last seen."""

    def keep_in(self, files: Mapping[str, LastSeenFile]) -> None:
        """Keep the inbox of each target in its file, and begin with what is in it."""
        seen = {}
        for each in self.targets:
            each.last_seen_file = file = files.get(each.name)
            if file is not None and (found := last_seen_of(file.read())) is not None:
                seen[each.name] = found
        self.last_seen = SeenRows(seen) if seen else None

    @property
    def several(self) -> bool:
        """Whether there is more than one target."""
        return len(self.targets) > 1

    @property
    def servers(self) -> tuple[Server, ...]:
        """The servers that are connected."""
        return tuple(each.server for each in self.targets if each.server is not None)

    @property
    def open_desks(self) -> tuple[Desk, ...]:
        """The desks of the targets that are connected."""
        return tuple(each.desk for each in self.targets if each.desk is not None)

    @property
    def me(self) -> Mapping[str, Person]:
        """The user as each connected target knows them, by the name in its items."""
        return {desk.server.name: desk.people.me for desk in self.open_desks}

    @property
    def live(self) -> frozenset[str]:
        """The names of the targets whose inbox was read, as the sessions have them."""
        return frozenset(
            each.name
            for each in self.targets
            if each.inbox is not None and (each.inbox.items or not each.inbox.error)
        )

    @property
    def complete(self) -> frozenset[str]:
        """The names of the targets whose inbox has everything, and is not old."""
        return frozenset(
            each.server.name
            for each in self.targets
            if each.server and each.inbox and not (each.inbox.unread or each.inbox.error)
        )

    def of(self, item: Waiting) -> Session:
        """Return the session of an item's target."""
        if not self.several:
            return self.overview
        return next(each for each in self.targets if each.name == item.target)

    def desk(self, target: str) -> Desk | None:
        """Return the desk of a target; None while it is not open."""
        if not self.several:
            return self.overview.desk
        return next((each.desk for each in self.targets if each.name == target), None)

    def desks(self) -> Desks:
        """Return the desks of all targets, as one."""
        from hitl_engine.desks import Desks  # after the first paint

        return Desks(self.desk)

    def _merge(self) -> None:
        read = [each.inbox for each in self.targets if each.inbox is not None]
        inbox = _merged(read, self.overview.inbox) if read else None
        self.overview.take_over(_common_status(self.targets), inbox)


def _merged(inboxes: Sequence[Inbox], before: Inbox | None) -> Inbox:
    """Return one inbox with the items of all; with the same tuple of items where none has changed."""
    from hitl_engine.model import Inbox

    items = tuple(item for inbox in inboxes for item in inbox.items)
    if before is not None and _same(before.items, items):
        items = before.items
    return Inbox(
        items=items,
        busy=sum(inbox.busy for inbox in inboxes),
        unreadable=tuple(each for inbox in inboxes for each in inbox.unreadable),
        unread=sum(inbox.unread for inbox in inboxes),
        code_changes=tuple(each for inbox in inboxes for each in inbox.code_changes),
        coming=tuple(each for inbox in inboxes for each in inbox.coming),
        presence={key: who for inbox in inboxes for key, who in inbox.presence.items()},
    )


def _same(before: tuple[Waiting, ...], now: tuple[Waiting, ...]) -> bool:
    return len(before) == len(now) and all(
        one is other for one, other in zip(before, now, strict=True)
    )


def _common_status(sessions: Sequence[Session]) -> ConnectionStatus:
    found = {each.connection for each in sessions}
    if found == {ConnectionStatus.CONNECTED}:
        return ConnectionStatus.CONNECTED
    if ConnectionStatus.CONNECTED in found:
        waits = found == {ConnectionStatus.CONNECTED, ConnectionStatus.CONNECTING}
        return ConnectionStatus.SOME_CONNECTING if waits else ConnectionStatus.SOME_AWAY
    return (
        ConnectionStatus.CONNECTING
        if ConnectionStatus.CONNECTING in found
        else ConnectionStatus.AWAY
    )
