"""What changed between two values, a line or two for each place, as a difference is coloured."""

from collections.abc import Iterable, Iterator

from hitl_engine.model import Change, ChangeKind, JsonValue, json_path
from hitl_engine.visible import json_text
from hitl_tui.text.diff import changes

_ONE_LINE = 100
"""A text or a value that is longer is compared line by line."""


def lines_of_changes(found: Iterable[Change]) -> list[str]:
    """Return lines that begin with `-`, `+`, `@` or a space. Texts are not made visible yet."""
    return [line for change in found for line in _lines(change)]


def _lines(change: Change) -> Iterator[str]:
    place = json_path(change.path)
    old, new = _text(change.before), _text(change.after)
    if change.kind is ChangeKind.REPLACED and max(len(old), len(new)) > _ONE_LINE:
        yield f"@@ {place} @@"
        yield from (line for line in changes(old, new) if not line.startswith("@@"))
        return
    if change.kind is not ChangeKind.ADDED:
        yield from _signed("-", place, old)
    if change.kind is not ChangeKind.REMOVED:
        yield from _signed("+", place, new)


def _signed(sign: str, place: str, text: str) -> Iterator[str]:
    first, *others = text.split("\n")
    yield f"{sign}{place}: {first}"
    yield from (f"{sign}  {line}" for line in others)


def _text(value: JsonValue) -> str:
    short = json_text(value, indent=None)
    if len(short) <= _ONE_LINE:
        return short
    return value if isinstance(value, str) else json_text(value)
