"""A filter of the inbox, as it is typed: words, and facets such as `tool:send_email age:>1h`."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from hitl_engine.model import Waiting, in_utc
from hitl_tui.state.item_signs import Sign
from hitl_tui.text.essence import Essence

FACETS = ("graph", "node", "thread", "target", "tool", "kind", "age", "deadline", "is", "on")
"""The words before a colon; another word with a colon is searched as text."""
_TIME = re.compile(r"([<>]?)(\d+(?:\.\d+)?)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = 1e11
"""Seconds; a longer time counts as this."""


class ItemFacts(Protocol):
    """What a filter looks at besides the item itself; what is expensive, only if it is needed."""

    def essence(self, item: Waiting) -> Essence:
        """Return what an item asks."""

    def search_text(self, item: Waiting) -> str:
        """Return the text of an item that is searched, in lower case."""

    def deadline(self, item: Waiting) -> datetime | None:
        """Return when an item has to be answered, if it says so."""

    def has_sign(self, item: Waiting, sign: Sign) -> bool:
        """Whether an item has a sign."""

    def people(self, item: Waiting) -> tuple[str, ...]:
        """Return the names of all others who are on an item, or have claimed it."""


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Lists items that fit every facet and contain every text; one with `-` before it, none of these."""

    texts: tuple[tuple[bool, str], ...] = ()
    """Whether the item must contain it, and the text in lower case."""
    facets: tuple[tuple[bool, str, str], ...] = ()
    """Whether the item must fit it, the name of the facet, and its value in lower case."""
    fault: str = ""
    """What is wrong with the filter, as visible text; the rest of it holds."""

    def __bool__(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.texts or self.facets)

    @property
    def may_change(self) -> bool:
        """Whether an item may fit later that does not fit now, or the reverse: by time, or a sign."""
        return any(name in ("age", "deadline", "is", "on") for _, name, _ in self.facets)

    @property
    def lists_snoozed(self) -> bool:
        """Whether it is for snoozed items, which are not listed else."""
        return (True, "is", Sign.SNOOZED.word) in self.facets

    def asks_for(self, sign: Sign) -> bool:
        """Whether it lists the items with this sign, or those without it."""
        return any(facet[1:] == ("is", sign.word) for facet in self.facets)

    @property
    def asks_who(self) -> bool:
        """Whether it lists items by who is on them."""
        return any(name == "on" for _, name, _ in self.facets)

    def narrows(self, other: "InboxFilter") -> bool:
        """Whether an item that does not fit `other` is known not to fit this one."""
        if other.may_change or (self.lists_snoozed and not other.lists_snoozed):
            return False
        return all(
            any(_is_stricter(text, before) for text in self.texts) for before in other.texts
        ) and all(
            any(
                facet[1] == before[1] and _is_stricter(facet[::2], before[::2])
                for facet in self.facets
            )
            for before in other.facets
        )

    def fits(self, item: Waiting, facts: ItemFacts) -> bool:
        """Whether an item is listed."""
        if self.facets:
            for wanted, name, value in self.facets:
                if _has(item, name, value, facts) is not wanted:
                    return False
        if self.texts:
            found = facts.search_text(item)
            return all((text in found) is wanted for wanted, text in self.texts)
        return True


def _is_stricter(now: tuple[bool, str], before: tuple[bool, str]) -> bool:
    """Whether what fits a value fits the value before too: longer ones fit less often."""
    return now == before or (now[0] and before[0] and now[1].startswith(before[1]))


@dataclass
class _Parsed:
    texts: list[tuple[bool, str]] = field(default_factory=list)
    facets: list[tuple[bool, str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def parse_filter(typed: str) -> InboxFilter:
    """Read a filter; what is wrong with it is told in `fault`, and left out."""
    parsed = _Parsed()
    for word in (each.replace('"', "") for each in filter_words(typed.casefold())):
        if not word:
            continue
        wanted = not (word.startswith("-") and len(word) > 1)
        word = word if wanted else word[1:]
        name, colon, value = word.partition(":")
        if colon and name in FACETS:
            if not value:
                continue  # it is being typed
            if name in _FAULTS and not (value := _understood(name, value)):
                parsed.faults.append(_FAULTS[name])
                continue
            parsed.facets.append((wanted, name, value))
        else:
            parsed.texts.append((wanted, word))
    return InboxFilter(tuple(parsed.texts), tuple(parsed.facets), "; ".join(parsed.faults))


_SIGNS = {sign.word: sign for sign in Sign}
_FAULTS = {
    "age": "age: is written like age:>1h, age:<30m or age:2d",
    "deadline": "deadline: is written like deadline:<1h, deadline:>30m or deadline:2d",
    "is": f"is: takes {', '.join(_SIGNS)}",
}
"""The facets whose values can be wrong, and what is told then."""


def _understood(name: str, value: str) -> str:
    """Return the value of a facet, whole where its beginning was typed; empty if it is wrong."""
    if name != "is":
        return value if _TIME.fullmatch(value) else ""
    return next((word for word in _SIGNS if word.startswith(value)), "")


def filter_words(typed: str) -> list[str]:
    """Split at spaces; a text in double quotes is part of one word, also an unfinished one."""
    return re.findall(r'(?:[^\s"]|"[^"]*"?)+', typed)


def _has(item: Waiting, name: str, value: str, facts: ItemFacts) -> bool:
    match name:
        case "graph":
            return value in item.graph_id.casefold()
        case "node":
            return value in item.node.casefold()
        case "thread":
            return value in item.thread_id.casefold()
        case "target":
            return value in item.target.casefold()
        case "tool":
            return any(value in tool.casefold() for tool in facts.essence(item).tools)
        case "kind":
            essence = facts.essence(item)
            return essence.word.startswith(value) or essence.kind.startswith(value)
        case "on":
            return any(value in name.casefold() for name in facts.people(item))
        case "is":
            return facts.has_sign(item, _SIGNS[value])
        case "age":
            if item.since is None:
                return False
            is_shorter = datetime.now(UTC) - in_utc(item.since) < _time_in(value)
            return is_shorter if value.startswith("<") else not is_shorter
        case _:
            deadline = facts.deadline(item)
            if deadline is None:
                return False
            is_sooner = deadline - datetime.now(UTC) < _time_in(value)
            return not is_sooner if value.startswith(">") else is_sooner


@lru_cache(maxsize=16)  # it is asked for each item of the list
def _time_in(value: str) -> timedelta:
    """Return the time in the value of a facet."""
    found = _TIME.fullmatch(value)
    assert found is not None, "the filter was read"
    _, number, unit = found.groups()
    return timedelta(seconds=min(float(number) * _SECONDS[unit], _LONGEST))
