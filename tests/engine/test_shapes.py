"""JSON is read into dataclasses: leniently where servers differ, and with the place of what is wrong."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from hitl_engine.reading.shapes import OddShape, Shape


@dataclass(frozen=True, kw_only=True)
class Inner(Shape):
    name: str
    number: str | int = ""


@dataclass(frozen=True, kw_only=True)
class Outer(Shape):
    inner: Inner | None = None
    all: tuple[Inner, ...] = ()
    words: frozenset[str] = frozenset()
    by_name: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str | None] | None = None
    at: datetime | None = None
    is_on: bool = False
    deeper: "Outer | None" = None


def test_everything_is_read_as_its_type() -> None:
    sent = {
        "inner": {"name": "a", "unknown": 1},
        "all": [{"name": "b", "number": 2}, {"name": "c", "number": "3"}],
        "words": ["x", "y", "x"],
        "by_name": {"kept": None, "nested": [{}]},
        "texts": {"kept": None, "text": "a"},
        "at": "2026-11-30T12:00:00.5Z",
        "is_on": True,
        "deeper": {"is_on": None},
    }
    assert Outer.read(sent) == Outer(
        inner=Inner(name="a"),
        all=(Inner(name="b", number=2), Inner(name="c", number="3")),
        words=frozenset({"x", "y"}),
        by_name={"kept": None, "nested": [{}]},
        texts={"kept": None, "text": "a"},
        at=datetime(2026, 11, 30, 12, 0, 0, 500_000, UTC),
        is_on=True,
        deeper=Outer(),
    )


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ([], "the reply: an object was expected"),
        ({"inner": {}}, "inner.name: it is missing"),
        ({"inner": {"name": None}}, "inner.name: it is missing"),
        ({"all": [{"name": "a"}, {"name": 1}]}, "all.1.name: a text was expected"),
        ({"all": {"name": "a"}}, "all: a list was expected"),
        ({"words": [True]}, "words.0: a text was expected"),
        ({"by_name": []}, "by_name: an object was expected"),
        ({"by_name": {"\ud800": 1}}, "by_name: a text was expected, not half a character"),
        ({"inner": {"name": "\ud83d"}}, "inner.name: a text was expected, not half a character"),
        ({"inner": {"name": "a", "number": True}}, "inner.number: a whole number was expected"),
        ({"at": "yesterday"}, "at: a time in ISO 8601 was expected"),
        ({"at": 5}, "at: a time in ISO 8601 was expected"),
        ({"is_on": "yes"}, "is_on: true or false was expected"),
        ({"deeper": {"deeper": {"at": "x"}}}, "deeper.deeper.at: a time in ISO 8601 was expected"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(sent: object, told: str) -> None:
    with pytest.raises(OddShape) as found:
        Outer.read(sent)
    assert str(found.value) == told
