"""Tool calls that did not run as decided are found in the messages; without proof, none is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_engine import payloads
from hitl_engine.deciding.verification import mismatches
from hitl_engine.model import (
    Answer,
    Approve,
    Edit,
    JsonObject,
    JsonValue,
    Reject,
    Respond,
    ToolCalls,
    Verdicts,
)
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.snapshot_sources import from_state
from hitl_engine.reading.wire import WireState, WireThread

EMAIL = {"name": "send_email", "args": {"to": "ada"}, "id": "c1", "type": "tool_call"}
SQL = {"name": "run_sql", "args": {"query": "DELETE"}, "id": "c2", "type": "tool_call"}
DRAFTED: dict[str, Any] = {"to": "bob"}


def human(text: str = "Tidy up.") -> dict[str, Any]:
    return {"type": "human", "content": text, "id": "h1"}


def ai(id: str, *calls: Any) -> dict[str, Any]:
    return {"type": "ai", "content": "I do it.", "id": id, "tool_calls": list(calls)}


def tool(call: Any, content: Any, status: str = "success", **others: Any) -> dict[str, Any]:
    its = {"tool_call_id": call["id"], "name": call["name"], "status": status}
    return {"type": "tool", "content": content, **its, **others}


def refusal(call: Any, why: str = "") -> dict[str, Any]:
    """Write what LangChain's middleware writes, in Python."""
    text = f"User rejected the tool call for `{call['name']}`"
    return tool(call, f"{text} with reason: {why}" if why else f"{text} with id c1.", "error")


def thread(*messages: Any, values: Any = None, tasks: Any = ()) -> Snapshot:
    state = {"values": values or {"messages": list(messages)}, "tasks": tasks}
    return from_state(WireThread(thread_id="t"), WireState.read(state))


def batch(*calls: Any) -> ToolCalls:
    requests: list[JsonValue] = [{"name": each["name"], "args": each["args"]} for each in calls]
    rules: list[JsonValue] = [
        {
            "action_name": each["name"],
            "allowed_decisions": ["approve", "edit", "reject", "respond"],
        }
        for each in calls
    ]
    review = payloads.recognise({"action_requests": requests, "review_configs": rules})
    assert isinstance(review, ToolCalls)
    return review


def approval(call: Any) -> ToolCalls:
    review = payloads.recognise(
        {
            "type": "tool_approval",
            "tool_call_id": call["id"],
            "name": call["name"],
            "args": call["args"],
        }
    )
    assert isinstance(review, ToolCalls)
    return review


BEFORE = (human(), ai("a1", EMAIL, SQL))
DONE = ai("a2")
RAN = tool(EMAIL, "Sent to ada.")
AS_IF = "send_email: {}, but it has a result as if it had run: “Sent to ada.”"


@pytest.mark.parametrize("review", [batch(EMAIL), approval(EMAIL)], ids=["batch", "per call"])
@pytest.mark.parametrize(
    ("verdict", "since", "sentences"),
    [
        (Reject("No."), [RAN], [AS_IF.format("rejected")]),
        (Reject(), [RAN, DONE], [AS_IF.format("rejected")]),
        (Reject("No."), [refusal(EMAIL, "No."), RAN], [AS_IF.format("rejected")]),
        (Reject("No."), [tool(EMAIL, "Error: x", "error")], ["“Error: x”"]),
        (Respond("Later."), [RAN], [AS_IF.format("answered in the tool's place")]),
        (Reject("No."), [refusal(EMAIL, "No."), DONE], []),
        (Reject(), [refusal(EMAIL), DONE], []),
        (Reject("No."), [tool(EMAIL, "No.", "error"), DONE], []),  # JavaScript, older Python
        (Respond("Later."), [tool(EMAIL, [{"type": "text", "text": "Later."}]), DONE], []),
        (Reject("No."), [], []),
        (Approve(), [RAN, DONE], []),
        (Approve(), [], []),
        (Approve(), [DONE], ["send_email: approved, but the agent continued without its result"]),
        (Edit(DRAFTED), [DONE], ["send_email: edited, but the agent continued without its result"]),
        (Edit(DRAFTED), [RAN, ai("a2", EMAIL)], ["asks for it again with the original arguments"]),
        (Edit(DRAFTED), [RAN, ai("a2", {**EMAIL, "args": DRAFTED})], []),
        (Edit({"to": "ada"}), [RAN, ai("a2", EMAIL)], []),
        (Approve(), [RAN, ai("a2", EMAIL)], []),
    ],
)
def test_the_result_of_a_call_is_compared_with_its_verdict(
    review: ToolCalls, verdict: Any, since: list[Any], sentences: list[str]
) -> None:
    """S36, B24: a rejected call runs, an approved one is dropped, an edited one is requested again."""
    found = mismatches(review, (verdict,), thread(*BEFORE), thread(*BEFORE, *since))
    assert len(found) == len(sentences)
    assert all(words in sentence for words, sentence in zip(sentences, found, strict=True))


