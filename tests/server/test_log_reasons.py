"""Reasons for the log on a real server: needed, kept in the chain, and never sent to the graph."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hitl_engine.configuration import LogReasonSettings, NamedTarget
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import ReasonMissing
from hitl_engine.model import (
    Approve,
    Breakpoints,
    LogEntry,
    LogFilter,
    OtherDecision,
    OutcomeKind,
    Replacement,
    StepGoal,
    Verdicts,
)
from tests.any_server.steps import ignore, start, stop_of, thread_of
from tests.server.processes import Served
from tests.server.test_standing_rules import Case

APPROVED = Verdicts((Approve(),))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, "send_money")


@pytest.fixture
async def desk(local_server: Served, data: Path) -> AsyncIterator[Desk]:
    """A desk of the shared local server, which requires reasons."""
    target = NamedTarget(
        local_server.url,
        headers=local_server.headers,
        log_reasons=LogReasonSettings(tools=("send_*",), graphs=("breakpoints",), on_server=True),
    )
    async with open_desk(target, data_dir=data) as opened:
        yield opened


async def test_an_answer_needs_a_reason_and_keeps_it_in_the_chain(
    desk: Desk, case: Case, data: Path, local_server: Served, tmp_path: Path
) -> None:
    question = desk.reviews.question(await case.ask(desk))
    logged = await desk.log()
    with pytest.raises(ReasonMissing, match="send_money"):
        await desk.decide(question, APPROVED, ignore)
    with pytest.raises(ReasonMissing, match="send_money"):
        await desk.queue([[(question, APPROVED)]], wait=timedelta(seconds=9))
    planned = desk.bulk.plan([question], Approve())
    with pytest.raises(ReasonMissing):
        await desk.bulk.queue(planned, wait=timedelta(0))
    assert await desk.log() == logged, "nothing is written down, and so nothing sent"

    reasoned = replace(question, log_reason="  PAY-12: ask Ada ")
    (queued,) = await desk.queue([[(reasoned, APPROVED)]], wait=timedelta(seconds=9))
    (outcome,) = await desk.send_queued(queued, ignore)
    assert outcome.kind is OutcomeKind.APPLIED
    (entry, *_) = await desk._journal.decisions.log(LogFilter(log_reason="ask ada"), limit=5)
    assert (entry.log_reason, entry.answer) == (
        *("PAY-12: ask Ada", {"decisions": [{"type": "approve"}]}),
    )
    assert "PAY-12" not in json.dumps(thread_of(outcome).values), "the graph does not get it"
    assert (await desk._journal.decisions.log(LogFilter(log_reason="PAY-13"), limit=5)) == ()

    async with open_desk(
        local_server.url, data_dir=tmp_path / "another", headers=local_server.headers
    ) as another:
        wanted = LogFilter(thread_id=question.interrupt.thread_id, log_reason="pay-12")
        (other,) = (await another.log_with_others(wanted)).entries
        assert isinstance(other, OtherDecision) and other.log_reason == "PAY-12: ask Ada"

    assert (await desk._journal.decisions.verify()).fault == ""
    (journal,) = data.rglob("journal.sqlite")
    with closing(sqlite3.connect(journal)) as database, database:
        database.execute("UPDATE decision SET body = replace(body, 'PAY-12', 'PAY-13')")
    assert "is not as it was written" in (await desk._journal.decisions.verify()).fault


async def test_steps_need_a_reason_and_what_no_person_decides_has_its_own(desk: Desk) -> None:
    thread = await start(desk, "breakpoints", {"text": "x"}, Breakpoints(before=("announce",)))
    with pytest.raises(ReasonMissing, match="A step in the graph breakpoints"):
        await desk.step(stop_of(thread), ignore)
    with pytest.raises(ReasonMissing):
        await desk.queue([stop_of(thread)], wait=timedelta(seconds=9))
    with pytest.raises(ReasonMissing):
        await desk.stepping.run_on(thread, StepGoal(), ignore)
    edit = await desk.states.plan(thread.thread_id, [Replacement(("text",), "y")])
    with pytest.raises(ReasonMissing, match="Write without going on"):
        await desk.write_and_go_on(edit, ignore)
    await desk.stepping.break_where("breakpoints", [("polish", "$.text == 'never'")])
    stepped = await desk.step(replace(stop_of(thread), log_reason="OPS-1"), ignore)
    await desk.stepping.run_on(thread_of(stepped), StepGoal(), ignore, log_reason="OPS-2")
    reasons = [each.log_reason for each in await desk.log() if each.event == "step"]
    assert reasons[0] == "OPS-2" and reasons[-1] == "OPS-1"
    assert set(reasons) <= {"OPS-1", "OPS-2", "the condition of this breakpoint did not hold"}


async def test_rules_give_their_names_as_the_reason(desk: Desk, case: Case) -> None:
    case.write()
    item = await case.ask(desk)
    answer = await desk.standing_rules(case.file).answer(item, ignore)
    assert answer.outcome is OutcomeKind.APPLIED
    (entry, *_) = await desk.log()
    assert isinstance(entry, LogEntry) and entry.log_reason == "by rule refunds"
