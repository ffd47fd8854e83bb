"""What a node learns about its answer: true, or not known, for every value that it may ask with."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from langgraph.types import _interrupt_id as langgraphs_id

from hitl_engine import decided_payload
from hitl_engine.decided_payload import DECIDED, decided_on
from hitl_engine.deciding.decided_payloads import with_decided
from hitl_engine.model import JsonObject, JsonValue
from hitl_engine.reading.wire import WireRun
from hitl_server.json_encoding import dumps
from tests.engine.test_outcome import ID, OTHER, snapshot
from tests.engine.test_payload_digests import PAYLOADS
from tests.json_values import JSON, Json

ENGINE = Path(decided_payload.__file__).parents[1]
NAMESPACE = "pay:5b0c3a0e-6f0f-6a53-a1a7-5f9ad1c7f6ab"
PLAIN = JSON | st.tuples(JSON, JSON)


def written(value: Any, by: Callable[[Any], bytes] = dumps) -> Any:
    """Return a value as a client gets it from a server that writes it so."""
    return json.loads(by(value))


def sent(asked: JsonValue, answer: JsonValue, ordinal: int = 0) -> Json:
    """Return the config of a node, in a run with which the console answered what it showed."""
    now = snapshot(asks=langgraphs_id(NAMESPACE, ordinal))
    (shown,) = now.interrupts
    shown = replace(shown, payload=asked)
    request: Json = with_decided({}, now, None, [(shown, answer)])
    return {**request["config"], "configurable": {"checkpoint_ns": NAMESPACE}}


@given(PAYLOADS | PLAIN, JSON)
def test_what_the_node_asked_with_is_never_a_mismatch(payload: Any, answer: JsonValue) -> None:
    result = decided_on(payload, answer, sent(written(payload), answer))
    assert result in ("match", "not known")


@given(PLAIN, JSON)
def test_plain_json_is_a_match(payload: Any, answer: JsonValue) -> None:
    """With numbers that are the same as integers and as floats, and without NUL."""
    assume(largest_number((payload, answer)) < 2**53)
    assume("\\u0000" not in json.dumps([payload, answer]))
    assert decided_on(payload, answer, sent(written(payload), written(answer))) == "match"
    by_value = json.loads(json.dumps(payload), parse_float=whole)
    assert decided_on(payload, answer, sent(by_value, answer)) == "match"


@given(PAYLOADS, PAYLOADS, PAYLOADS)
def test_another_payload_is_never_a_match(payload: Any, shown: Any, answer: Any) -> None:
    assume(written([payload]) != written([shown]))
    assert decided_on(payload, answer, sent(written(shown), written(answer))) != "match"


def test_langgraphs_own_server_writes_the_same() -> None:
    reason = "needs langgraph-api, which requires newer packages than the oldest that we allow"
    json_dumpb = pytest.importorskip(
        "langgraph_api.serde", reason=reason
    ).json_dumpb  # slow to import

    @given(PAYLOADS | PLAIN)
    def compared(payload: Any) -> None:
        try:
            shown = written(payload, json_dumpb)
        except TypeError:  # it cannot send that
            return
        ours = decided_on(payload, None, sent(written(payload), None))
        assert decided_on(payload, None, sent(shown, None)) == ours

    compared()


def test_the_claim_is_about_one_question_and_one_answer() -> None:
    config = sent({"sum": 1}, "yes", ordinal=1)
    assert decided_on({"sum": 1}, "yes", config, ordinal=1) == "match"
    assert decided_on({"sum": 1.0}, "yes", config, ordinal=1) == "match"
    assert decided_on({"sum": 2}, "yes", config, ordinal=1) == "mismatch"
    for ordinal, answer in ((0, "yes"), (2, "yes"), (1, "no"), (1, {"yes"})):
        assert decided_on({"sum": 1}, answer, config, ordinal=ordinal) == "not known"
    elsewhere = {**config, "configurable": {"checkpoint_ns": f"{NAMESPACE}|{NAMESPACE}"}}
    assert decided_on({"sum": 1}, "yes", elsewhere, ordinal=1) == "not known"


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**63, 1e16, "\ud800", "\0", b"", {1: 2}]
)
def test_what_servers_write_in_their_own_way_is_not_known(value: Any) -> None:
    for payload in (value, [value], {"a": {"b": value}}):
        assert decided_on(payload, None, sent(written(payload), None)) == "not known"


def test_what_is_too_deep_is_not_known() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert decided_on(deep, None, sent(None, None)) == "not known"


FIRST = langgraphs_id(NAMESPACE, 0)
ANSWERS = {FIRST: ["a", "b"]}
NOTED_BADLY: tuple[Any, ...] = (
    *("x", None, [], {}, {"answers": None}),
    *({"answers": {FIRST: each}} for each in ("ab", [1, 2], ["a"], {"a": "b"})),
)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"metadata": None, "configurable": None},
        {"metadata": {DECIDED: {"answers": ANSWERS}}},
        {"metadata": {DECIDED: {"answers": ANSWERS}}, "configurable": {"checkpoint_ns": ""}},
        *(
            {"metadata": {DECIDED: noted}, "configurable": {"checkpoint_ns": NAMESPACE}}
            for noted in NOTED_BADLY
        ),
    ],
)
def test_a_config_without_a_claim_tells_nothing(config: Json) -> None:
    assert decided_on("x", "y", config) == "not known"


@pytest.mark.parametrize("version", ["1.2.10", "0.6.0", "1.2", "1.2.x", None])
def test_a_langgraph_that_gives_several_questions_one_id_tells_nothing(
    version: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(name: str) -> str:
        if version is None:
            raise metadata.PackageNotFoundError(name)
        return version

    config = sent("x", "y")
    monkeypatch.setattr(metadata, "version", found)
    decided_payload._has_own_ids.cache_clear()
    try:
        assert decided_on("x", "y", config) == "not known"
    finally:
        decided_payload._has_own_ids.cache_clear()


def test_it_imports_the_standard_library_alone() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ENGINE)!r})\n"
        "from hitl_engine.decided_payload import decided_on\n"
        "assert decided_on({}, 'yes', {}) == 'not known'\n"
        "print(*{each.partition('.')[0] for each in sys.modules} - sys.stdlib_module_names)\n"
        "print(*(each for each in sys.modules if each.startswith('hitl_')))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    others, ours = done.stdout.splitlines()
    assert set(others.split()) <= {"hitl_engine", "__main__"}
    assert ours.split() == ["hitl_engine", "hitl_engine.decided_payload"]


def run_with(config: object) -> WireRun:
    return WireRun(
        run_id="r", thread_id="t", assistant_id="a", status="success", kwargs={"config": config}
    )


def noted(request: JsonObject) -> Json:
    found: Json = request
    return found["config"]["metadata"][DECIDED]  # type: ignore[no-any-return]  # as it was sent


def test_a_run_carries_what_the_newest_one_answered_at_the_same_checkpoint() -> None:
    now = snapshot(asks=ID)
    (shown,) = now.interrupts
    request = with_decided({"assistant_id": "a"}, now, None, [(shown, "yes")])
    first = noted(request)
    assert first["checkpoint_id"] == now.checkpoint_id
    next_one = snapshot(asks=OTHER)
    (asked,) = next_one.interrupts
    last = run_with(request["config"])
    second = noted(with_decided({}, next_one, last, [(asked, "no")]))
    assert second["answers"].keys() == {ID, OTHER}
    assert second["answers"][ID] == first["answers"][ID]
    assert noted(with_decided({}, next_one, last)) == first  # a step answers nothing


def test_a_run_carries_nothing_that_may_be_wrong() -> None:
    """The answer was not kept, the tasks are others, another client sent the last run, or nobody did."""
    now = snapshot(asks=ID)
    (shown,) = now.interrupts
    last = run_with(with_decided({}, now, None, [(shown, "yes")])["config"])
    assert with_decided({}, now, last) == {}
    assert with_decided({}, snapshot(checkpoint="c2"), last) == {}
    odd: tuple[Any, ...] = (
        {},
        None,
        "x",
        {"metadata": {DECIDED: "x"}},
        {"metadata": {DECIDED: {}}},
    )
    for config in odd:
        assert with_decided({}, snapshot(), run_with(config)) == {}
    assert with_decided({}, snapshot(), None) == {}


def test_a_run_keeps_what_else_its_config_has() -> None:
    now = snapshot(asks=ID)
    (shown,) = now.interrupts
    config: JsonObject = {"tags": ["x"], "metadata": {"theirs": 1}}
    request = with_decided({"config": config}, now, None, [(shown, None)])
    assert request["config"] == {
        "tags": ["x"],
        "metadata": {"theirs": 1, DECIDED: noted(request)},
    }


def largest_number(value: Any) -> float:
    """Return the size of the largest number in a value."""
    match value:
        case bool() | str() | None:
            return 0
        case int() | float():
            return abs(value)
        case dict():
            return max(map(largest_number, value.values()), default=0)
    return max(map(largest_number, value), default=0)


def whole(text: str) -> int | float:
    """Read a number as JavaScript and jsonb do: 1.0 is 1."""
    number = float(text)
    return int(number) if number.is_integer() else number
