"""The journal: durable, append-only, private; a draft belongs to the question that was shown."""

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from hitl_engine import payloads
from hitl_engine.errors import JournalFailed
from hitl_engine.fingerprint import fingerprint
from hitl_engine.journal import open_journal
from hitl_engine.journal.decisions import Intent, asked_of
from hitl_engine.model import Interrupt, Outcome, OutcomeKind, Question

INTENT = Intent(
    decision_id="d1",
    event="answer",
    server="local: x",
    graph_id="revise",
    thread_id="t1",
    node="human_node",
    interrupt_id="i1",
    fingerprint="f1",
    decision="revise",
    answer="Edited text",
    unseen=14,
)


def question(payload: str = "What?", checkpoint: str = "c1") -> Question:
    interrupt = Interrupt(
        thread_id="t1",
        graph_id="revise",
        interrupt_id="i1",
        payload=payload,
        response_schema=None,
        node="human_node",
        task_id="k1",
        namespace="",
        checkpoint_id=checkpoint,
        since=None,
    )
    return Question(interrupt, payloads.recognise(payload), fingerprint("server", interrupt))


async def test_a_decision_is_intended_then_concluded(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.decisions.intend(INTENT)
        (before,) = await journal.decisions.log(limit=10)
        assert before.outcome is None
        taken = Outcome(OutcomeKind.APPLIED, "It was taken.", None, thread_id="t1")
        await journal.decisions.conclude(INTENT, taken, "r1")
    async with open_journal(tmp_path) as journal:
        (after,) = await journal.decisions.log(limit=10)
    assert (after.outcome, after.why) == (OutcomeKind.APPLIED, "It was taken.")
    assert (after.node, after.decision, after.answer) == ("human_node", "revise", "Edited text")
    assert after.unseen == 14


async def test_an_outcome_survives_the_end_of_the_process(tmp_path: Path) -> None:
    """It does not wait for the disk, but other processes see it when `conclude` has returned."""
    async with open_journal(tmp_path) as journal:
        await journal.decisions.intend(INTENT)
        taken = Outcome(OutcomeKind.APPLIED, "It was taken.", None, thread_id="t1")
        await journal.decisions.conclude(INTENT, taken, "r1")
        read = "SELECT json_extract(body, '$.outcome') FROM decision WHERE event = 'conclude'"
        with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as another:
            assert another.execute(read).fetchall() == [("applied",)]


async def test_what_is_sent_waits_for_the_disk_and_its_outcome_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As SQLite reads the setting back, on the connection that runs each statement."""
    waited: list[tuple[str, int]] = []
    execute = aiosqlite.Connection.execute_fetchall

    async def noted(self: aiosqlite.Connection, sql: str, *values: Any) -> Iterable[sqlite3.Row]:
        if "INSERT INTO decision" in sql:
            ((level,),) = await execute(self, "PRAGMA synchronous")
            waited.extend((event, level) for _, event, _, _ in json.loads(values[0][0]))
        return await execute(self, sql, *values)

    monkeypatch.setattr(aiosqlite.Connection, "execute_fetchall", noted)
    async with open_journal(tmp_path) as journal:
        for decision_id in ("d1", "d2"):
            intent = replace(INTENT, decision_id=decision_id)
            await journal.decisions.intend(intent)
            taken = Outcome(OutcomeKind.APPLIED, "It was taken.", None, thread_id="t1")
            await journal.decisions.conclude(intent, taken, "r1")
    assert waited == [("intend", 2), ("conclude", 1)] * 2


async def test_mismatches_are_recorded(tmp_path: Path) -> None:
    sentences = ("send_email: rejected, but it has a result as if it had run: “Sent.”",)
    taken = Outcome(OutcomeKind.APPLIED, "Taken.", None, mismatches=sentences, thread_id="t1")
    async with open_journal(tmp_path) as journal:
        await journal.decisions.intend(INTENT)
        await journal.decisions.conclude(INTENT, taken, "r1")
        assert (await journal.decisions.log(limit=1))[0].mismatches == sentences


async def test_an_answer_to_the_same_question_is_remembered(tmp_path: Path) -> None:
    """S20, B6: only one that was applied, to the same question of the same task."""
    asked = question().interrupt
    intent = replace(INTENT, task_id=asked.task_id, asked=asked_of(asked))
    async with open_journal(tmp_path) as journal:
        for kind, known in ((OutcomeKind.UNKNOWN, False), (OutcomeKind.APPLIED, True)):
            sent = replace(intent, decision_id=kind.value)
            await journal.decisions.intend(sent)
            await journal.decisions.conclude(sent, Outcome(kind, "", None, thread_id="t1"), None)
            assert (await journal.decisions.answered(asked) is not None) is known
        assert (
            await journal.decisions.answered(asked) == (await journal.decisions.log(limit=1))[0].at
        )
        again = replace(asked, interrupt_id="i2", checkpoint_id="c2")
        assert await journal.decisions.answered(again) is not None
        for other in (
            replace(asked, task_id="k2"),
            replace(asked, thread_id="t2"),
            replace(asked, payload="What now?"),
        ):
            assert await journal.decisions.answered(other) is None


async def test_decisions_sent_together_are_recorded_all_or_none(tmp_path: Path) -> None:
    others = [replace(INTENT, decision_id=f"d{number}", sent_as="d1") for number in (2, 3)]
    async with open_journal(tmp_path) as journal:
        await journal.decisions.intend(INTENT, *others)
        assert {entry.sent_as for entry in await journal.decisions.log(limit=9)} == {"d1"}
        connection = await journal.decisions._database.open()
        ((pages,),) = await connection.execute_fetchall("PRAGMA page_count")
        await connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalFailed, match="Nothing was sent"):
            await journal.decisions.intend(
                replace(INTENT, decision_id="d4"),
                replace(INTENT, decision_id="d5", answer="x" * 100_000),
            )
        assert len(await journal.decisions.log(limit=9)) == 3


async def test_the_newest_decision_comes_first(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        for number in range(5):
            await journal.decisions.intend(replace(INTENT, decision_id=f"d{number}"))
        entries = await journal.decisions.log(limit=2)
    assert [entry.decision_id for entry in entries] == ["d4", "d3"]


async def test_a_draft_contains_whether_the_question_changed(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        assert await journal.drafts.find("server", question()) is None
        await journal.drafts.save("server", [(question(), {"text": "half"})])
        await journal.drafts.save("server", [(question(), {"text": "half a thought"})])
        same = await journal.drafts.find("server", question())
        other = await journal.drafts.find("server", question("What now?"))
        assert same is not None and same.unchanged and same.content == {"text": "half a thought"}
        assert other is not None and not other.unchanged
        await journal.drafts.discard("server", question().interrupt)
        assert await journal.drafts.find("server", question()) is None


async def test_old_drafts_of_questions_that_are_gone_are_deleted(tmp_path: Path) -> None:
    """Kept: those of questions that still wait or are asked again under another id, and new ones."""
    waiting, again, gone = (
        replace(question(text), interrupt=replace(question(text).interrupt, interrupt_id=text))
        for text in ("waiting", "again", "gone")
    )
    asked_again = replace(again.interrupt, interrupt_id="new", task_id="k2", checkpoint_id="c2")
    async with open_journal(tmp_path) as journal:
        for each in (waiting, again, gone):
            await journal.drafts.save("server", [(each, {"text": "half"})])
            await journal.drafts.save("another", [(each, {"text": "half"})])
        there = [waiting.interrupt, asked_again]
        for days, left in ((1, True), (0, False)):
            age = timedelta(days=days)
            await journal.drafts.discard_old("server", there, older_than=age)
            assert bool(await journal.drafts.find("server", gone)) is left
        assert await journal.drafts.find("server", waiting) and await journal.drafts.find(
            "server", again
        )
        assert await journal.drafts.find("another", gone)


async def test_a_draft_of_an_older_journal_is_kept(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.drafts.save("server", [(question(), {"text": "half"})])
        connection = await journal.decisions._database.open()
        await connection.execute("ALTER TABLE draft DROP COLUMN asked")
    async with open_journal(tmp_path) as journal:
        found = await journal.drafts.find("server", question())
        assert found is not None and found.unchanged and found.content == {"text": "half"}
        await journal.drafts.save("server", [(question(), {"text": "more"})])


async def test_decisions_of_an_older_journal_are_kept(tmp_path: Path) -> None:
    earlier = """
        CREATE TABLE decision (seq INTEGER PRIMARY KEY, decision_id TEXT NOT NULL,
            event TEXT NOT NULL CHECK (event IN ('intend', 'conclude')), at TEXT NOT NULL,
            body TEXT NOT NULL);
        CREATE INDEX decision_by_id ON decision (decision_id);
        CREATE INDEX decision_by_thread ON decision (json_extract(body, '$.thread_id'))
            WHERE event = 'intend';
        INSERT INTO decision VALUES (7, 'one', 'intend', '2026-01-01', '{"who": "ada"}');"""
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database:
        database.executescript(earlier)
    async with open_journal(tmp_path) as journal:
        assert await journal.decisions.who_sent("one") == "ada"
        await journal.decisions.queue(INTENT, due=datetime.now(UTC))
    async with open_journal(tmp_path) as journal:
        assert len(await journal.decisions.overdue(before=datetime.now(UTC))) == 1


async def test_files_are_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        async with open_journal(tmp_path) as journal:
            await journal.decisions.intend(INTENT)
            modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {0o600}


async def test_modes_that_are_too_wide_are_corrected(tmp_path: Path) -> None:
    async with open_journal(tmp_path):
        pass
    files = [tmp_path / f"journal.sqlite{suffix}" for suffix in ("", "-wal", "-shm")]
    for path in files:
        path.touch()
        path.chmod(0o666)
    async with open_journal(tmp_path):
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


async def test_a_journal_that_is_not_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "journal.sqlite")
    with pytest.raises(JournalFailed, match="not a file of yours"):
        async with open_journal(tmp_path):
            pass


async def test_a_journal_that_cannot_be_written_raises(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        connection = await journal.decisions._database.open()
        (pages,) = tuple(await connection.execute_fetchall("PRAGMA page_count"))
        await connection.execute(f"PRAGMA max_page_count = {pages[0]}")
        with pytest.raises(JournalFailed, match="Nothing was sent"):
            await journal.decisions.intend(replace(INTENT, answer="x" * 100_000))
        assert await journal.decisions.log(limit=10) == ()


async def test_a_link_in_place_of_the_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    (tmp_path / "journal.sqlite").symlink_to(tmp_path / "other")
    with pytest.raises(JournalFailed):
        async with open_journal(tmp_path):
            pass


@pytest.mark.parametrize("left", ["other", "nothing", "half", "holes"])
async def test_a_damaged_journal_is_named_and_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    monkeypatch.setattr("hitl_engine.journal.database._PAUSE", 0.001)
    path = tmp_path / "journal.sqlite"
    async with open_journal(tmp_path) as journal:
        for number in range(50):
            await journal.decisions.intend(
                replace(INTENT, decision_id=f"d{number}", answer="x" * 1000)
            )
    whole = path.read_bytes()
    damaged = {
        "other": b"not a database" * 1000,
        "nothing": b"",
        "half": whole[: len(whole) // 2],
        "holes": whole[:4096] + bytes(len(whole) - 4096),
    }[left]
    path.write_bytes(damaged)
    with pytest.raises(JournalFailed, match="is damaged") as refused:
        async with open_journal(tmp_path) as journal:
            await journal.decisions.log(limit=100)
    assert "not replaced" in refused.value.hint
    assert path.read_bytes() == damaged


_ON_A_SMALL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from hitl_engine.errors import JournalFailed
from hitl_engine.journal import open_journal

async def main() -> None:
    folder, most = Path(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        async with open_journal(folder):
            raise AssertionError("it was begun")
    except JournalFailed as failed:
        print(failed.hint)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    async with open_journal(folder) as journal:
        print(await journal.decisions.log(limit=1))

asyncio.run(main())
"""


def test_a_journal_that_cannot_be_begun_is_begun_later(tmp_path: Path) -> None:
    """In a process of its own, where a file may have so many bytes at first, and then more."""
    running = []
    for most in (0, 100, 4096, 20_000):
        (folder := tmp_path / str(most)).mkdir()
        command = [sys.executable, "-c", _ON_A_SMALL_DISK, str(folder), str(most)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    for process in running:
        told, _ = process.communicate(timeout=120)
        free, later = told.splitlines()
        assert "Free the disk" in free
        assert later == "()"


async def test_two_programs_begin_a_journal(tmp_path: Path) -> None:
    """One finds the file of the other, which has nothing in it yet."""
    (tmp_path / "journal.sqlite").touch()

    async def begin() -> None:
        await asyncio.sleep(0.2)
        with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as begun:
            begun.execute("CREATE TABLE begun (a)")

    beginning = asyncio.create_task(begin())
    async with open_journal(tmp_path) as journal:
        await journal.decisions.intend(INTENT)
    await beginning
