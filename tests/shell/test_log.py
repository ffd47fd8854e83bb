"""`hitl-tui log`: which decisions it lists, as CSV, summed up, and whether the journal is whole."""

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from tests.shell.conftest import Shell


@pytest.fixture(scope="module")
def decided(local_shell: Shell) -> tuple[Shell, str]:
    """A thread that was started and answered, and the shell that did it."""
    thread = local_shell.run("run", "revise", "--input", '{"some_text": "=1+1"}')["thread_id"]
    local_shell.run("answer", thread, "--text", "=2+2")
    return local_shell, thread


def test_decisions_are_filtered(decided: tuple[Shell, str]) -> None:
    shell, thread = decided
    answer, start = shell.run("log", "--thread", thread)
    assert (answer["event"], start["event"]) == ("answer", "start")
    assert answer["characters"] == len('{"text_to_revise": "=1+1"}')
    assert answer["asked_at"] < answer["at"]
    mine = ("--thread", thread, "--graph", "revise", "--who", answer["who"], "--since", "1h")
    assert len(shell.run("log", *mine, "--outcome", "applied")) == 2
    assert shell.run("log", *mine, "--outcome", "none") == []
    assert shell.run("log", "--thread", thread, "--who", "nobody else") == []
    assert shell.run("log", "--thread", thread, "--since", "2999-01-01") == []
    lines = shell.raw("log", "--thread", thread).stdout
    assert "revise ▸ human_node: " in lines and "revise: start" in lines, "a start has no node"
    nobody = ("--thread", thread, "--who", "nobody else")
    assert shell.raw("log", *nobody).stdout == "No decision fits these filters.\n"
    assert shell.raw("log", *nobody, "--insight").stdout == "No answer fits these filters.\n"
    for wrong in ("soon", "999999w"):
        assert "is not like 2h" in shell.refused("log", "--since", wrong, code=2)


def test_csv_has_no_formulas(decided: tuple[Shell, str]) -> None:
    shell, thread = decided
    done = shell.raw("log", "--thread", thread, "--csv")
    answer, start = csv.DictReader(done.stdout.splitlines())
    assert (answer["answer"], answer["graph"], start["event"]) == ("'=2+2", "revise", "start")


def test_answers_are_summed_up(decided: tuple[Shell, str]) -> None:
    shell, thread = decided
    found = shell.run("log", "--thread", thread, "--insight")
    assert (found["answers"], found["faster_than_reading"]) == (1, [])
    assert found["waited_seconds"]["half"] >= 0
    assert found["on_screen_seconds"] is None
    assert shell.raw("log", "--thread", thread, "--insight").stdout.startswith("1 answer since")


def test_a_whole_journal_and_one_without_its_end(decided: tuple[Shell, str]) -> None:
    shell, thread = decided
    found = shell.run("log", "--verify", "--with-runs")
    assert (found["whole"], found["fault"], found["missing"]) == (True, None, [])
    assert found["runs"] >= 2
    (journal,) = shell.data.rglob("journal.sqlite")
    with closing(sqlite3.connect(journal)) as database, database:
        (last,) = database.execute("SELECT max(seq) - 1 FROM decision").fetchone()
        taken = database.execute("SELECT * FROM decision WHERE seq >= ?", (last,)).fetchall()
        database.execute("DELETE FROM decision WHERE seq >= ?", (last,))
    assert shell.run("log", "--verify")["whole"]
    found = shell.run("log", "--verify", "--with-runs", code=10)
    assert [each["thread_id"] for each in found["missing"]] == [thread]
    with closing(sqlite3.connect(journal)) as database, database:
        database.executemany("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?)", taken[::-1])
        (first,) = database.execute("SELECT min(seq) FROM decision").fetchone()
        change = "UPDATE decision SET at = ? WHERE seq = ?"
        (at,) = database.execute("SELECT at FROM decision WHERE seq = ?", (first,)).fetchone()
        database.execute(change, ("2026-01-01", first))
    assert "row 1 is not as it was written" in shell.run("log", "--verify", code=10)["fault"]
    with closing(sqlite3.connect(journal)) as database, database:
        database.execute(change, (at, first))
    assert shell.run("log", "--verify")["whole"]


async def answer_as_another_client(shell: Shell, thread: str) -> None:
    async with open_desk(shell.target, data_dir=shell.data) as desk:
        async for _ in desk._session.api.stream_run(
            thread,
            {"assistant_id": "revise", "command": {"resume": "=\x1b[31mtheirs"}},
            idempotency_key=thread,
        ):
            pass


