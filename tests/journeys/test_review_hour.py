"""An hour of review: from item to item, answers that are taken back, and what is left."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hitl_engine.deciding import answer_queue
from hitl_engine.desk import open_desk
from hitl_engine.model import JsonObject, OutcomeKind, ThreadStatus
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.screens.unsent_modal import UnsentModal
from hitl_tui.state.after_answer import AfterAnswer
from hitl_tui.state.outbox import SendingStatus
from tests.console.conftest import until
from tests.journeys.piloted import PilotedConsole, piloted
from tests.server import processes
from tests.server.processes import Served
from tests.server.test_contract import thread, wait

pytestmark = pytest.mark.usefixtures("short_guard")


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A local server for these tests alone."""
    config = processes.copied_project(tmp_path_factory.mktemp("project"))
    with processes.running_server(config, tmp_path_factory.mktemp("data")) as served:
        yield served


@pytest.fixture
async def quiet_server(own_server: Served) -> AsyncIterator[Served]:
    """A local server on which nothing waits."""
    yield own_server
    async with own_server.client() as http:
        for row in (await http.post("/threads/search", json={"limit": 100})).json():
            await http.delete(f"/threads/{row['thread_id']}")


async def let_wait(
    served: Served, count: int, graph: str = "older_review", input: JsonObject | None = None
) -> list[str]:
    """Let new threads wait for one answer each; return their ids."""
    async with served.client() as http:
        threads = [await thread(http) for _ in range(count)]
        for thread_id in threads:
            await wait(http, thread_id, graph, input=input or {})
        return threads


async def armed(console: PilotedConsole, but: str = "") -> str:
    """Wait until a card takes decisions, of another thread than `but`; return its thread."""

    def is_armed() -> bool:
        screen = console.app.screen
        if not isinstance(screen, ThreadScreen) or screen.thread.thread_id == but:
            return False
        return screen.pane.shows_card and screen.pane.card is not None and screen.pane.card.armed

    await until(console.pilot, is_armed)
    assert isinstance(console.app.screen, ThreadScreen)
    return console.app.screen.thread.thread_id


def sent(console: PilotedConsole) -> list[SendingStatus]:
    """Return how far each decision is."""
    return [sending.status for sending in console.app.session.outbox.all]


async def test_five_calls_are_approved_with_eleven_keys(
    quiet_server: Served, tmp_path: Path
) -> None:
    threads = await let_wait(quiet_server, 5)
    async with piloted(quiet_server, tmp_path, after_answer=AfterAnswer.NEXT) as console:
        await console.shows("5 waiting")
        keys, shown = ["enter"], ""
        await console.pilot.press("enter")
        for _ in range(5):
            shown = await armed(console, but=shown)
            await console.pilot.press("a", "ctrl+s")
            keys += ["a", "ctrl+s"]
        assert len(keys) == 11
        await console.shows("nothing left")
        await until(console.pilot, lambda: sent(console) == [SendingStatus.APPLIED] * 5)
        for thread_id in threads:
            assert (await console.desk.thread(thread_id)).status is ThreadStatus.DONE
        assert [entry.outcome for entry in await console.desk.log()] == [OutcomeKind.APPLIED] * 5


async def test_an_answer_is_taken_back_from_the_next_item(
    quiet_server: Served, tmp_path: Path
) -> None:
    threads = await let_wait(quiet_server, 2)
    async with piloted(quiet_server, tmp_path, after_answer=AfterAnswer.NEXT) as console:
        console.app.session.grace = 60
        await console.shows("2 waiting")
        await console.pilot.press("enter")
        first = await armed(console)
        await console.pilot.press("p", *"Not yet.", "ctrl+s")
        await armed(console, but=first)
        await console.shows("Sending", "u takes it back", "1 left")
        await console.pilot.press("u")
        assert await armed(console, but=next(each for each in threads if each != first)) == first
        await console.shows("Not yet.", "Taken back", "2 left")
        assert await console.desk.log() == (), "nothing was sent"
        await console.pilot.press("ctrl+s")
        await until(console.pilot, lambda: sent(console)[-1] is SendingStatus.WAITS)
        console.app.session.outbox.end(send=True)
        await until(console.pilot, lambda: sent(console)[-1] is SendingStatus.APPLIED)
        [entry] = await console.desk.log()
        assert (entry.thread_id, entry.decision) == (first, "respond")


async def test_the_key_that_takes_back_is_one_that_works_where_the_focus_is(
    quiet_server: Served, tmp_path: Path
) -> None:
    await let_wait(quiet_server, 2)
    async with piloted(quiet_server, tmp_path, after_answer=AfterAnswer.NEXT) as console:
        console.app.session.grace = 60
        await console.shows("2 waiting")
        await console.pilot.press("enter")
        first = await armed(console)
        await console.pilot.press("a", "ctrl+s")
        await armed(console, but=first)
        await console.shows("u takes it back")
        await console.pilot.press("p")
        await console.shows("f10 takes it back")
        await console.pilot.press("f10")
        await console.shows("Taken back", "2 left")
        assert await console.desk.log() == ()


