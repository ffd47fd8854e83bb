"""The views of a thread share the space of its screen."""

import asyncio
from dataclasses import replace

import pytest

from hitl_engine.errors import Unreachable
from hitl_engine.model import HistoryPage, JsonValue, ThreadStatus, ThreadView
from hitl_tui.messages import ThreadOpened
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.state.session import ConnectionStatus
from hitl_tui.state.views import ChosenViews, ViewName
from hitl_tui.widgets.cards.choice_part import ChoicePart
from hitl_tui.widgets.history.timeline import Timeline
from hitl_tui.widgets.state_tree.state_tree import StateTree
from hitl_tui.widgets.workspace.workspace import Workspace

from .conftest import Console, OpenConsole, until
from .desk_double import DeskDouble, HistoryDouble, OnProgress, interrupt, stop

QUESTION, STATE = ViewName.QUESTION, ViewName.STATE
CONVERSATION, HISTORY = ViewName.CONVERSATION, ViewName.HISTORY
TEXT: JsonValue = {"text_to_revise": "original text"}


def workspace(c: Console) -> Workspace:
    """Return the workspace of the thread on the screen."""
    assert isinstance(c.app.screen, ThreadScreen)
    return c.app.screen.workspace


def test_what_was_chosen_comes_before_what_is_proposed() -> None:
    chosen = ChosenViews()
    assert chosen.beside_question(2, (STATE, HISTORY), QUESTION) == (STATE, HISTORY)
    chosen.choose(CONVERSATION)
    assert chosen.beside_question(1, (STATE,), QUESTION) == (CONVERSATION,)
    assert chosen.beside_question(2, (STATE,), QUESTION) == (CONVERSATION, STATE)
    chosen.choose(HISTORY)
    assert chosen.beside_question(2, (STATE,), QUESTION) == (CONVERSATION, HISTORY)
    assert chosen.beside_question(1, (STATE,), STATE) == (STATE,), "the current view has a place"


def test_the_choice_is_kept_for_the_next_time() -> None:
    chosen = ChosenViews([HISTORY, STATE])
    assert ChosenViews.kept_as(chosen.identifiers).chosen == (HISTORY, STATE)


@pytest.mark.parametrize("size", [(80, 24), (119, 40), (40, 12)])
async def test_one_view_at_a_time_on_a_narrow_screen(
    console: OpenConsole, size: tuple[int, int]
) -> None:
    async with console(DeskDouble(interrupt(TEXT)), size) as c:
        await c.open()
        assert workspace(c).displayed == (QUESTION,)
        await c.press("alt+3")
        assert workspace(c).displayed == (STATE,)
        assert "original text" in c.text and "Will send" not in c.text
        await c.press("escape")
        assert workspace(c).displayed == (QUESTION,)
        assert "Will send" in c.text
        await c.press("escape")
        assert not isinstance(c.app.screen, ThreadScreen)


async def test_the_question_beside_a_view_on_a_wide_screen(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt(TEXT)), (120, 40)) as c:
        await c.open()
        await c.press("alt+3")
        assert workspace(c).displayed == (QUESTION, STATE)
        assert workspace(c).current is STATE
        await c.press("escape")
        assert workspace(c).current is QUESTION and workspace(c).displayed == (QUESTION, STATE)


async def test_the_layout_follows_the_size_of_the_terminal(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt(TEXT)), (80, 24)) as c:
        await c.open()
        await c.press("alt+3")
        await c.pilot.resize_terminal(120, 40)
        await c.pilot.pause()
        assert workspace(c).displayed == (QUESTION, STATE)
        await c.pilot.resize_terminal(80, 24)
        await c.pilot.pause()
        assert workspace(c).displayed == (STATE,), "the view that the user works in stays"


@pytest.mark.parametrize(("width", "views"), [(160, 2), (200, 3)])
async def test_a_question_that_compares_has_space_for_two_columns(
    console: OpenConsole, width: int, views: int
) -> None:
    async with console(DeskDouble(interrupt(TEXT)), (width, 40)) as c:
        await c.open()
        await c.press("alt+3", "alt+4", "escape", "end", "exclamation_mark")
        assert len(workspace(c).displayed) == views
        (row,) = (line for line in c.text.splitlines() if "+ original text!" in line)
        assert "- original text " in row


async def test_a_view_below_a_breakpoint_whose_card_is_small(console: OpenConsole) -> None:
    async with console(DeskDouble(stop()), (80, 24)) as c:
        await c.open()
        assert workspace(c).displayed == (QUESTION, STATE)


async def test_a_tab_is_clicked(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt(TEXT)), (80, 24)) as c:
        await c.open()
        await c.pilot.click("ViewTabs", offset=(32, 0))
        await c.pilot.pause()
        assert workspace(c).current is STATE
        assert c.app.session.settings.kept("views") == ["state"]
        await c.pilot.click("ViewTabs", offset=(3, 0))
        await c.pilot.pause()
        assert workspace(c).current is QUESTION


