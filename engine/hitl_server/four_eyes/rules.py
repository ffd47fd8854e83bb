"""The rules: which questions need two reviewers, and which answers to them need only one.

A rule names places in JSON by a JSONPath, and values. The server knows nothing of what they mean.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jsonpath_rfc9535 import JSONPathError, JSONPathQuery


@dataclass(frozen=True, slots=True)
class Condition:
    """What a JSONPath finds, compared with values."""

    path: JSONPathQuery
    values: tuple[Any, ...] | None
    """JSON values; None: every value that is found counts."""

    def finds(self, value: Any) -> list[Any]:
        """Return what the path finds. Raises `JSONPathError` or RecursionError."""
        return [node.value for node in self.path.find(value)]

    def has(self, found: Any) -> bool:
        """Whether a value that was found counts."""
        return self.values is None or any(_equal(found, each) for each in self.values)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which questions need the same answer from two reviewers."""

    name: str
    graph: str | None
    """The graph whose questions are meant; None: all."""
    asked: Condition
    """Holds for a payload if any value that is found counts."""
    alone: Condition | None
    """An answer needs only one reviewer if something is found in it, and all of that counts."""

    def applies(self, graphs: Collection[str], payload: Any) -> bool:
        """Whether a question needs two reviewers; `graphs` are those that it may come from.

        A payload that cannot be searched needs them, too.
        """
        if self.graph is not None and self.graph not in graphs:
            return False
        try:
            return any(map(self.asked.has, self.asked.finds(payload)))
        except (JSONPathError, RecursionError):
            return True

    def is_for_one(self, answer: Any) -> bool:
        """Whether one reviewer suffices for this answer."""
        if self.alone is None:
            return False
        try:
            found = self.alone.finds(answer)
        except (JSONPathError, RecursionError):
            return False
        return bool(found) and all(map(self.alone.has, found))


def rules_for(
    rules: Iterable[Rule], graphs: Collection[str], pending: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return the names of the rules for each question that needs two reviewers, by interrupt id.

    `pending` is the column `interrupts` of a thread: the interrupts of each task.
    """
    found: dict[str, list[str]] = {}
    rules = list(rules)
    for interrupt in (each for asked in pending.values() for each in asked):
        names = [rule.name for rule in rules if rule.applies(graphs, interrupt.get("value"))]
        if names:
            known = found.setdefault(interrupt["id"], [])
            known += [name for name in names if name not in known]
    return found


def _equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 is 1.0, but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)
