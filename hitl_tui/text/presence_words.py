"""Who else is on an item, in words."""

from collections.abc import Sequence
from datetime import datetime

from hitl_engine.model import Claim, JsonObject, OpenConsole, Person, Presence
from hitl_engine.visible import one_line

_NAME = 40
_ANOTHER = "you, in another console"


def row_words(presence: Presence, me: Person | None) -> str:
    """Return who is on an item, for its row: `ada has it`; nothing without anybody."""
    if presence.is_mine:
        return "you have it"
    if presence.claim is not None:
        return f"{_name(presence.claim.person)} has it"
    names = list(dict.fromkeys(_name(each.person, me) for each in presence.consoles))
    return f"{_joined(names)} {_is_on(names)} it" if names else ""


def card_words(presence: Presence, me: Person | None) -> str:
    """Return who is on the item in view, and since when, in a sentence; nothing without anybody."""
    parts = []
    if presence.claim is not None:
        parts.append(_claim_words(presence.claim, is_mine=presence.is_mine))
    first: dict[str, datetime] = {}
    for each in presence.consoles:
        name = _name(each.person, me) + (f" ({one_line(each.role, 20)})" if each.role else "")
        first[name] = min(first.get(name, each.since), each.since)
    for name, since in list(first.items())[:3]:
        parts.append(f"{name} {_is_on([name])} this since {_time(since)}")
    if len(first) > 3:
        parts.append(f"{len(first) - 3} more are on this")
    return "; ".join(parts)


def _claim_words(claim: Claim, *, is_mine: bool) -> str:
    if is_mine:
        return f"you have this until {_time(claim.until)}, which others see"
    return f"{_name(claim.person)} has this since {_time(claim.since)}"


def _name(person: Person, me: Person | None = None) -> str:
    return _ANOTHER if person == me else one_line(person.name, _NAME)


def _is_on(names: Sequence[str]) -> str:
    return "is on" if len(names) == 1 and names != [_ANOTHER] else "are on"


def _joined(names: Sequence[str]) -> str:
    """Return up to two names, or the first and how many others."""
    if len(names) > 2:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(names)


def _time(at: datetime) -> str:
    """Return a time of today as `14:02`, and another one with its day."""
    here = at.astimezone()
    is_today = here.date() == datetime.now().astimezone().date()
    return here.strftime("%H:%M" if is_today else "%d %b %H:%M")


def presence_lines(presence: Presence) -> list[str]:
    """Return the sentence as a line of a shell command; none without anybody."""
    words = card_words(presence, None)
    return [words] if words else []


def presence_document(presence: Presence) -> JsonObject | None:
    """Return who is on an item as `list` and `show` print it; None without anybody."""
    if not presence.names:
        return None
    return {
        "consoles": [_console_document(each) for each in presence.consoles],
        "claim": _claim_document(presence) if presence.claim is not None else None,
    }


def _console_document(each: OpenConsole) -> JsonObject:
    return {
        **_person_document(each.person),
        "since": each.since.isoformat(),
        "role": each.role or None,
    }


def _claim_document(presence: Presence) -> JsonObject:
    claim = presence.claim
    assert claim is not None, "asked only with a claim"
    since, until = claim.since.isoformat(), claim.until.isoformat()
    return {
        **_person_document(claim.person),
        "since": since,
        "until": until,
        "mine": presence.is_mine,
    }


def _person_document(person: Person) -> JsonObject:
    return {"name": person.name, "named_by": person.named_by}
