"""What changed between two JSON values."""

import json
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from hitl_engine.differences import changed_paths
from hitl_engine.model import Change, ChangeKind, JsonValue
from tests.json_values import JSON

ADDED, REMOVED, REPLACED = ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.REPLACED

ALIKE = st.recursive(
    st.sampled_from([None, True, 1, 1.0, "a"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=12,
)
"""Values that have much in common."""


@given(before=JSON | ALIKE, after=JSON | ALIKE)
@example(before={"a": True}, after={"a": 1})
@example(before=[{"id": 1, "a": 2}], after=[{"id": 1.0, "a": 2}])
@example(before=[1, 1, 1], after=[1, 1])
def test_a_difference_applied_to_its_left_gives_its_right(
    before: JsonValue, after: JsonValue
) -> None:
    """The property that makes a difference complete."""
    assert written(applied(before, changed_paths(before, after))) == written(after)


@given(value=JSON | ALIKE)
def test_equal_values_have_no_difference(value: JsonValue) -> None:
    """Nothing is reported that did not change."""
    assert changed_paths(value, deepcopy(value)) == ()


def test_the_smallest_places_are_named() -> None:
    """A change names its key, and not the objects around it."""
    before: JsonValue = {"step": 1, "plan": {"city": "Rome", "days": 2}, "old": None}
    after: JsonValue = {"step": 2, "plan": {"city": "Rome", "days": 3}, "new": [1]}
    assert changed_paths(before, after) == (
        Change(("step",), REPLACED, 1, 2),
        Change(("plan", "days"), REPLACED, 2, 3),
        Change(("new",), ADDED, after=[1]),
        Change(("old",), REMOVED, before=None),
    )


def test_what_a_list_has_more_is_added_or_removed() -> None:
    """The equal items around it are not reported, although their index has changed."""
    hello: JsonValue = {"id": "1", "text": "hello"}
    call: JsonValue = {"id": "2"}
    bye: JsonValue = {"id": "3"}
    assert changed_paths([hello, bye], [hello, call, bye]) == (Change((1,), ADDED, after=call),)
    assert changed_paths([hello, call, bye], [hello, bye]) == (Change((1,), REMOVED, before=call),)


def test_an_object_with_another_id_is_another_thing() -> None:
    """It is replaced as a whole; one with the same id changed inside."""
    before: JsonValue = {"messages": [{"id": "1", "content": "a"}]}
    assert changed_paths(before, {"messages": [{"id": "2", "content": "b"}]}) == (
        Change(("messages", 0), REPLACED, {"id": "1", "content": "a"}, {"id": "2", "content": "b"}),
    )
    assert changed_paths(before, {"messages": [{"id": "1", "content": "b"}]}) == (
        Change(("messages", 0, "content"), REPLACED, "a", "b"),
    )


def test_values_are_compared_as_json() -> None:
    """Numbers and booleans that Python takes for equal are not the same JSON."""
    assert changed_paths({"a": 1}, {"a": True}) == (Change(("a",), REPLACED, 1, True),)
    assert changed_paths([1], [1.0]) == (Change((0,), REPLACED, 1, 1.0),)


def test_deep_values_are_compared() -> None:
    """However deep they are, in a short time."""
    before, after = nested("a", depth=5_000), nested("b", depth=5_000)
    (change,) = changed_paths(before, after)
    assert (len(change.path), change.before, change.after) == (5_000, "a", "b")
    assert changed_paths(before, nested("a", depth=5_000)) == ()


def test_an_equal_part_is_equal_in_any_order_and_only_in_its_types() -> None:
    """Beside the fast comparison: keys in another order are the same JSON, other numbers are not."""
    item: JsonValue = {"a": {"b": [1, 2], "c": "x"}, "d": 1}
    reordered: JsonValue = {"d": 1, "a": {"c": "x", "b": [1, 2]}}
    new: JsonValue = {"id": "new"}
    assert changed_paths([item], [new, reordered]) == (Change((0,), ADDED, after=new),)
    as_float: JsonValue = {"a": {"b": [1.0, 2], "c": "x"}, "d": 1}
    assert changed_paths([item], [as_float]) == (Change((0, "a", "b", 0), REPLACED, 1, 1.0),)


def nested(value: JsonValue, *, depth: int) -> JsonValue:
    """Return a value in many lists."""
    for _ in range(depth):
        value = [value]
    return value


def written(value: JsonValue) -> str:
    """Return JSON in which `1` and `true` differ, and the order of keys does not count."""
    return json.dumps(value, sort_keys=True)


def applied(before: JsonValue, changes: Iterable[Change]) -> JsonValue:
    """Return `before` with all changes made.

    First what is removed, the last item of a list first, because removed items are named by their
    index before; then what is added and replaced.
    """
    root: list[Any] = [deepcopy(before)]
    found = list(changes)
    for change in reversed([each for each in found if each.kind is REMOVED]):
        container, step = place(root, change)
        del container[step]
    for change in (each for each in found if each.kind is not REMOVED):
        container, step = place(root, change)
        if change.kind is ADDED and isinstance(container, list):
            container.insert(step, change.after)
        else:
            container[step] = change.after
    return root[0]  # type: ignore[no-any-return]  # the value, or what replaced it


def place(root: list[Any], change: Change) -> tuple[Any, Any]:
    """Return what contains the place of a change, and its key or index there."""
    container: Any = root
    *outer, last = (0, *change.path)
    for step in outer:
        container = container[step]
    return container, last
