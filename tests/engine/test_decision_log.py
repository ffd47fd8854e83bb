"""The record of decisions: what is queued, withdrawn, sent and concluded, and how it is found again."""

import json
import pwd
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hitl_engine.errors import JournalFailed, NotTaken, ReadOnly
from hitl_engine.journal import open_journal
from hitl_engine.journal.database import open_database
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.model import LogEntry, LogFilter, Outcome, OutcomeKind, ThreadStatus, ThreadView
from tests.engine.test_journal import INTENT

NOW = datetime.now(UTC)
SOON, LATER = NOW + timedelta(seconds=5), NOW + timedelta(minutes=5)


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[DecisionLog]:
    async with open_journal(tmp_path, through="token ada") as journal:
        yield journal.decisions


def intent(number: int, **fields: Any) -> Intent:
    return replace(INTENT, decision_id=f"d{number}", **fields)


def outcome(kind: OutcomeKind = OutcomeKind.APPLIED, **fields: Any) -> Outcome:
    return Outcome(kind, "As seen.", fields.pop("thread", None), thread_id="t1", **fields)


def rows(folder: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(folder / "journal.sqlite")) as database:
        return database.execute("SELECT decision_id, event FROM decision ORDER BY seq").fetchall()


async def ids(log: DecisionLog, **wanted: Any) -> list[str]:
    return [each.decision_id for each in await log.log(LogFilter(**wanted), limit=9)]


async def test_nothing_is_written_down_where_nothing_may_be_sent(tmp_path: Path) -> None:
    async with open_journal(tmp_path, refuses=ReadOnly) as journal:
        with pytest.raises(ReadOnly):
            await journal.decisions.intend(INTENT)
        with pytest.raises(ReadOnly):
            await journal.decisions.queue(INTENT, due=NOW)
    assert rows(tmp_path) == []


async def test_what_was_taken_back_is_not_sent(log: DecisionLog, tmp_path: Path) -> None:
    await log.queue(intent(1), intent(2), due=SOON)
    assert await log.withdraw("d1", "d2")
    for again in (intent(1), intent(2)):
        with pytest.raises(NotTaken, match="was taken back; nothing was sent"):
            await log.intend(again)
    assert not await log.withdraw("d1")
    events = [("d1", "queue"), ("d2", "queue"), ("d1", "withdraw"), ("d2", "withdraw")]
    assert rows(tmp_path) == events


async def test_what_was_sent_is_not_taken_back_nor_sent_again(
    log: DecisionLog, tmp_path: Path
) -> None:
    await log.queue(intent(1), intent(2), due=SOON)
    await log.intend(intent(1))
    assert not await log.withdraw("d1")
    assert not await log.withdraw("d1", "d2")
    with pytest.raises(NotTaken):
        await log.intend(intent(1))
    assert await log.withdraw("d2")
    assert rows(tmp_path)[2:] == [("d1", "intend"), ("d2", "withdraw")]


async def test_what_was_due_and_is_neither_sent_nor_taken_back_is_overdue(log: DecisionLog) -> None:
    for number in (1, 2, 3):
        await log.queue(intent(number), due=SOON)
    await log.queue(intent(4), due=LATER)
    await log.intend(intent(1))
    await log.withdraw("d2")
    assert [each.decision_id for each in await log.overdue(before=NOW)] == []
    (overdue,) = await log.overdue(before=SOON + timedelta(seconds=1))
    assert (overdue.decision_id, overdue.outcome) == ("d3", None)
    # Equal times: it is not over yet.
    assert await log.overdue(before=SOON) == ()
    both = await log.overdue(before=LATER + timedelta(seconds=1))
    assert [each.decision_id for each in both] == ["d3", "d4"]


async def test_a_later_time_counts_until_it_is_forgotten(log: DecisionLog) -> None:
    for number in (1, 2):
        await log.queue(intent(number), due=SOON)
    await log.postpone("d1", due=LATER - timedelta(minutes=1))
    await log.postpone("d1", due=LATER)
    after = SOON + timedelta(seconds=1)
    assert [each.decision_id for each in await log.overdue(before=after)] == ["d2"]
    await log.forget_postponed(before=LATER)
    assert [each.decision_id for each in await log.overdue(before=after)] == ["d2"]
    await log.forget_postponed(before=LATER + timedelta(seconds=1))
    assert [each.decision_id for each in await log.overdue(before=after)] == ["d1", "d2"]


async def test_an_outcome_that_is_found_later_is_written_once(
    log: DecisionLog, tmp_path: Path
) -> None:
    await log.intend(intent(1))
    await log.intend(intent(2))
    await log.conclude(intent(2), outcome(), "r1")
    after = datetime.now(UTC) + timedelta(seconds=1)
    (left,) = await log.without_outcome(before=after)
    assert (left.decision_id, left.why) == ("d1", "No outcome was recorded.")
    assert await log.without_outcome(before=NOW - timedelta(minutes=1)) == ()
    await log.settle("d1", outcome(OutcomeKind.UNKNOWN))
    await log.settle("d1", outcome())
    await log.settle("d2", outcome(OutcomeKind.UNKNOWN))
    await log.conclude(intent(1), outcome(), "r1")
    newest, oldest = await log.log(limit=9)
    assert (newest.outcome, newest.why) == (OutcomeKind.APPLIED, "As seen.")
    assert (oldest.outcome, oldest.why) == (OutcomeKind.UNKNOWN, "As seen.")
    assert await log.without_outcome(before=after) == ()
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database:
        read = "SELECT body FROM decision WHERE event = 'conclude' ORDER BY seq"
        bodies = [json.loads(body) for (body,) in database.execute(read)]
    assert bodies == [
        {"outcome": "applied", "why": "As seen.", "run_id": "r1"},
        {"outcome": "unknown", "why": "As seen.", "found_later": True},
    ]