async def test_decisions_of_others_are_listed_beside_ours(local_shell: Shell) -> None:
    thread = local_shell.run("run", "revise", "--input", '{"some_text": "x"}')["thread_id"]
    await answer_as_another_client(local_shell, thread)
    answer, start = local_shell.run("log", "--others", "--thread", thread, "--since", "1h")
    assert (answer["told_by"], start["told_by"]) == ("server", "journal")
    assert (answer["event"], answer["graph"], answer["thread_id"]) == ("answer", "revise", thread)
    assert (answer["answer"], answer["run_status"]) == ("=\x1b[31mtheirs", "ended")
    assert answer["at"] <= answer["run_ended"]
    listed = local_shell.run("log", "--others", "--graph", "revise")
    assert [each for each in listed if each["told_by"] == "server"] == [answer]
    text = local_shell.raw("log", "--others", "--thread", thread).stdout
    assert "answer by another client\n    told by the server: run" in text
    assert "\\u001b[31mtheirs" in text
    table = local_shell.raw("log", "--others", "--thread", thread, "--csv").stdout
    theirs, ours = csv.DictReader(table.splitlines())
    assert (theirs["told_by"], ours["told_by"]) == ("server", "journal")
    assert theirs["answer"].startswith("'=")
    nobody = ("--thread", thread, "--who", "nobody else")
    assert local_shell.run("log", "--others", *nobody) == []
    for wrong in (["--outcome", "applied"], ["--insight"], ["--verify"]):
        assert "--others does not go" in local_shell.refused("log", "--others", *wrong, code=2)


def test_a_reason_for_the_log_is_needed_kept_and_found(local_shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[log_reasons]\ngraphs = ["revise", "breakpoints"]\n')
    env = {"HITL_TUI_CONFIG": str(config)}
    thread = local_shell.run("run", "revise", "--input", '{"some_text": "a"}')["thread_id"]
    refused = local_shell.raw("answer", thread, "--text", "b", env=env)
    assert refused.returncode == 4
    assert refused.stderr == (
        "hitl-tui: Reason for the log: A decision in the graph revise needs a reason or ticket for "
        "the log. Nothing was sent; what you typed is kept. Add --log-reason TEXT.\n"
    )
    local_shell.run("answer", thread, "--text", "b", "--log-reason", "=OPS-7 \x1b[31m", env=env)
    (answer,) = local_shell.run("log", "--thread", thread, "--log-reason", "ops-7")
    assert answer["log_reason"] == "=OPS-7 \x1b[31m"
    assert local_shell.run("log", "--thread", thread, "--log-reason", "OPS-8") == []
    printed = local_shell.raw("log", "--thread", thread).stdout
    assert "    for the log: =OPS-7 \\u{1B}[31m\n" in printed
    rows = csv.DictReader(local_shell.raw("log", "--thread", thread, "--csv").stdout.splitlines())
    assert next(iter(rows))["log_reason"] == "'=OPS-7 \\u{1B}[31m"
    found = local_shell.run("log", "--thread", thread, "--insight")
    assert (found["with_log_reason"], found["without_log_reason"]) == (1, 0)

    stopped = local_shell.run("run", "breakpoints", "--input", '{"text": "a"}')["thread_id"]
    refused = local_shell.raw("step", stopped, "--json", env=env)
    assert (refused.returncode, "Add --log-reason TEXT." in refused.stderr) == (4, True)
    local_shell.run("step", stopped, "--to-end", "--log-reason", "OPS-9", env=env)
    assert {each["log_reason"] for each in local_shell.run("log", "--thread", stopped)} == {
        *("OPS-9", None)
    }


def test_a_review_asks_for_the_reason_that_is_needed(local_shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[log_reasons]\ngraphs = ["yes_no"]\n')
    thread = local_shell.run("run", "yes_no", "--input", "{}")["thread_id"]
    typed = "1\nj\ntrue\n.\n\nOPS-5\ny\nq\n"
    done = local_shell.raw(
        *("review", "--graph", "yes_no"), typed=typed, env={"HITL_TUI_CONFIG": str(config)}
    )
    assert done.stdout.count("needs a reason or ticket for the log.") == 2, done.stdout
    assert "For the log: “OPS-5”" in done.stdout and "applied: " in done.stdout, done.stdout
    (answer,) = local_shell.run("log", "--thread", thread, "--log-reason", "OPS-5")
    assert answer["event"] == "answer"
