"""A question that was asked long ago: since then its server, and its connections, were gone."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.errors import NoLongerWaits
from hitl_engine.model import Answer, OutcomeKind
from tests.any_server.conftest import SERVERS
from tests.any_server.console import Console
from tests.any_server.restarts import Start, restartable
from tests.any_server.steps import ignore, questions_of, start
from tests.any_server.test_connection import until_read
from tests.journeys.test_journeys import press, quit_console, wait_until_ready

EACH_KIND = [
    pytest.param(kind, marks=() if kind == "local_server" else pytest.mark.hardening)
    for kind in SERVERS
]


@pytest.fixture(params=EACH_KIND)
def start_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Starts a server of each kind, and starts it again with its data."""
    with restartable(request.param, tmp_path) as starts:
        yield starts


async def test_old_questions_are_answered(start_server: Start, tmp_path: Path) -> None:
    """By the desk that was open all the time, and by a program that began afterwards."""
    traces = [tmp_path / "trace of the old desk", tmp_path / "trace of the new program"]
    async with AsyncExitStack() as left_open:
        with start_server() as served:
            desk = await left_open.enter_async_context(
                open_desk(served.url, data_dir=tmp_path / "journal", headers=served.headers)
            )
            threads = [
                await start(desk, "gated_effect", {"trace": str(trace), "seconds": 0})
                for trace in traces
            ]
            inboxes = desk.watch()
            seen = await until_read(inboxes, error=False)
        assert (await until_read(inboxes, error=True)).items == seen.items
        with start_server() as served:
            again = await until_read(inboxes, error=False)
            assert {item.thread_id for item in again.items} == {each.thread_id for each in threads}
            [mine], [theirs] = (questions_of(desk, thread) for thread in threads)
            program = Console(served, tmp_path / "new journal")
            asked = ("--interrupt", theirs.interrupt.interrupt_id)
            answered = program.run("answer", threads[1].thread_id, *asked, "--value", '"go"')
            assert answered["outcome"] == "applied"
            outcome = await desk.decide(mine, Answer("go"), ignore)
            assert outcome.kind is OutcomeKind.APPLIED, outcome
            with pytest.raises(NoLongerWaits):
                await desk.decide(theirs, Answer("go"), ignore)
            assert [trace.read_text() for trace in traces] == ["go\n", "go\n"]
            await inboxes.aclose()


@pytest.mark.hardening
def test_what_was_typed_hours_ago_is_sent(start_server: Start, tmp_path: Path) -> None:
    """In a console that was left open, with its question in view."""
    with start_server() as served:
        console = Console(served, tmp_path / "journal")
        thread_id = console.run("run", "revise", "--input", '{"some_text": "a b c"}')["thread_id"]
        terminal = console.open(rows=40)
        terminal.wait_for(r"¶ text +“")
        press(terminal, "enter")
        terminal.wait_for("a b c")
        wait_until_ready(terminal)
        press(terminal, "end", *"!")
        terminal.wait_for(r'"a b c!"')
    with terminal:
        press(terminal, "ctrl+s")
        terminal.wait_for("cannot be reached")
        terminal.wait_for(r'"a b c!"')
        with start_server():
            wait_until_ready(terminal)
            press(terminal, "ctrl+s")
            terminal.wait_for("done")
            quit_console(terminal)
            assert console.run("show", thread_id)["values"] == {"some_text": "a b c!"}
