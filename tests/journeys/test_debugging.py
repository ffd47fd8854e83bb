"""The history of a thread and its state, in the real console on a real server, used with keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.model import ThreadStatus, ThreadView
from hitl_tui.app import ConsoleApp
from hitl_tui.messages import ThreadOpened
from hitl_tui.screens.state_edit import StateEditModal
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.state.after_answer import AfterAnswer
from hitl_tui.widgets.history.timeline import Timeline
from hitl_tui.widgets.state_tree.state_tree import StateTree
from tests.any_server.steps import start, step
from tests.server.processes import Served

from .piloted import PilotedConsole

pytestmark = pytest.mark.usefixtures("short_guard")


@pytest.fixture
async def desk(local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the local server, with a journal of its own."""
    async with open_desk(
        local_server.url, data_dir=tmp_path, headers=local_server.headers
    ) as opened:
        yield opened


@pytest.fixture
async def stopped(desk: Desk) -> ThreadView:
    """A thread of `breakpoints` that stopped before `publish`."""
    return await step(desk, await start(desk, "breakpoints", {"text": "an early thought"}))


@asynccontextmanager
async def opened(
    desk: Desk, thread: ThreadView, size: tuple[int, int] = (190, 40)
) -> AsyncIterator[PilotedConsole]:
    """Open the console on a thread, with its history in view."""

    @asynccontextmanager
    async def same_desk() -> AsyncIterator[Desk]:
        yield desk

    app = ConsoleApp(same_desk)
    app.session.outbox.after_answer = AfterAnswer.THREAD
    async with app.run_test(size=size, notifications=True) as pilot:
        console = PilotedConsole(app, pilot)
        await console.until(lambda: app.session.inbox is not None)
        app.post_message(ThreadOpened(thread.thread_id))
        await console.until(lambda: isinstance(app.screen, ThreadScreen) and app.screen.is_ready)
        await console.press("alt+4")
        await console.until(lambda: isinstance(app.focused, Timeline) and app.focused.length)
        yield console


async def test_the_views_follow_the_checkpoint_that_is_selected(
    desk: Desk, stopped: ThreadView
) -> None:
    async with opened(desk, stopped) as c:
        await c.shows("now · next: publish", '"An early thought"')
        await c.press("down")
        await c.shows("viewing step 1 of 2 · next: polish", '"an early thought"')
        await c.shows("◷ earlier, nothing can be answered here")
        assert '"polished"' not in c.text.split("wrote", 1)[0]
        await c.press("G")
        await c.shows("viewing the input · next: __start__")
        await c.press("0")
        await c.shows("now · next: publish", "Stopped before publish", "stopped at a breakpoint")
        await c.until(lambda: isinstance(c.screen.focused, Timeline))
        await c.press("down")
        await c.shows("viewing step 1 of 2", "Nothing can be answered here")
        await c.press("up")
        await c.shows("now · next: publish", "Stopped before publish")
        await c.until(lambda: isinstance(c.screen.focused, Timeline))


async def test_what_a_step_changed_and_how_any_two_checkpoints_differ(
    desk: Desk, stopped: ThreadView
) -> None:
    async with opened(desk, stopped) as c:
        await c.press("equals_sign")
        await c.shows("From step 1 (draft) to step 2 (polish)", "2 places differ:")
        await c.shows('- $.text: "an early thought"', '+ $.log[1]: "polished"')
        await c.press("escape", "space", "G", "equals_sign")
        await c.shows("From step 2 (polish) to step -1 (input)", "- $.text")


async def test_a_thread_runs_again_from_a_checkpoint(desk: Desk, stopped: ThreadView) -> None:
    async with opened(desk, stopped) as c:
        await c.press("down", "r")
        await c.shows("Run again from here?", "polish runs, and what follows")
        await c.press("ctrl+s")
        await c.shows("Stopped before publish", "◆")
        await c.until(lambda: c.text.count("◆") == 2)
    found = (await desk.history.page(stopped.thread_id)).checkpoints
    assert [each.source for each in found[:2]] == ["loop", "fork"]
    assert stopped.checkpoint_id in [each.checkpoint_id for each in found]


