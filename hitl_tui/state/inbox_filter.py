"""A filter of the inbox, as it is typed: words, and facets such as `tool:send_email age:>1h`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hitl_engine.model import Waiting, in_utc
from hitl_tui.text.essence import Essence

FACETS = ("graph", "node", "thread", "tool", "kind", "age")
"""The words before a colon; another word with a colon is searched as text."""
_AGE = re.compile(r"([<>]?)(\d+(?:\.\d+)?)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


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
    def depends_on_time(self) -> bool:
        """Whether an item may fit later that does not fit now, or the reverse."""
        return any(name == "age" for _, name, _ in self.facets)

    def narrows(self, other: "InboxFilter") -> bool:
        """Whether an item that does not fit `other` is known not to fit this one."""
        if other.depends_on_time:
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

    def fits(
        self, item: Waiting, essence: Callable[[], Essence], search_text: Callable[[], str]
    ) -> bool:
        """Whether an item is listed; what is expensive is computed only if it is needed."""
        if self.facets:
            for wanted, name, value in self.facets:
                if _has(item, name, value, essence) is not wanted:
                    return False
        if self.texts:
            found = search_text()
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
    for word in _words(typed):
        wanted = not (word.startswith("-") and len(word) > 1)
        word = word if wanted else word[1:]
        name, colon, value = word.partition(":")
        if colon and name in FACETS:
            if not value:
                continue  # it is being typed
            if name == "age" and not _AGE.fullmatch(value):
                parsed.faults.append("age: is written like age:>1h, age:<30m or age:2d")
                continue
            parsed.facets.append((wanted, name, value))
        else:
            parsed.texts.append((wanted, word))
    return InboxFilter(tuple(parsed.texts), tuple(parsed.facets), "; ".join(parsed.faults))


def _words(typed: str) -> list[str]:
    """Split at spaces; a text in double quotes is part of one word, also an unfinished one."""
    words = re.findall(r'(?:[^\s"]|"[^"]*"?)+', typed.casefold())
    return [word.replace('"', "") for word in words if word.replace('"', "")]


def _has(item: Waiting, name: str, value: str, essence: Callable[[], Essence]) -> bool:
    match name:
        case "graph":
            return value in item.graph_id.casefold()
        case "node":
            return value in item.node.casefold()
        case "thread":
            return value in item.thread_id.casefold()
        case "tool":
            return any(value in tool.casefold() for tool in essence().tools)
        case "kind":
            return essence().word.startswith(value) or essence().kind.startswith(value)
        case _:
            return _is_of_age(item.since, value)


def _is_of_age(since: datetime | None, value: str) -> bool:
    found = _AGE.fullmatch(value)
    if since is None or found is None:
        return False
    sign, number, unit = found.groups()
    age = datetime.now(UTC) - in_utc(since)
    limit = timedelta(seconds=float(number) * _SECONDS[unit])
    return age < limit if sign == "<" else age >= limit