def test_javascript_drops_the_approved_calls_of_a_batch() -> None:
    """B24: its middleware writes the message again, without these calls."""
    after = thread(human(), ai("a1", SQL), tool(SQL, "Keep it.", "error"), DONE)
    verdicts = (Approve(), Reject("Keep it."))
    (sentence,) = mismatches(batch(EMAIL, SQL), verdicts, thread(*BEFORE), after)
    assert sentence.startswith(
        "Call 1, send_email: approved, but the agent continued without its result"
    )


def test_a_result_with_the_middlewares_mark_is_recognised_by_the_mark() -> None:
    """The text may have been shortened or translated."""

    def marked(decision: str) -> dict[str, Any]:
        kwargs = {"lc_source": "hitl_interrupt_decision", "lc_data": {"decision": decision}}
        return tool(EMAIL, "Nein.", additional_kwargs=kwargs)

    for decision, count in (("reject", 0), ("respond", 1)):
        after = thread(*BEFORE, marked(decision))
        assert len(mismatches(batch(EMAIL), (Reject(),), thread(*BEFORE), after)) == count


def test_a_result_of_another_call_does_not_settle_the_one_that_is_asked_about() -> None:
    before = (*BEFORE, tool(SQL, "3 rows"))
    assert mismatches(batch(EMAIL), (Reject(),), thread(*before), thread(*before, RAN))
    settled = (*BEFORE, RAN)
    assert not mismatches(batch(EMAIL), (Reject(),), thread(*settled), thread(*settled, DONE))


def test_other_verdicts_than_calls_are_not_compared() -> None:
    after = thread(*BEFORE, RAN, DONE)
    for verdicts in ((), (Reject(), Reject())):
        assert mismatches(batch(EMAIL), verdicts, thread(*BEFORE), after) == ()


def test_the_result_of_a_task_counts_before_its_step_ends() -> None:
    """After a partial answer the messages change only when the step ends, which is too late."""
    done = {"id": "k", "name": "tools", "result": {"messages": [RAN]}}
    after = thread(*BEFORE, tasks=[done])
    assert mismatches(approval(EMAIL), (Reject(),), thread(*BEFORE), after)
    assert not mismatches(approval(SQL), (Reject(),), thread(*BEFORE), after)


def test_a_subgraph_shows_its_messages_when_it_has_ended() -> None:
    """An older call of the same name, which already has a result, does not count."""
    earlier = (human(), ai("a1", EMAIL), RAN, ai("a2"))
    again = ai("a3", EMAIL)
    asked, ended = thread(*earlier), thread(*earlier, again, refusal(EMAIL), ai("a4"))
    assert not mismatches(batch(EMAIL), (Reject(),), asked, ended)
    ran = thread(*earlier, again, RAN, ai("a4"))
    assert len(mismatches(batch(EMAIL), (Reject(),), asked, ran)) == 1