async def test_only_a_question_that_was_found_stuck_is_stuck(log: DecisionLog) -> None:
    asked = ("t1", "i1")
    await log.intend(intent(1))
    await log.conclude(intent(1), outcome(OutcomeKind.UNKNOWN), None)
    assert not await log.is_stuck(*asked)
    await log.intend(intent(2))
    await log.conclude(intent(2), outcome(OutcomeKind.UNKNOWN, stuck=True), None)
    for number, other in ((3, {"thread_id": "t2"}), (4, {"interrupt_id": "i2"})):
        await log.intend(intent(number, **other))
        await log.conclude(intent(number, **other), outcome(), None)
    assert await log.is_stuck(*asked)
    assert not await log.is_stuck("t2", "i1")
    assert not await log.is_stuck("t1", "i2")


async def test_everything_that_was_known_is_in_the_log(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.5 40000 10.0.0.1 22")
    monkeypatch.setenv("SUDO_USER", "bob")
    decided = Intent(
        event="answer",
        server="s",
        graph_id="g",
        thread_id="t1",
        decision="approve",
        node="n",
        interrupt_id="i1",
        fingerprint="f1",
        answer={"yes": True},
        unseen=3,
        seconds=4.5,
        characters=6,
        tools=("send", "log"),
        asked_at=NOW,
        sent_as="first",
    )
    await log.intend(decided)
    view = ThreadView("t1", "g", ThreadStatus.ERROR, {}, (), (), "c", None, traceback="File x")
    raised = outcome(error="E: x", thread=view, mismatches=("It ran.",))
    await log.conclude(decided, raised, "r1")
    (entry,) = await log.log(limit=9)
    assert entry == LogEntry(
        decision_id=decided.decision_id,
        at=entry.at,
        who="ada (token ada)",
        event="answer",
        server="s",
        graph_id="g",
        thread_id="t1",
        node="n",
        interrupt_id="i1",
        decision="approve",
        answer={"yes": True},
        outcome=OutcomeKind.APPLIED,
        why="As seen.",
        unseen=3,
        seconds=4.5,
        characters=6,
        tools=("send", "log"),
        asked_at=NOW,
        origin="sudo by bob, ssh from 10.0.0.5",
        sent_as="first",
        mismatches=("It ran.",),
        error="E: x",
        traceback="File x",
    )
    assert timedelta() <= datetime.now(UTC) - entry.at < timedelta(minutes=1)


async def test_a_row_of_an_earlier_version_lacks_what_was_not_known_then(
    log: DecisionLog, tmp_path: Path
) -> None:
    await log.intend(intent(1, unseen=0))
    later = ("origin", "unseen", "seconds", "characters", "tools", "asked_at", "sent_as")
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database, database:
        for name in later:
            database.execute("UPDATE decision SET body = json_remove(body, ?)", (f"$.{name}",))
    (entry,) = await log.log(limit=9)
    left = (entry.origin, entry.unseen, entry.seconds, entry.characters, entry.tools)
    assert left == ("", 0, None, 0, ())
    assert (entry.asked_at, entry.sent_as, entry.error, entry.traceback) == (None, "d1", "", "")


async def test_the_log_is_filtered_by_each_of_its_parts(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    await log.intend(intent(1))
    between = datetime.now(UTC)
    monkeypatch.setenv("LOGNAME", "bob")
    await log.intend(intent(2, thread_id="t2", graph_id="other"))
    await log.conclude(intent(2), outcome(OutcomeKind.REFUSED), None)
    assert await ids(log) == ["d2", "d1"]
    assert await ids(log, since=between) == ["d2"]
    assert await ids(log, since=between.astimezone()) == ["d2"]
    (second, first) = await log.log(limit=9)
    assert await ids(log, since=first.at) == ["d2", "d1"]
    assert await ids(log, since=second.at + timedelta(microseconds=1)) == []
    assert await ids(log, thread_id="t1") == ["d1"]
    assert await ids(log, graph_id="other") == ["d2"]
    assert await ids(log, who="BOB") == ["d2"]
    assert await ids(log, outcome="none") == ["d1"]
    assert await ids(log, outcome=OutcomeKind.REFUSED) == ["d2"]
    assert await ids(log, thread_id="t1", graph_id="other") == []


async def test_the_sender_of_a_decision_is_known_if_it_was_sent_from_here(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    await log.queue(intent(1), due=SOON)
    await log.intend(intent(2))
    assert await log.who_sent("d2") == "ada (token ada)"
    assert await log.who_sent("d1") == await log.who_sent("d3") == ""
    assert await log.known(["d1", "d2", "d3"]) == {"d2"}


async def test_a_user_without_a_name_is_a_number(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs under any number."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)

    def unknown(number: int) -> pwd.struct_passwd:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    await log.intend(INTENT)
    (entry,) = await log.log(limit=1)
    assert entry.who.partition(" ")[0].isdigit()


async def test_a_database_that_cannot_be_as_durable_as_asked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite takes this name for a database in memory, which has no write-ahead log."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(JournalFailed, match="journal_mode is memory, not wal"):
        async with open_database(Path(":memory:")):
            pass
