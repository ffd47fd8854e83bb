"""Two people answer the same question, at one moment or one after the other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hitl_engine.configuration.targets import NamedTarget
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput, Conflict, HitlError, NoLongerWaits
from hitl_engine.model import (
    Answer,
    Capability,
    LogFilter,
    OtherDecision,
    Outcome,
    OutcomeKind,
    Revise,
    RunStatus,
    ThreadStatus,
)
from tests.any_server.console import Console
from tests.any_server.steps import decide, ignore, questions_of, start, who_answered
from tests.server.processes import Served


@pytest.fixture
async def other(server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """The desk of another person, with a journal of their own."""
    data = tmp_path / "other journal"
    async with open_desk(server.url, data_dir=data, headers=server.headers) as opened:
        yield opened


@pytest.fixture
async def ada(server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """The desk of a person with a name."""
    target = NamedTarget(server.url, headers=server.headers, reviewer="ada")
    async with open_desk(target, data_dir=tmp_path / "journal of ada") as opened:
        yield opened


async def test_one_of_two_answers_at_one_moment_is_taken(
    desk: Desk, other: Desk, tmp_path: Path
) -> None:
    if reason := desk.server.lack(Capability.KEEP_REVIEWERS_APART):
        pytest.skip(reason)
    trace = tmp_path / "trace"
    thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 1})
    [question] = questions_of(desk, thread)
    tries = [each.decide(question, Answer("go"), ignore) for each in (desk, other)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    [applied] = [each for each in results if isinstance(each, Outcome)]
    [refused] = [each for each in results if isinstance(each, HitlError)]
    assert applied.kind is OutcomeKind.APPLIED, applied
    assert isinstance(refused, Conflict | NoLongerWaits), refused
    assert "first" in refused.what or "faster" in refused.what
    assert trace.read_text() == "go\n"
    logged = [(await each.log())[0] for each in (desk, other)]
    assert {entry.outcome for entry in logged} <= {OutcomeKind.APPLIED, OutcomeKind.REFUSED}


async def test_both_learn_whose_answer_counted_where_the_server_ran_both(
    desk: Desk, other: Desk, tmp_path: Path
) -> None:
    if not desk.server.lack(Capability.KEEP_REVIEWERS_APART):
        pytest.skip("This server refuses the second of two answers.")
    desks = (desk, other)
    answers = ("one", "two")
    for number in range(10):  # it also refuses one, if the other came a little earlier
        trace = tmp_path / f"trace {number}"
        thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 1})
        [question] = questions_of(desk, thread)
        tries = [
            each.decide(question, Answer(answer), ignore)
            for each, answer in zip(desks, answers, strict=True)
        ]
        ended = await asyncio.gather(*tries, return_exceptions=True)
        results = [each for each in ended if isinstance(each, Outcome)]
        if len(results) == len(desks):
            break
    assert sorted(trace.read_text().split()) == ["one", "two"]
    values = (await desk.thread(thread.thread_id)).values
    assert isinstance(values, dict)
    kinds = {
        answer: (result.kind, (await each.log())[0])
        for answer, result, each in zip(answers, results, desks, strict=True)
    }
    [counted] = [answer for answer in answers if values["said"] == [answer]]
    [replaced] = [answer for answer in answers if answer != counted]
    assert [kinds[each][0] for each in (counted, replaced)] == [
        OutcomeKind.APPLIED,
        OutcomeKind.UNKNOWN,
    ]
    assert "its result was replaced" in kinds[counted][1].why
    assert "took its place" in kinds[replaced][1].why


async def test_who_is_answering_is_named_although_another_run_is_newer(
    desk: Desk, ada: Desk, server: Served, tmp_path: Path
) -> None:
    """The run of another client waits for its turn: it is the newest, and did not come first."""
    trace = tmp_path / "trace"
    thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 20})
    [question] = questions_of(desk, thread)
    deciding = asyncio.create_task(decide(ada, thread, Answer("hers")))
    async with asyncio.timeout(30):
        while not trace.exists():
            await asyncio.sleep(0.05)
    later = {"assistant_id": "gated_effect", "input": {}, "multitask_strategy": "enqueue"}
    async with server.client() as http:
        sent = await http.post(f"/threads/{thread.thread_id}/runs", json=later)
    assert sent.is_success, sent.text
    with pytest.raises((NoLongerWaits, Conflict), match=r"ada was faster|sent by ada") as refused:
        await desk.decide(question, Answer("mine"), ignore)
    assert "in progress on this thread" in refused.value.what
    deciding.cancel()


async def test_who_answered_is_named_before_anything_is_sent(desk: Desk, ada: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "a text"})
    [question] = questions_of(desk, thread)
    await decide(ada, thread, Revise("hers"))
    with pytest.raises(NoLongerWaits, match="^ada was faster: this question was answered"):
        await desk.decide(question, Revise("mine"), ignore)


async def test_the_first_of_two_answers_is_the_one_that_counted(
    desk: Desk, ada: Desk, server: Served
) -> None:
    """Some servers run the second one too, which then does nothing."""
    thread = await start(desk, "revise", {"some_text": "a text"})
    [question] = questions_of(desk, thread)
    asked = question.interrupt
    await decide(ada, thread, Revise("hers"))
    late = {
        "assistant_id": "revise",
        "command": {"resume": {asked.interrupt_id: "late"}},
        "metadata": {"hitl_reviewer": "bob"},
    }
    async with server.client() as http:
        await http.post(f"/threads/{asked.thread_id}/runs/wait", json=late)
    assert await who_answered(desk, asked) == "ada"


async def test_an_answer_that_comes_late_is_refused(desk: Desk, other: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "original text"})
    [question] = questions_of(other, thread)
    assert (await decide(desk, thread, Answer("mine"))).status is ThreadStatus.DONE
    with pytest.raises(NoLongerWaits):
        await other.decide(question, Answer("theirs"), ignore)
    assert await other.log() == ()
    assert (await desk.thread(thread.thread_id)).values == {"some_text": "mine"}


async def test_a_run_on_a_busy_thread_is_refused_in_the_shell(
    desk: Desk, console: Console, tmp_path: Path
) -> None:
    """With exit code 3, a document for programs, and what came first for people."""
    trace = tmp_path / "trace"
    thread = await start(desk, "gated_effect", {"trace": str(trace), "seconds": 20})
    [question] = questions_of(desk, thread)
    deciding = asyncio.create_task(desk.decide(question, Answer("go"), ignore))
    async with asyncio.timeout(30):
        while not trace.exists():
            await asyncio.sleep(0.05)
    command = ("run", "gated_effect", "--input", "{}", "--thread", thread.thread_id)
    refused = await asyncio.to_thread(console.run, *command, code=3)
    assert refused["outcome"] == "refused"
    assert "in progress" in refused["error"]
    deciding.cancel()


async def test_the_log_of_one_also_tells_what_the_other_decided(desk: Desk, other: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "x"})
    [question] = questions_of(desk, thread)
    await decide(other, thread, Revise("theirs"))
    of_thread = LogFilter(thread_id=thread.thread_id)
    if desk.server.lack(Capability.TELL_BREAKPOINTS):
        with pytest.raises(BadInput, match="cannot be told from other runs"):
            await desk.log_with_others(of_thread)
        return
    theirs, ours = (await desk.log_with_others(of_thread)).entries
    assert isinstance(theirs, OtherDecision)
    assert (theirs.event, theirs.graph_id, theirs.status) == ("answer", "revise", RunStatus.ENDED)
    assert theirs.answer == {question.interrupt.interrupt_id: "theirs"}
    [written] = await other.log()
    assert theirs.decision_id == written.decision_id
    assert (ours,) == await desk.log()
    assert (await other.log_with_others(of_thread)).entries == (written,)
    listed = await desk.log_with_others(LogFilter(graph_id="revise", since=ours.at))
    assert theirs in listed.entries
    assert theirs not in (await desk.log_with_others(LogFilter(who="nobody"))).entries
