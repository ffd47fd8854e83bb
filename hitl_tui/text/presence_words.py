"""Who else is on an item, in words."""

from datetime import datetime

from hitl_engine.model import Claim, JsonObject, OpenConsole, Person, Presence
from hitl_engine.visible import one_line

_NAME = 40
_MOST = 3
"""Consoles that a sentence names."""


def row_words(presence: Presence, me: Person | None) -> str:
    """Return who is on an item, for its row: `ada has it`; nothing without anybody."""
    if presence.is_mine:
        return "you have it"
    if presence.claim is not None:
        return f"{_name(presence.claim.person)} has it"
    people = [each.person for each in presence.consoles]
    names = list(dict.fromkeys(_name(each) for each in people if each != me))
    if not names:
        return "you are on it elsewhere" if people else ""
    if len(names) > 2:
        return f"{names[0]} and {len(names) - 1} others are on it"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} on it"


def card_words(presence: Presence, me: Person | None) -> str:
    """Return who is on the item in view, and since when, in a sentence; nothing without anybody."""
    parts = []
    if presence.claim is not None:
        parts.append(_claim_words(presence.claim, is_mine=presence.is_mine))
    first: dict[str, datetime] = {}
    holder = presence.claim.person if presence.claim is not None else None
    for each in presence.consoles:
        if each.person == holder:
            continue
        role = f" ({one_line(each.role, 20)})" if each.role else ""
        named = f"{_name(each.person)}{role} is on this"
        words = "you are on this in another console" if each.person == me else named
        first[words] = min(first.get(words, each.since), each.since)
    parts += [f"{words} since {_time(since)}" for words, since in list(first.items())[:_MOST]]
    if len(first) > _MOST:
        more = len(first) - _MOST
        parts.append("so is 1 other" if more == 1 else f"so are {more} others")
    return "; ".join(parts)


def _claim_words(claim: Claim, *, is_mine: bool) -> str:
    if is_mine:
        return f"you have this until {_time(claim.until)}, which others see"
    return f"{_name(claim.person)} has this since {_time(claim.since)}"


def _name(person: Person) -> str:
    return one_line(person.name, _NAME)


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