@pytest.mark.parametrize("key", ["s", "k"])
async def test_quitting_asks_what_to_do_with_what_is_not_sent(
    quiet_server: Served, tmp_path: Path, key: str
) -> None:
    await let_wait(quiet_server, 1)
    async with piloted(quiet_server, tmp_path, after_answer=AfterAnswer.NEXT) as console:
        console.app.session.grace = 60
        await console.shows("1 waiting")
        await console.pilot.press("enter")
        await armed(console)
        await console.pilot.press("p", *"Later.", "ctrl+s")
        await console.shows("nothing left")
        await console.pilot.press("ctrl+q")
        await until(console.pilot, lambda: isinstance(console.app.screen, UnsentModal))
        await console.pilot.press("ctrl+q", "escape")
        await until(console.pilot, lambda: not isinstance(console.app.screen, UnsentModal))
        await console.pilot.press("ctrl+q")
        await until(console.pilot, lambda: isinstance(console.app.screen, UnsentModal))
        await console.pilot.press(key)
        await until(console.pilot, lambda: console.app._exit)
    async with piloted(quiet_server, tmp_path, after_answer=AfterAnswer.NEXT) as console:
        log = await console.desk.log()
        assert [entry.decision for entry in log] == (["respond"] if key == "s" else [])
        if key == "k":
            await console.shows("1 waiting")
            await console.pilot.press("enter")
            await armed(console)
            await console.shows("Later.")
            await console.pilot.press("ctrl+s")
            await until(console.pilot, lambda: sent(console) == [SendingStatus.APPLIED])


async def test_many_decisions_that_were_not_sent_are_drafts_when_the_console_is_back(
    quiet_server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await let_wait(quiet_server, 2)
    async with piloted(quiet_server, tmp_path) as console:
        console.app.session.grace = 60
        await console.shows("2 waiting")
        await console.press("asterisk", "m")
        await console.armed()
        await console.press("p", *"Not now.", "ctrl+s")
        await console.planned()
        await console.pilot.press("ctrl+s")
        await console.shows("Sending: 2 decisions")
    # It ended without asking what to do, as it does when it is killed.
    monkeypatch.setattr(answer_queue, "_LATE", timedelta(seconds=-60))  # that is long ago
    async with open_desk(quiet_server.url, data_dir=tmp_path, headers=quiet_server.headers) as desk:
        assert [each.decision for each in await desk.expire_queued()] == ["respond"] * 2
    async with piloted(quiet_server, tmp_path) as console:
        await console.shows("2 waiting", "✎")
        await console.press("enter")
        await armed(console)
        await console.shows("Not now.")
        assert await console.desk.log() == ()


async def test_back_to_the_list_or_on_the_same_thread(quiet_server: Served, tmp_path: Path) -> None:
    await let_wait(quiet_server, 3)
    async with piloted(quiet_server, tmp_path, after_answer=AfterAnswer.NEXT) as console:
        await console.shows("3 waiting")
        await console.pilot.press("f7")
        await console.shows("After an answer: the list.")
        await console.pilot.press("enter")
        shown = await armed(console)
        await console.pilot.press("a", "ctrl+s")
        await until(console.pilot, lambda: isinstance(console.app.screen, InboxScreen))
        await console.shows("2 waiting")
        await console.pilot.press("f7", "enter")
        shown = await armed(console)
        await console.pilot.press("a", "ctrl+s")
        await console.shows("final state")
        assert isinstance(console.app.screen, ThreadScreen)
        assert console.app.screen.thread.thread_id == shown
        await console.pilot.press("f7", "escape", "enter")
        await armed(console)
        await console.pilot.press("a", "ctrl+s")
        await until(console.pilot, lambda: sent(console) == [SendingStatus.APPLIED] * 3)


async def test_a_wide_inbox_shows_what_led_to_the_selected_item(
    quiet_server: Served, tmp_path: Path
) -> None:
    await let_wait(quiet_server, 1, "revise", {"some_text": "A text."})
    said: JsonObject = {"messages": [{"role": "user", "content": "Tell Ada."}]}
    await let_wait(quiet_server, 1, "tool_agent", said)
    async with piloted(quiet_server, tmp_path, size=(180, 40)) as console:
        await console.shows("2 waiting", "I look at the calendar first.", "day = 'Sunday'")
        await console.press("down")
        await console.shows_no("calendar")
        await console.press("up")
        await console.shows("calendar")
