"""JSONPath: the places that a query names, and conditions."""

import pytest

from hitl_engine.errors import BadInput
from hitl_engine.json_paths import holds, places
from hitl_engine.model import JsonValue

VALUE: JsonValue = {"total": 120, "items": [{"id": "a", "n": 1}, {"id": "b", "n": 2}]}


def test_the_places_of_a_query_and_what_is_there() -> None:
    assert places("$.items[*].n", VALUE) == ((("items", 0, "n"), 1), (("items", 1, "n"), 2))
    assert places("$.items[?@.n > 1].id", VALUE) == ((("items", 1, "id"), "b"),)
    assert places("$.missing", VALUE) == ()
    assert places("$", 5) == (((), 5),)


@pytest.mark.parametrize(
    "condition, expected",
    [
        ("$.total > 100", True),
        ("$.total < 100", False),
        ("$.items[1].id == 'b' && $.total >= 120", True),
        ("$.missing == 1", False),
        ("count($.items[*]) == 2", True),
    ],
)
def test_a_condition(condition: str, expected: bool) -> None:
    assert holds(condition, VALUE) is expected


@pytest.mark.parametrize("query", ["", "total", "$.items[", "$[?"])
def test_what_is_not_jsonpath_is_refused(query: str) -> None:
    with pytest.raises(BadInput, match="is not a JSONPath"):
        places(query, VALUE)


@pytest.mark.parametrize("condition", ["", "$.total >", "__import__('os')"])
def test_what_is_not_a_condition_is_refused(condition: str) -> None:
    with pytest.raises(BadInput, match="is not a condition"):
        holds(condition, VALUE)
