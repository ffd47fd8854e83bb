"""The tree of a JSON value: only what is opened has rows; a search finds every place."""

import time

from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.model import Change, ChangeKind, JsonValue, Path, Watched
from hitl_tui.state.json_search import matches
from hitl_tui.state.json_tree import PAGE, JsonTree, Marks, NodeKind
from tests.json_values import JSON


def labels(tree: JsonTree) -> list[str]:
    """Return the rows as indented text."""
    return ["  " * node.depth + str(node.step) for node in tree.rows]


def test_small_containers_are_open_and_large_ones_closed() -> None:
    tree = JsonTree()
    tree.show({"plan": {"city": "Rome"}, "messages": list(range(100)), "n": 1})
    assert labels(tree) == ["plan", "  city", "messages", "n"]


def test_what_was_opened_is_open_in_the_next_value() -> None:
    tree = JsonTree()
    tree.show({"big": {str(n): n for n in range(20)}, "plan": {"city": "Rome"}})
    tree.open(0)
    tree.close(21)
    tree.show({"new": 1, "big": {"1": [1]}, "plan": {"city": "Paris"}})
    assert labels(tree) == ["new", "big", "  1", "plan"]


def test_a_long_list_gets_rows_page_by_page() -> None:
    tree = JsonTree()
    tree.show({"big": list(range(PAGE * 2 + 1)), "last": 0})
    tree.open(0)
    assert len(tree.rows) == PAGE + 3
    more = tree.rows[PAGE + 1]
    assert (more.kind, more.value) == (NodeKind.MORE, PAGE + 1)
    tree.open(PAGE + 1)
    tree.open(2 * PAGE + 1)
    assert [node.step for node in tree.rows[-3:]] == [2 * PAGE - 1, 2 * PAGE, "last"]


def test_a_place_is_revealed_however_far_it_is() -> None:
    tree = JsonTree()
    tree.show({"a": 1, "big": [{"x": [n]} for n in range(PAGE * 3)], "z": 2})
    index = tree.reveal(("big", PAGE * 2 + 5, "x", 0))
    assert tree.rows[index].path == ("big", PAGE * 2 + 5, "x", 0)
    assert tree.rows[index].value == PAGE * 2 + 5
    assert tree.rows[tree.parent_index(index)].step == "x"


def test_watched_expressions_come_first_and_open_on_their_own() -> None:
    tree = JsonTree()
    values: JsonValue = {"total": 3, "items": [{"n": n} for n in range(9)]}
    watch = Watched("$.items", ((("items",), values["items"]),))  # type: ignore[index,call-overload]  # an object
    tree.show(values, [watch, Watched("$..n", tuple((("items", n, "n"), n) for n in range(9)))])
    assert labels(tree) == ["$.items", "$..n", "total", "items"]
    assert tree.rows[0].path == ("items",) and tree.rows[1].path is None
    tree.open(0)
    assert labels(tree)[:3] == ["$.items", "  0", "  1"]
    assert labels(tree)[-1] == "items", "it is open above only"
    tree.show(values, [watch])
    assert labels(tree)[1] == "  0"


def test_marks_lead_to_the_changes() -> None:
    marks = Marks.of(
        [
            Change(("plan", "days"), ChangeKind.REPLACED, 1, 2),
            Change(("plan", "old"), ChangeKind.REMOVED, 1),
        ]
    )
    assert marks.changed == {("plan", "days"): ChangeKind.REPLACED}
    assert marks.inside == {(), ("plan",)}
    assert marks.removed == {("plan",): ["old"]}


def test_ten_megabytes_are_shown_at_once() -> None:
    rows: JsonValue = [{"id": n, "name": f"row {n}", "tags": ["a", "b"]} for n in range(150_000)]
    tree = JsonTree()
    began = time.perf_counter()
    tree.show({"rows": rows})
    tree.open(0)
    assert time.perf_counter() - began < 0.1
    assert len(tree.rows) == PAGE + 2


@given(value=JSON | st.recursive(st.integers(), lambda inner: st.lists(inner, max_size=3)))
def test_every_place_is_found_and_revealed(value: JsonValue) -> None:
    """A search for nothing finds every place that is not a container without a name."""
    tree = JsonTree()
    tree.show(value)
    for path in filter(None, matches(value, "")):
        index = tree.reveal(path)
        node = tree.rows[index]
        assert node.path == path
        assert node.value is at(value, path) or node.value == at(value, path)


def test_a_search_finds_keys_and_values() -> None:
    value: JsonValue = {"Name": "Ada", "list": [None, True, 12.5, "nAme"], "x": {"y": "ada"}}
    assert list(matches(value, "name")) == [("Name",), ("list", 3)]
    assert list(matches(value, "ADA")) == [("Name",), ("x", "y")]
    assert list(matches(value, "true")) == [("list", 1)]
    assert list(matches(value, "12.5")) == [("list", 2)]


def at(value: JsonValue, path: Path) -> JsonValue:
    """Return what is at a path."""
    for step in path:
        value = value[step]  # type: ignore[index]  # the path fits
    return value
