"""The file of a story, and what is the same in two runs of one graph."""

import json

import pytest

from hitl_engine.debugging.normal_values import normal
from hitl_engine.debugging.story_file import story_of
from hitl_engine.errors import BadInput
from hitl_engine.model import JsonObject, JsonValue

EMPTY: JsonObject = {
    "hitl_story": 1,
    "graph": "told",
    "thread_id": "t",
    "server": "s",
    "saved_at": "2026-01-01T00:00:00+00:00",
}


@pytest.mark.parametrize(
    "text, why",
    [
        ("{", "not JSON"),
        ("[]", "hitl_story"),
        ('{"hitl_story": 2}', "is 2, not 1"),
        ('{"hitl_story": 1}', "KeyError"),
        (json.dumps({**EMPTY, "steps": [{"act": "fly"}]}), "no act that is known"),
    ],
)
def test_what_is_no_story_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        story_of(text)


def test_ids_and_times_become_marks() -> None:
    one, two = "8f7c1a52-3f3e-4d0e-9d6f-0b7a1c2d3e4f", "8F7C1A52-0000-4d0e-9d6f-0b7a1c2d3e4f"
    value: JsonValue = {"b": [one, f"run-{two}", one], "a": "2026-11-29T12:00:00.5+00:00", "n": 1}
    assert normal(value) == {"a": "‹time›", "b": ["‹id 1›", "run-‹id 2›", "‹id 1›"], "n": 1}
