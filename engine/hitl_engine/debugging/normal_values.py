"""Makes ids and times in JSON comparable: they differ between two runs of the same graph.

The same id becomes the same mark everywhere in a value, so two places that had one id must have one
again. Marks are numbered in the order in which a value is read.
"""

import re

from hitl_engine.model import JsonValue

_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b", re.IGNORECASE
)
_TIME = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")


def normal(value: JsonValue) -> JsonValue:
    """Return a value with marks in the place of ids (UUIDs, 32 hex digits) and of times."""
    return _Marks().marked(value)


class _Marks:
    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def marked(self, value: JsonValue) -> JsonValue:
        match value:
            case str():
                return _TIME.sub("‹time›", _ID.sub(self._mark, value))
            case list():
                return [self.marked(each) for each in value]
            case dict():
                return {key: self.marked(value[key]) for key in sorted(value)}
            case _:
                return value

    def _mark(self, found: re.Match[str]) -> str:
        return self._ids.setdefault(found[0].lower(), f"‹id {len(self._ids) + 1}›")
