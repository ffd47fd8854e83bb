"""The runs of a thread in the console: what happens in one that others began, and its cancellation."""

import asyncio
from pathlib import Path

from hitl_engine.desk import open_desk
from hitl_engine.model import Answer, Breakpoints, Progress, RunStatus, ThreadStatus
from hitl_tui.messages import ThreadOpened
from hitl_tui.screens.text_modal import TextModal
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.text.traceback_places import place_in
from hitl_tui.widgets.runs.event_list import EventList
from hitl_tui.widgets.runs.runs_list import RunsList
from tests.any_server.steps import ignore, questions_of, start
from tests.console.conftest import until
from tests.server.processes import Served

from .piloted import PilotedConsole, piloted


async def open_runs(console: PilotedConsole, thread_id: str) -> RunsList:
    console.app.post_message(ThreadOpened(thread_id))
    await console.shows("6 Runs")
    screen, keys = console.app.screen, console.app.session.early_keys
    assert isinstance(screen, ThreadScreen)
    await until(console.pilot, lambda: screen.is_ready and not keys.holding)
    await console.pilot.press("alt+6")
    listed = console.app.screen.query_one(RunsList)
    await until(console.pilot, lambda: listed.runs)
    return listed


async def test_a_run_that_others_began_is_followed_and_cancelled(
    local_server: Served, tmp_path: Path
) -> None:
    begun: asyncio.Queue[str] = asyncio.Queue()

    def note(progress: Progress) -> None:
        begun.put_nowait(progress.thread_id)

    async with (
        open_desk(
            local_server.url, data_dir=tmp_path / "other", headers=local_server.headers
        ) as other,
        piloted(local_server, tmp_path / "data") as console,
    ):
        [slow] = [graph for graph in await other.graphs() if graph.graph_id == "slow"]
        long = {"steps": 2_000, "seconds_per_step": 0.05}
        run = asyncio.create_task(other.start(slow, {**long}, note))
        thread_id = await begun.get()
        listed = await open_runs(console, thread_id)
        events = console.app.screen.query_one(EventList)
        await until(console.pilot, lambda: events.found > 3)
        assert "step" in console.text
        await until(console.pilot, lambda: listed.runs[0].status is RunStatus.RUNNING)
        listed.focus()
        await console.pilot.press("p")
        await console.shows("The run stops once")
        await console.pilot.press("c")
        await console.confirm()
        outcome = await asyncio.wait_for(run, 20)
        assert outcome.thread is not None
        assert outcome.thread.status is not ThreadStatus.BUSY
        await until(console.pilot, lambda: listed.runs[0].status is RunStatus.CANCELLED)


async def test_what_nodes_print_is_shown_beside_their_run(
    local_server: Served, tmp_path: Path
) -> None:
    async with open_desk(
        local_server.url, data_dir=tmp_path / "other", headers=local_server.headers
    ) as other:
        before_many = Breakpoints(before=("many",))
        thread = await start(other, "printing", {"lines": 3}, before_many)
    async with piloted(local_server, tmp_path / "data") as console:
        await open_runs(console, thread.thread_id)
        await console.pilot.press("alt+1")
        await console.shows("Stopped before many")
        await console.armed()
        await console.pilot.press("s")
        await console.shows("Done")
        await console.pilot.press("alt+6")
        await console.shows("▶ many", "│ many", "line 0", "line 2", "✓ many")
        console.app.screen.query_one(EventList).focus()
        await console.pilot.press("slash", *"line 1", "enter")
        await console.shows("1 of 5 events", "line 1")
        await console.shows_no("line 2")


async def test_the_whole_traceback_of_a_failed_run_is_shown(
    local_server: Served, tmp_path: Path
) -> None:
    async with open_desk(
        local_server.url, data_dir=tmp_path / "other", headers=local_server.headers
    ) as other:
        thread = await start(other, "stuck", {"order": "four chairs"})
        [question] = questions_of(other, thread)
        await other.decide(question, Answer("a few"), ignore)
    async with piloted(local_server, tmp_path / "data") as console:
        listed = await open_runs(console, thread.thread_id)
        assert listed.runs[0].status is RunStatus.FAILED
        listed.focus()
        await console.pilot.press("enter")
        await until(console.pilot, lambda: isinstance(console.app.screen, TextModal))
        await console.shows("stuck.py", "line", "invalid literal")
        assert place_in(listed.runs[0].traceback) is not None
        assert not listed.check_action("open_source", ()), "a path of a remote server is not opened"


async def test_a_burst_of_events_starts_nothing_and_loses_nothing(
    local_server: Served, tmp_path: Path
) -> None:
    async with open_desk(
        local_server.url, data_dir=tmp_path / "other", headers=local_server.headers
    ) as other:
        thread = await start(other, "breakpoints", {"text": "x"})
    async with piloted(local_server, tmp_path / "data") as console:
        await open_runs(console, thread.thread_id)
        screen = console.app.screen
        assert isinstance(screen, ThreadScreen)
        before = set(console.app.workers)
        for number in range(2_000):
            event = Progress(thread.thread_id, "custom", "", {"number": number})
            screen.workspace.show_progress(event)
        begun = [each.name for each in console.app.workers if each not in before]
        assert begun == ["read_runs"], "the runs are read once, and nothing else"
        await console.shows("2,000 events seen here", '{"number": 1999}')
