"""The inbox as it was last seen: shown while the server does not answer yet, and never decided on.

Imports nothing slow: it is read before the first paint.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple, TypeAlias, get_args

from hitl_engine.visible import cut_line, visible_typed
from hitl_tui.text.inbox_row import InboxRow, Look

Json: TypeAlias = dict[str, object]

_NEVER = datetime.min.replace(tzinfo=UTC)
_LONGEST = 400
"""Characters of a text that are shown."""


class SeenItem(NamedTuple):
    """An item as its row was drawn, with what tells whether a live item is the same."""

    target: str
    thread_id: str
    interrupt_id: str
    """Empty for a breakpoint."""
    since: datetime | None
    look: Look
    row: InboxRow
    """Without the waiting time, which has gone on."""

    @property
    def key(self) -> tuple[str, str, str]:
        """The key by which an item is the same when the list is read again."""
        return self.target, self.thread_id, self.interrupt_id


@dataclass(frozen=True, slots=True)
class LastSeen:
    """The first rows of the inbox of one target, at one time."""

    as_of: datetime
    total: int
    """How many items waited; not all of them are in `items`."""
    items: Sequence[SeenItem]

    def to_json(self) -> Json:
        """Return it as JSON, which `last_seen_of` reads."""
        items = [
            [*item.key, item.since and item.since.isoformat(), item.look, *item.row]
            for item in self.items
        ]
        return {"as_of": self.as_of.isoformat(), "total": self.total, "items": items}


class SeenRows:
    """The rows of the targets that are not live yet; the selected one stays selected in the live list."""

    def __init__(self, targets: Mapping[str, LastSeen]) -> None:
        """`targets` has at least one, by its name."""
        self._targets = dict(targets)
        self.items = self._merged()
        """Newest first."""
        self.selected = 0
        self.top = 0
        """The row at the top of the list."""
        self.opens = False
        """Whether the selected item is to be opened as soon as it is live."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets."""
        return tuple(self._targets)

    @property
    def when(self) -> str:
        """The time of day of the oldest rows, with the date if it was not today."""
        local = min(each.as_of for each in self._targets.values()).astimezone()
        is_today = local.date() == datetime.now(UTC).astimezone().date()
        return local.strftime("%H:%M" if is_today else "%d %b %H:%M")

    def words(self, meanwhile: str) -> str:
        """Return how many items waited when; `meanwhile` is what the console does now."""
        total = sum(each.total for each in self._targets.values())
        return f"{total:,} waiting as of {self.when}  ·  {meanwhile}"

    @property
    def nearest_keys(self) -> list[tuple[str, str, str]]:
        """The keys of the selected row, of those below it, and of those above it, the nearest first."""
        keys = [item.key for item in self.items]
        return [*keys[self.selected :], *reversed(keys[: self.selected])]

    def is_selected(self, targets: Collection[str]) -> bool:
        """Whether the selected row is of one of these targets."""
        return any(
            self.items[self.selected] in self._targets[name].items
            for name in targets
            if name in self._targets
        )

    def drop(self, targets: Collection[str]) -> None:
        """Leave out what is live; the nearest row that is left is selected."""
        keys = self.nearest_keys
        self._targets = {name: each for name, each in self._targets.items() if name not in targets}
        self.items = self._merged()
        places = {item.key: index for index, item in enumerate(self.items)}
        self.opens = self.opens and keys[0] in places
        self.selected = next((places[key] for key in keys if key in places), 0)

    def _merged(self) -> list[SeenItem]:
        items = chain.from_iterable(each.items for each in self._targets.values())
        return sorted(items, key=lambda item: item.since or _NEVER, reverse=True)


def last_seen_of(kept: object) -> LastSeen | None:
    """Return what was kept; None if there is nothing to show, or it was not written by `to_json`."""
    try:
        match kept:
            case {"as_of": str(as_of), "total": int(total), "items": [_, *_] as items}:
                return LastSeen(_time(as_of), total, tuple(map(_item, items)))
    except (TypeError, ValueError):
        pass
    return None


def _item(kept: object) -> SeenItem:
    """Return a row. Raises ValueError or TypeError for anything else."""
    match kept:
        case [str(target), str(thread), str(interrupt), str() | None as since, look, *texts]:
            row = InboxRow(*(_text(text) for text in texts))
            for known in get_args(Look):
                if look == known:
                    waits_since = None if since is None else _time(since)
                    return SeenItem(target, thread, interrupt, waits_since, known, row)
    raise ValueError("not a row of the inbox")


def _text(kept: object) -> str:
    if not isinstance(kept, str):
        raise TypeError("not a text")
    return cut_line(kept if kept.isprintable() else visible_typed(kept), _LONGEST)


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
