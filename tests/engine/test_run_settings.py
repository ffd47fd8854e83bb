"""Which settings of the last run a request contains again."""

from typing import Any

import pytest

from hitl_engine.deciding.run_settings import continuing_request
from hitl_engine.reading.wire import WireRun

STRICT = "__pregel_strict_resume"


def last(**kwargs: Any) -> WireRun:
    fields = {"run_id": "r", "thread_id": "t", "assistant_id": "a", "status": "success"}
    return WireRun.read({**fields, "kwargs": kwargs})


@pytest.mark.parametrize(
    "run",
    [
        last(context={"tenant": "acme", STRICT: True}),
        last(config={"configurable": {"tenant": "acme", STRICT: True}}),
    ],
)
def test_the_strict_flag_is_sent_only_on_request(run: WireRun) -> None:
    """S17, S72: the settings of the first run are sent again, but not this flag."""
    step = continuing_request(run, "g", strict=False)
    assert step == {"assistant_id": "a", "config": {"configurable": {"tenant": "acme"}}}
    answer = continuing_request(run, "g", strict=True)
    assert answer["config"] == {"configurable": {"tenant": "acme", STRICT: True}}


def test_limits_and_tags_are_sent_again() -> None:
    given = {
        "recursion_limit": 7,
        "tags": ["a"],
        "max_concurrency": 2,
        "run_id": "r",
        "metadata": {},
    }
    request = continuing_request(last(config=given), "g", strict=False)
    assert request["config"] == {"recursion_limit": 7, "tags": ["a"], "max_concurrency": 2}


def test_without_a_run_the_assistant_is_the_one_given() -> None:
    assert continuing_request(None, "g", strict=False) == {"assistant_id": "g"}