@pytest.mark.parametrize(
    ("review", "before", "after"),
    [
        (batch(EMAIL), thread(values={"other": 1}), thread(values={"other": 2})),
        (batch(EMAIL), thread(values=["messages"]), thread(values={"messages": "x"})),
        (batch(EMAIL), thread(*BEFORE), thread(RAN, DONE)),
        (batch(EMAIL), thread(*BEFORE), thread(*BEFORE, {**RAN, "tool_call_id": None}, "x", None)),
        (batch(EMAIL), thread(ai("", EMAIL)), thread(ai("", EMAIL), RAN)),
        (batch(EMAIL), thread(ai("a1", {**EMAIL, "id": None})), thread(ai("a1"), RAN)),
        (batch(EMAIL), thread(ai("a1", {**EMAIL, "args": {}})), thread(ai("a1"), RAN)),
        # One of two equal calls was asked about, and it is not clear which.
        (
            batch(EMAIL),
            thread(ai("a1", EMAIL, {**EMAIL, "id": "c9"})),
            thread(ai("a1", EMAIL, {**EMAIL, "id": "c9"}), RAN),
        ),
        (approval({**EMAIL, "id": "c9"}), thread(*BEFORE), thread(*BEFORE, RAN)),
        # The model has gone on without the call: what was asked is not in its last message.
        (batch(EMAIL), thread(*BEFORE, DONE), thread(*BEFORE, DONE, RAN)),
        # A later turn uses the id of the call again.
        (
            batch(EMAIL),
            thread(*BEFORE),
            thread(*BEFORE, refusal(EMAIL), ai("a2", EMAIL), RAN, DONE),
        ),
    ],
)
def test_without_proof_there_is_no_mismatch(
    review: ToolCalls, before: Snapshot, after: Snapshot
) -> None:
    assert mismatches(review, (Reject(),), before, after) == ()


KEYS = st.sampled_from(["id", "type", "tool_calls", "tool_call_id", "content", "name", "args"])
WORDS = st.sampled_from(["ai", "tool", "a1", "c1", "send_email", "No."])
JSON = st.recursive(
    st.none() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@given(st.lists(JSON, max_size=4))
def test_strange_messages_do_not_raise(since: list[Any]) -> None:
    for verdict in (Reject("No."), Edit(DRAFTED)):
        mismatches(batch(EMAIL), (verdict,), thread(*BEFORE), thread(*BEFORE, *since))
        mismatches(batch(EMAIL), (verdict,), thread(*since), thread(*BEFORE, *since))


def test_for_an_older_request_only_a_call_that_did_not_run_is_a_mismatch() -> None:
    """There is no convention for what a graph writes for an ignored request."""
    config: JsonObject = {f"allow_{kind}": True for kind in ("accept", "edit", "respond", "ignore")}
    request: Any = {"action_request": {"action": "send_email", "args": EMAIL["args"]}}
    review = payloads.recognise([{**request, "config": config}])
    assert isinstance(review, ToolCalls)
    after = thread(*BEFORE, tool(EMAIL, "Ignored by the user."), DONE)
    assert mismatches(review, (Reject(),), thread(*BEFORE), after) == ()
    assert mismatches(review, (Approve(),), thread(*BEFORE), thread(*BEFORE, DONE))


def test_long_results_and_names_are_cut_with_a_count() -> None:
    long = {**EMAIL, "name": "n" * 1000}
    before = (human(), ai("a1", long))
    after = thread(*before, tool(long, "x\n" * 1000))
    (sentence,) = mismatches(batch(long), (Reject(),), thread(*before), after)
    assert (
        len(sentence) < 400
        and "(1,999 characters)" in sentence
        and "(1,000 characters)" in sentence
    )


@pytest.mark.parametrize(
    "verdict", [Approve(), Edit({"to": "bob"}, "send_email"), Reject(), Reject("No."), Respond("")]
)
def test_verdicts_are_read_in_plain_json_too(verdict: Any) -> None:
    for review in (batch(EMAIL), approval(EMAIL)):
        assert payloads.verdicts_on(review, Verdicts((verdict,))) == (verdict,)
    payload: JsonObject = {"action_requests": [{"name": "send_email", "args": {}}]}
    rules: JsonValue = [{"allowed_decisions": ["approve", "edit", "reject", "respond"]}]
    answer = payloads.encode({**payload, "review_configs": rules}, Verdicts((verdict,)))
    assert isinstance(answer, dict) and isinstance(answer["decisions"], list)
    assert payloads.verdicts_on(batch(EMAIL), Answer(answer)) == (verdict,)
    assert payloads.verdicts_on(approval(EMAIL), Answer(answer["decisions"][0])) == (verdict,)


@pytest.mark.parametrize(
    "value", ["approve", None, {}, {"decisions": []}, {"type": "edit"}, {"decisions": [None]}]
)
def test_other_answers_are_not_verdicts(value: JsonValue) -> None:
    assert payloads.verdicts_on(batch(EMAIL), Answer(value)) == ()
