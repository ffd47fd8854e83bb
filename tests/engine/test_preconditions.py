"""Checks before an answer is sent, so that a request that would do harm is never made."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hitl_engine import payloads
from hitl_engine.deciding.preconditions import (
    common_thread,
    earlier_answer_caution,
    refuse_if_gone,
    refuse_if_something_waits,
    refuse_in_part,
    still_pending,
)
from hitl_engine.errors import BadInput, Conflict, HitlError, NoLongerWaits, NotTaken, StillWaits
from hitl_engine.fingerprint import fingerprint
from hitl_engine.model import Interrupt, Question, ThreadStatus
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.wire import WireTask
from tests.engine.test_outcome import ID, OTHER, snapshot


def shown(now: Snapshot) -> list[Question]:
    return [
        Question(asked, payloads.recognise(asked.payload), fingerprint("server", asked))
        for asked in now.interrupts
    ]


def twin(asked: Interrupt, task_id: str) -> Interrupt:
    return replace(asked, interrupt_id=OTHER, task_id=task_id)


def test_a_question_that_still_waits_as_shown_is_found() -> None:
    now = snapshot(asks=ID, error="E")
    (asked,) = still_pending(shown(snapshot(asks=ID)), now, server="server")
    assert asked.task_error == "E"
    assert "may have kept" in earlier_answer_caution(asked) and not earlier_answer_caution(
        shown(snapshot(asks=ID))[0].interrupt
    )


def test_a_question_waits_although_no_node_is_next() -> None:
    """B10: `next` is empty after some second questions; tasks and interrupts count."""
    now = replace(snapshot(asks=ID), next=())
    assert now.status is ThreadStatus.INTERRUPTED
    assert still_pending(shown(now), now, server="server")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        # S18, B23: no second answer while a run is in progress, however long it takes.
        (snapshot(asks=ID, row="busy"), "run is in progress"),
        # S14: nothing waits any more.
        (snapshot(), "was answered or replaced"),
        # S33, S34, B17: another question has taken its place.
        (snapshot(asks=OTHER), "was answered or replaced"),
        # S2, B7: the same id is accepted for the next question; its checkpoint or payload differs.
        (snapshot(asks=ID, checkpoint="c2"), "changed while you read it"),
    ],
)
def test_a_question_that_changed_or_is_gone_is_refused(now: Snapshot, words: str) -> None:
    with pytest.raises(NoLongerWaits, match=words) as refused:
        still_pending(shown(snapshot(asks=ID)), now, server="server")
    assert refused.value.kept == "Nothing was sent; what you typed is kept."
    assert refused.value.hint


def test_an_answer_to_some_questions_of_a_task_is_refused() -> None:
    """B13: the node would run again for each answer. Other tasks do not matter."""
    (first,) = snapshot(asks=ID).interrupts
    second = twin(first, first.task_id)
    of_another_task = twin(first, "k2")
    with pytest.raises(NotTaken, match=f"asks 2 questions together.*ask .{OTHER}"):
        refuse_in_part([first], [first, second])
    refuse_in_part([first, second], [first, second])
    refuse_in_part([first], [first, of_another_task])


def test_an_answer_to_one_of_two_questions_with_one_id_is_refused() -> None:
    """S1, B3: LangGraph cannot tell them apart."""
    (first,) = snapshot(asks=ID).interrupts
    same = replace(first, task_id="k2")
    with pytest.raises(NotTaken, match=f"share the id {ID}"):
        refuse_in_part([first], [first, same])


# Several questions


def asking(**payloads_of: Any) -> Snapshot:
    """A thread with a task for each node; its question has the name of the node as its id."""
    return replace(
        snapshot(asks=ID),
        tasks=tuple(
            WireTask.read({"id": node, "name": node, "interrupts": [{"id": node, "value": asked}]})
            for node, asked in payloads_of.items()
        ),
    )


def test_answers_belong_to_one_thread() -> None:
    (one,) = shown(snapshot(asks=ID))
    elsewhere = replace(one, interrupt=replace(one.interrupt, thread_id="u", interrupt_id=OTHER))
    for both, words in (((one, elsewhere), "of one thread"), ((one, one), "answered twice")):
        with pytest.raises(BadInput, match=words) as refused:
            common_thread(both)
        assert refused.value.kept == "Nothing was sent; what you typed is kept."
    assert common_thread([one]) == "t"
    with pytest.raises(BadInput, match="of one thread"):
        common_thread([])


def test_the_question_that_changed_is_named_beside_the_others() -> None:
    before = asking(a="What?", b="é?")
    assert still_pending(shown(before), before, server="server") == before.interrupts
    with pytest.raises(NoLongerWaits) as changed:
        still_pending(shown(before), asking(a="What?", b="ü?"), server="server")
    assert changed.value.what == "The question of b (b) changed while you read it."
    assert changed.value.detail == '"ü?"'
    with pytest.raises(NoLongerWaits, match=r"The question of a \(a\), b \(b\) changed") as both:
        still_pending(shown(before), asking(a={"x": 1}, b=2), server="server")
    assert both.value.detail == '{\n  "x": 1\n}\n2'
    with pytest.raises(NoLongerWaits) as gone:
        still_pending(shown(before), asking(b="é?"), server="server")
    assert gone.value.what.startswith("The question of a (a) was answered or replaced")
    for other in (shown(asking(a="What?")), shown(before)):
        with pytest.raises(NoLongerWaits) as elsewhere:
            still_pending(other, before, server="another")
        assert elsewhere.value.hint == "Read it again."


def test_why_only_the_row_is_shown_is_the_hint() -> None:
    """The state cannot be read: the row may tell of an older question."""
    now = replace(asking(a="Other?"), remark="The state cannot be read.")
    with pytest.raises(NoLongerWaits) as changed:
        still_pending(shown(asking(a="What?")), now, server="server")
    assert changed.value.hint == "The state cannot be read."


def test_a_run_that_takes_minutes_may_have_lost_its_worker() -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=9, seconds=30)
    now = replace(snapshot(asks=ID, row="busy"), busy_since=long_ago)
    with pytest.raises(NoLongerWaits) as busy:
        still_pending(shown(snapshot(asks=ID)), now, server="server")
    assert re.match("Wait until it ends. It has been busy for 9 min", busy.value.hint)
    with pytest.raises(NoLongerWaits) as just_now:
        still_pending(shown(snapshot(asks=ID)), snapshot(asks=ID, row="busy"), server="server")
    assert just_now.value.hint == "Wait until it ends."


def test_answers_to_all_questions_of_a_task_and_to_none_of_another_are_sent() -> None:
    (first,) = snapshot(asks=ID).interrupts
    both, others = [first, twin(first, "k1")], [twin(first, "k2"), twin(first, "k2")]
    others[1] = replace(others[1], interrupt_id="c" * 32)
    both[1] = replace(both[1], interrupt_id="d" * 32)
    refuse_in_part(both, [*both, *others])


# Code that is gone, and new runs


def test_what_a_node_asks_is_not_answered_after_its_code_is_gone() -> None:
    now = replace(snapshot(asks=ID), gone=("ask", "send"))
    with pytest.raises(NoLongerWaits, match="ask is gone from the code") as refused:
        refuse_if_gone(["ask", "other"], now)
    assert "Nothing was sent" in refused.value.kept and refused.value.hint
    with pytest.raises(NoLongerWaits, match="ask, send is gone"):
        refuse_if_gone(["send", "ask"], now)
    refuse_if_gone(["other"], now)
    refuse_if_gone(["ask"], snapshot(asks=ID))


@pytest.mark.parametrize(
    ("thread", "kind", "what", "hint"),
    [
        (
            snapshot(asks=ID, row="busy"),
            Conflict,
            "A run is in progress on thread t.",
            "Wait until it ends. You can also run on a new thread.",
        ),
        (
            snapshot(asks=ID),
            StillWaits,
            "Thread t waits for an answer: a question (ask).",
            "Answer first, or run on a new thread.",
        ),
        (
            asking(a=1, b=2),
            StillWaits,
            "Thread t waits for an answer: 2 questions (a, b).",
            "Answer first, or run on a new thread.",
        ),
        (
            replace(snapshot(), next=("send",), when="after", node="draft"),
            StillWaits,
            "Thread t is at a breakpoint, after draft.",
            "Step past it first, or run on a new thread.",
        ),
    ],
)
def test_a_new_run_does_not_replace_what_waits(
    thread: Snapshot, kind: type[HitlError], what: str, hint: str
) -> None:
    with pytest.raises(kind) as refused:
        refuse_if_something_waits(thread)
    assert (refused.value.what, refused.value.hint) == (what, hint)
    assert refused.value.kept.startswith("Nothing was sent")


@pytest.mark.parametrize("thread", [snapshot(), snapshot(row="error")])
def test_a_new_run_is_sent_where_nothing_waits(thread: Snapshot) -> None:
    refuse_if_something_waits(thread)