class _FailingHistory(HistoryDouble):
    """A history that cannot be read while `fails`; counts its readings."""

    fails = True
    readings = 0

    async def page(self, thread_id: str, *, before: str = "", limit: int = 30) -> HistoryPage:
        self.readings += 1
        if self.fails:
            raise Unreachable("No answer from the server.", sent=False)
        return await super().page(thread_id, before=before, limit=limit)


async def test_a_view_that_could_not_be_read_is_read_again(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    history = desk.history = _FailingHistory()
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.press("alt+4")
        assert "No answer from the server." in c.text
        assert "r Read again" in c.text, "the footer shows the key"
        await c.press("r")
        assert history.readings == 2

        await c.press("alt+1", "alt+4")
        assert history.readings == 3, "it is read again when it is displayed again"

        desk.error = "No answer."
        desk.publish()
        await until(c.pilot, lambda: c.app.session.connection is ConnectionStatus.AWAY)
        history.fails = False
        desk.error = None
        desk.publish()
        await until(c.pilot, lambda: "some_text" in c.text)
        assert history.readings == 4, "it is read again when the server answers again"
        assert "No answer from the server." not in c.text
        await c.press("down")
        assert isinstance(c.app.focused, Timeline), "the view has the focus again"


class BusyDesk(DeskDouble):
    """A desk whose thread has a run in progress, and is read when `found` is set."""

    found = asyncio.Event()
    ended = asyncio.Event()

    async def thread(self, thread_id: str) -> ThreadView:
        await self.found.wait()
        return replace(await super().thread(thread_id), status=ThreadStatus.BUSY)

    async def follow(self, thread_id: str, on_progress: OnProgress) -> ThreadView:
        await self.ended.wait()
        return await super().follow(thread_id, on_progress)


async def test_a_run_that_is_found_leaves_the_focus_in_the_chosen_view(
    console: OpenConsole,
) -> None:
    desk = BusyDesk(interrupt(TEXT))
    async with console(desk, (120, 40)) as c:
        c.app.post_message(ThreadOpened(desk.items[0].thread_id))
        await until(c.pilot, lambda: isinstance(c.app.screen, ThreadScreen))
        await c.pilot.press("alt+3")
        await until(c.pilot, lambda: workspace(c).current is STATE)
        desk.found.set()
        await until(c.pilot, lambda: workspace(c).pane.shows_run)
        await c.pilot.pause(0.1)
        assert workspace(c).current is STATE
        assert isinstance(c.app.screen.focused, StateTree)
        desk.ended.set()


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
@pytest.mark.parametrize("lines", [1, 200])
async def test_the_answers_follow_what_is_asked_and_stay_in_view(
    console: OpenConsole, size: tuple[int, int], lines: int
) -> None:
    asked: JsonValue = {"message": "\n".join(["checked"] * lines), "options": ["go", "wait"]}
    async with console(DeskDouble(interrupt(asked)), size) as c:
        await c.open()
        part, bar = c.card.query_one(ChoicePart), c.card.send_bar
        assert part.options.region.y - part.asked.region.bottom <= 1
        assert bar.region.y - part.options.region.bottom <= 1
        assert part.options.region.height == 2 and bar.region.bottom <= size[1] - 1
        assert part.asked.region.height >= min(1 + lines, 3)  # with its title


async def test_a_card_that_is_not_displayed_takes_no_key(console: OpenConsole) -> None:
    """A question that comes while another view is on the screen in its place, or is shown behind it."""
    first = interrupt({"message": "First?", "options": ["go", "wait"]})
    second = interrupt({"message": "Second?", "options": ["left", "right"]}, n=2)
    second = replace(second, thread_id=first.thread_id)
    third = interrupt({"message": "Third?", "options": ["up", "down"]}, n=3, node="other")
    third = replace(third, thread_id=first.thread_id)
    desk = DeskDouble(first)
    desk.hold = asyncio.Event()
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.pilot.press("1", "ctrl+s")
        await until(c.pilot, lambda: workspace(c).pane.shows_run)
        await c.pilot.press("alt+3")
        await until(c.pilot, lambda: isinstance(c.app.focused, StateTree))
        desk.script = [second]
        desk.hold.set()
        await until(c.pilot, lambda: workspace(c).pane.shows_card)
        assert "asks again. alt+1 shows what waits now." in c.text
        for begun in ("the answer", "ctrl+r"):
            await c.press("1", "ctrl+end", "ctrl+s", "ctrl+t", "f2", "tab")
            assert isinstance(c.app.focused, StateTree), begun
            assert workspace(c).displayed == (STATE,) and "Send" not in c.text.splitlines()[-1]
            assert isinstance(c.part, ChoicePart) and c.part.chosen is None
            assert not c.card.armed and len(desk.sent) == 1
            desk.items = (second, third)
            await c.press("ctrl+r")

        await c.press("ctrl+n")
        await c.armed()
        assert workspace(c).displayed == (QUESTION,) and "Third?" in c.text
        await c.press("alt+3", "alt+1")
        await c.armed()


@pytest.mark.usefixtures("real_guard")
async def test_the_guard_begins_when_a_card_comes_into_view(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(TEXT))
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.press("alt+3")
        assert not c.card.armed
        await c.press("alt+1", "ctrl+s")
        assert "Will send" in c.text and not desk.sent