async def test_a_branch_begins_with_another_state(desk: Desk, stopped: ThreadView) -> None:
    async with opened(desk, stopped) as c:
        await c.press("down")
        await c.shows("viewing step 1 of 2")
        await c.press("f")
        await c.until(lambda: isinstance(c.screen, StateEditModal))
        editor = c.screen.json
        editor.show_json({"text": "by hand", "log": ["drafted"]})
        await c.press("ctrl+s")
        await c.shows("Begin a branch with this state?", '+ $.text: "by hand"', "written by draft")
        await c.press("ctrl+s")
        await c.shows("Stopped after draft", "by hand")
    thread = await desk.thread(stopped.thread_id)
    assert (thread.values, thread.next) == ({"text": "by hand", "log": ["drafted"]}, ("polish",))


async def test_a_value_is_edited_in_its_type(desk: Desk, stopped: ThreadView) -> None:
    async with opened(desk, stopped) as c:
        await c.press("alt+3")
        await c.shows("An early thought")
        await c.press("g", "e")
        await c.until(lambda: isinstance(c.screen, StateEditModal))
        await c.press("ctrl+s")
        await c.shows("These values are in the state already.")
        await c.press("home", *"Not ", "escape")
        await c.shows("Nothing is written. Press esc again to discard what you typed.")
        await c.press("ctrl+s")
        await c.shows("Write this into the state?", '+ $.text: "Not An early thought"')
        (row,) = (line for line in c.text.splitlines() if '+ $.text: "Not' in line)
        assert '- $.text: "An early thought"' in row  # in two columns, where it is wide
        await c.press("ctrl+s")
        await c.until(lambda: isinstance(c.screen, ThreadScreen))
        await c.shows("Stopped before publish", "Not An early thought")
    assert (await desk.log())[0].decision == "update"


async def test_what_was_typed_into_a_value_is_discarded_only_by_a_second_key(
    desk: Desk, stopped: ThreadView
) -> None:
    async with opened(desk, stopped) as c:
        await c.press("alt+3")
        await c.shows("An early thought")
        for typed in (
            (),
            ("ctrl+t",),
            ("x", "backspace"),
            ("x", "escape"),
            ("x", "escape", "y", "escape"),
        ):
            await c.press("g", "e")
            await c.until(lambda: isinstance(c.screen, StateEditModal))
            await c.press(*typed)
            assert isinstance(c.screen, StateEditModal), typed
            await c.press("escape")
            await c.until(lambda: isinstance(c.screen, ThreadScreen))
    assert (await desk.thread(stopped.thread_id)).values == stopped.values


async def test_a_value_is_edited_and_the_thread_goes_on(desk: Desk, stopped: ThreadView) -> None:
    """In one confirmed plan, which also skips the node that is next."""
    async with opened(desk, stopped) as c:
        await c.press("alt+3")
        await c.shows("An early thought")
        await c.press("g", "e")
        await c.until(lambda: isinstance(c.screen, StateEditModal))
        await c.press("home", *"Not ")
        c.screen.as_node.focus()
        await c.press("right", "space", "f5")
        await c.shows("Write this into the state, and go on?", "publish counts as done")
        await c.shows('+ $.text: "Not An early thought"', "runs on from there")
        await c.press("ctrl+s")
        await c.shows("Done: the final state", "Not An early thought")
    thread = await desk.thread(stopped.thread_id)
    assert thread.values == {
        "text": "Not An early thought",
        "log": ["drafted", "polished", "announced"],
    }
    assert [entry.decision for entry in (await desk.log())[:2]] == ["step", "skip"]


