"""The digest of what is asked: the console and the server compute the same, each by its own code."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from langgraph.types import Interrupt as Raised

from hitl_engine.fingerprint import digest
from hitl_engine.model import ExactValue, Interrupt
from hitl_engine.reading.wire import WireInterrupt
from hitl_server.json_encoding import dumps
from hitl_server.payload_digests import ask_the_same, payload_digest
from hitl_server.thread_state import interrupt_json
from tests.json_values import JSON, Json

# What nodes ask: also values that JSON cannot carry, each written in the server's own way.
PAYLOADS = st.recursive(
    JSON
    | st.floats()
    | st.decimals(allow_nan=False)
    | st.binary(max_size=4)
    | st.text(st.characters(), max_size=4)  # with lone surrogates
    | st.integers(min_value=2**63),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
IDS = ("a" * 32, "b" * 32, "c" * 32)


def sent(payload: Any, interrupt_id: str = IDS[0]) -> Json:
    """Return an interrupt of a node as the server keeps and sends it."""
    shown: Json = json.loads(dumps(interrupt_json(Raised(value=payload, id=interrupt_id))))
    return shown


def seen(sent: Json) -> str:
    """Return the digest that the console makes of an interrupt that it was sent."""
    wire = WireInterrupt.read(sent)
    asked = Interrupt(
        thread_id="t",
        graph_id="g",
        interrupt_id=wire.id,
        payload=wire.value,
        response_schema=wire.response_schema,
        node="n",
        task_id="k",
        namespace="",
        checkpoint_id="c",
        since=None,
        task_error=None,
        exact_values=tuple(ExactValue(each.path, each.value) for each in wire.exact_values),
    )
    return digest(asked.asked)


@settings(max_examples=50)
@given(PAYLOADS)
def test_both_sides_compute_the_same_digest(payload: Any) -> None:
    assert payload_digest(sent(payload)) == seen(sent(payload))


def test_the_digest_is_the_documented_one() -> None:
    """So that another client can compute it, and a later version does not change it by mistake."""
    asked = {"id": "i", "value": {"b": 1.5, "a": "é"}, "response_schema": {"type": "string"}}
    text = '[{"a":"\\u00e9","b":1.5},{"type":"string"}]'
    assert payload_digest(asked) == sha256(text.encode()).hexdigest()


@settings(max_examples=50)
@given(PAYLOADS, PAYLOADS)
def test_another_payload_has_another_digest(one: Any, other: Any) -> None:
    assume(sent(one) != sent(other) or dumps(sent(one)) != dumps(sent(other)))
    same_text = json.dumps(sent(one), sort_keys=True) == json.dumps(sent(other), sort_keys=True)
    assert (seen(sent(one)) == payload_digest(sent(other))) is same_text


def test_what_json_cannot_carry_counts() -> None:
    """NaN and an infinity are the same JSON, but not the same question."""
    assert sent(float("nan"))["value"] == sent(float("inf"))["value"] is None
    assert len({seen(sent(each)) for each in (None, float("nan"), float("inf"))}) == 3
    assert seen(sent(Decimal("0.1"))) != seen(sent(Decimal("0.10000000000000000001")))


@settings(max_examples=50)
@given(st.lists(PAYLOADS, min_size=3, max_size=3), st.sampled_from(IDS), PAYLOADS)
def test_stale_and_fresh_decisions(asked: list[Any], changes: str, to: Any) -> None:
    """Two questions of one task and one of another; then one of them asks something else."""
    first, second, third = (sent(each, name) for each, name in zip(asked, IDS, strict=True))
    pending = {"task": [first, second], "other": [third]}
    digests = {each["id"]: seen(each) for each in (first, second, third)}
    together = {name: digests[name] for name in IDS[:2]}
    alone = {IDS[2]: digests[IDS[2]]}
    assert all(ask_the_same(pending, fresh) for fresh in (together, alone, digests, {}))
    assert not ask_the_same(pending, {IDS[0]: digests[IDS[0]]})  # the task would run again for it
    now = {
        task: [sent(to, each["id"]) if each["id"] == changes else each for each in interrupts]
        for task, interrupts in pending.items()
    }
    is_same = json.dumps(now, sort_keys=True) == json.dumps(pending, sort_keys=True)
    for decided in (together, alone, digests):
        assert ask_the_same(now, decided) is (is_same or changes not in decided)


def test_an_id_of_two_questions_never_fits() -> None:
    """LangGraph cannot tell them apart, so an answer could reach the other one."""
    one, other = sent("one"), sent("other")
    for pending in ({"task": [one, other]}, {"task": [one], "second": [one]}):
        assert not ask_the_same(pending, {IDS[0]: payload_digest(one)})


def test_a_question_that_is_gone_does_not_fit() -> None:
    assert not ask_the_same({}, {IDS[0]: payload_digest(sent("one"))})
