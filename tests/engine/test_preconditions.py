"""Checks before an answer is sent, so that a request that would do harm is never made."""

from dataclasses import replace

import pytest

from hitl_engine import payloads
from hitl_engine.deciding.preconditions import earlier_answer_caution, refuse_in_part, still_pending
from hitl_engine.errors import NoLongerWaits, NotTaken
from hitl_engine.fingerprint import fingerprint
from hitl_engine.model import Interrupt, Question, ThreadStatus
from hitl_engine.reading.snapshot import Snapshot
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
    with pytest.raises(NoLongerWaits, match=words):
        still_pending(shown(snapshot(asks=ID)), now, server="server")


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
