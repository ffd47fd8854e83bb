"""The parts of a state edit: values at places, values as a few characters, how keys are sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.debugging.replacements import replaced
from hitl_engine.debugging.state_keys import deviations, sent_value
from hitl_engine.differences import changed_paths
from hitl_engine.errors import BadInput
from hitl_engine.model import JsonObject, JsonValue, KeyChange, KeyWrite, Path, Replacement
from hitl_engine.reading.briefs import brief, brief_fields

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=300)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)
STATES = st.dictionaries(st.text(max_size=5), VALUES, min_size=1)


def paths_of(value: JsonValue, path: Path = ()) -> list[Path]:
    """Return the paths of all values inside a value."""
    steps: Any = []
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    return [
        each for step, inner in steps for each in [(*path, step), *paths_of(inner, (*path, step))]
    ]


@given(st.data(), STATES, VALUES)
def test_a_replacement_changes_its_place_and_nothing_else(
    data: st.DataObject, state: JsonObject, value: JsonValue
) -> None:
    path = data.draw(st.sampled_from(paths_of(state)))
    after = replaced(state, [Replacement(path, value)])
    found: Any = after
    for step in path:
        found = found[step]
    assert not changed_paths(found, value)
    back: Any = state
    for step in path:
        back = back[step]
    assert not changed_paths(replaced(after, [Replacement(path, back)]), state)


def test_a_key_may_be_new_and_so_may_the_end_of_a_list() -> None:
    state: JsonObject = {"log": ["a"]}
    found = replaced(state, [Replacement(("log", 1), "b"), Replacement(("text",), {})])
    assert found == {"log": ["a", "b"], "text": {}}
    assert state == {"log": ["a"]}
    for path in (("log", 3), ("log", "x"), ("no", "x"), ()):
        with pytest.raises(BadInput):
            replaced(state, [Replacement(path, 1)])


@given(VALUES)
def test_a_brief_is_brief(value: JsonValue) -> None:
    assert len(brief(value, 40)) <= 200
    assert len(brief_fields(value, 40)) <= 300


def test_a_brief_of_a_deep_or_large_value() -> None:
    deep: JsonValue = "x"
    for _ in range(100_000):
        deep = [deep]
    assert brief(deep).startswith("[[[")
    assert len(brief(["text"] * 1_000_000)) < 300
    assert brief_fields({"text": "x", "log": ["a"]}) == 'text: "x", log: ["a"]'
    assert brief({"type": "ai", "content": [{"type": "text", "text": "Hi."}]}) == 'ai "Hi."'


def test_how_a_value_is_sent() -> None:
    messages: list[JsonValue] = [{"type": "human", "content": "x"}]
    assert sent_value(["a"], KeyWrite.REPLACES) == ["a"]
    assert sent_value(["a"], KeyWrite.UNKNOWN) == ["a"]
    assert sent_value(["a"], KeyWrite.MERGES) == {"__overwrite__": ["a"]}
    removed = {"type": "remove", "id": "__remove_all__", "content": ""}
    assert sent_value(messages, KeyWrite.MERGES_MESSAGES) == [removed, *messages]


def test_what_became_otherwise_is_told() -> None:
    merged = KeyChange("log", ["a"], ["b"], KeyWrite.UNKNOWN)
    [told] = deviations([merged], {"log": ["a", "b"]})
    assert told == 'log was meant to be ["b"], and became ["a", "b"].'
    said: JsonValue = [{"role": "user", "content": "x"}]
    messages = KeyChange("messages", [], said, KeyWrite.MERGES_MESSAGES)
    given_id: JsonValue = [{"type": "human", "content": "x", "id": "1"}]
    assert not [*deviations([messages], {"messages": given_id})]
    assert [*deviations([messages], {"messages": [{"type": "human", "content": "y"}]})]
