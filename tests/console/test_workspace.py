"""The views of a thread share the space of its screen."""

import pytest

from hitl_engine.model import JsonValue
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.state.views import ChosenViews, ViewName
from hitl_tui.widgets.workspace.workspace import Workspace

from .conftest import Console, OpenConsole
from .desk_double import DeskDouble, interrupt, stop

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
