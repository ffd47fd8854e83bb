"""Text in the views of a thread is selected with the mouse, as it is shown and not as it is wrapped."""

import pytest
from textual.pilot import Pilot

from hitl_engine.model import Conversation, Message, Role
from hitl_tui.state.checkpoint_list import CheckpointList
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from hitl_tui.widgets.history.timeline import Timeline
from hitl_tui.widgets.item_list import ItemList
from hitl_tui.widgets.state_tree.state_tree import StateTree

from .conftest import card_shown, drag, screen_text
from .test_view_snapshots import HISTORY, VALUES

LONG = "Where is my order? I have waited for a week, and nobody has told me anything about it."


def start_of(pilot: Pilot[None], text: str) -> tuple[int, int]:
    """Return the column and the line of a text on the screen."""
    lines = screen_text(pilot.app).split("\n")
    y = next(y for y, line in enumerate(lines) if text in line)
    return lines[y].index(text), y


async def test_a_wrapped_message_is_one_line_and_what_it_hides_is_visible() -> None:
    view = ConversationView()
    said = (Message(Role.HUMAN, LONG), Message(Role.AI, "It was\x1b[2J\u202e sent."))
    async with card_shown(view, (40, 14)) as (pilot, _):
        view.show(Conversation("messages", said, frozenset(), None))
        await pilot.pause()
        end_x, end_y = start_of(pilot, "sent.")
        await drag(pilot, start_of(pilot, "Where"), (end_x + 4, end_y))
        selected = pilot.app.screen.get_selected_text() or ""
        assert LONG in selected, "the line is whole, without the ends of its rows"
        assert "It was\\u{1B}[2J\\u{202E} sen" in selected
        assert "▎" not in selected, "the bar is no text"


async def test_rows_that_are_scrolled_away_stay_selected() -> None:
    view = ConversationView()
    said = tuple(Message(Role.HUMAN, f"message {number}") for number in range(40))
    async with card_shown(view, (40, 12)) as (pilot, _):
        view.show(Conversation("messages", said, frozenset(), None))
        await pilot.pause()
        x, y = start_of(pilot, "message 38")
        await pilot.mouse_down(offset=(x, y))
        view.scroll_rows(-6)
        await pilot.pause()
        to = start_of(pilot, "message 35")
        await pilot.hover(offset=to)
        await pilot.mouse_up(offset=to)
        selected = (pilot.app.screen.get_selected_text() or "").split("\n")
        assert [line for line in selected if "message" in line] == [
            *("message 35", "message 36", "message 37")
        ]


@pytest.mark.parametrize("kind", ["state", "history"])
async def test_rows_of_a_list_are_selected_without_opening_one(kind: str) -> None:
    checkpoints = CheckpointList()
    checkpoints.replace(HISTORY, is_complete=True)
    view: ItemList = StateTree() if kind == "state" else Timeline(checkpoints)
    async with card_shown(view) as (pilot, _):
        if isinstance(view, StateTree):
            view.show(VALUES)
        elif isinstance(view, Timeline):
            view.show(0)
        await pilot.pause()
        before, rows = view.selected, view.length
        first, last = (view.row_text(row) for row in (1, 3))
        y, end = view.HEADINGS, min(len(last), 30)
        await drag(pilot, (0, y + 1), (end, y + 3))
        selected = (pilot.app.screen.get_selected_text() or "").split("\n")
        assert selected[0] == first
        assert last.startswith(selected[2]) and len(selected[2]) >= end
        assert (view.selected, view.length) == (before, rows)