async def test_the_state_of_a_subgraph_is_edited_and_it_asks_again(desk: Desk) -> None:
    asked = await start(desk, "subgraph", {"order": "two desks"})
    async with opened(desk, asked) as c:
        await c.press("alt+3", "s")
        await c.shows("of approval")
        await c.press("g", "e")
        await c.until(lambda: isinstance(c.screen, StateEditModal))
        await c.press("home", *"thirty-")
        await c.press("ctrl+s")
        await c.shows('+ $.order: "thirty-two desks"', "approval runs on and asks again")
        await c.press("ctrl+s")
        await c.until(lambda: isinstance(c.screen, ThreadScreen))
        await c.press("alt+1")
        await c.shows("Who approves the order of thirty-two desks?")


async def test_the_history_at_small_sizes(desk: Desk, stopped: ThreadView) -> None:
    for size in ((80, 24), (40, 12)):
        async with opened(desk, stopped, size) as c:
            await c.shows("polish", "draft", "step")


async def test_a_finished_thread_goes_on_with_another_input(
    desk: Desk, stopped: ThreadView
) -> None:
    done = await step(desk, stopped)
    assert done.status is ThreadStatus.DONE
    async with opened(desk, done, size=(100, 30)) as c:
        await c.press("alt+1", "n")
        await c.shows("New input ▸ breakpoints", "another input for thread", "Will send")
        await c.press("enter", *"more", "ctrl+s")
        await c.shows("Stopped after draft")
        assert c.screen.thread.thread_id == done.thread_id
    thread = await desk.thread(done.thread_id)
    assert thread.status is ThreadStatus.BREAKPOINT
    assert isinstance(thread.values, dict) and thread.values["text"] == "more"


async def test_a_node_is_skipped(desk: Desk, stopped: ThreadView) -> None:
    async with opened(desk, stopped) as c:
        await c.press("alt+3")
        await c.shows("An early thought")
        await c.press("g", "e")
        await c.shows("publish (is next: skipped)")
        await c.press("tab", "right", "space", "ctrl+s")
        await c.shows("publish counts as done and does not run.")
        await c.press("ctrl+s")
        await c.until(lambda: isinstance(c.screen, ThreadScreen))
        await c.shows("announce")
    assert (await desk.thread(stopped.thread_id)).next == ("announce",)


async def test_a_thread_goes_to_another_node(desk: Desk, stopped: ThreadView) -> None:
    async with opened(desk, stopped) as c:
        await c.press("alt+5")
        await c.shows("breakpoints, 4 nodes")
        await c.press("G", "k", "o")
        await c.shows("Go to announce?")
        await c.press("ctrl+s")
        await c.until(lambda: isinstance(c.screen, ThreadScreen))
        await c.shows("announced")
    assert "announced" in str((await desk.thread(stopped.thread_id)).values)


async def test_a_question_that_comes_behind_the_state_gets_no_key(desk: Desk) -> None:
    """Below 120 columns, a new question of a run that was begun in the state is not on the screen."""
    asked = await start(desk, "stuck", {"order": "four chairs"})
    async with opened(desk, asked, (80, 24)) as c:
        await c.press("alt+3")
        await c.shows("four chairs")
        await c.press("g", "e")
        await c.until(lambda: isinstance(c.screen, StateEditModal))
        await c.press("home", *"Not ")
        await c.press("f5")
        await c.shows("Write this into the state, and go on?")
        await c.confirm()
        await c.shows("Note: your edit is written. alt+1 shows what waits now.", "Not four chairs")
        await c.press("7", "ctrl+end", "ctrl+s")
        assert isinstance(c.screen.focused, StateTree)
        assert "Not four chairs" in c.text and "^s Send" not in c.text
        await c.press("alt+1")
        await c.shows("How many boxes for Not four chairs?", "^s Send")
    (waiting,) = (await desk.thread(asked.thread_id)).waiting
    assert waiting.checkpoint_id != asked.checkpoint_id
