"""What the inbox lists and how: its order and groups are kept."""

from pathlib import Path

import pytest

from hitl_engine.model import InboxOrder
from hitl_tui.app import ConsoleApp
from hitl_tui.settings import Settings
from hitl_tui.state.inbox_groups import InboxGrouping
from hitl_tui.state.inbox_view import InboxView, parse_view

from .conftest import screen_text, settle, until
from .desk_double import DeskDouble, interrupt


def app(settings: Settings) -> ConsoleApp:
    desk = DeskDouble(interrupt("one"), interrupt("two", n=2, graph="other", minutes=3))
    return ConsoleApp(desk.open, settings)  # type: ignore[arg-type]  # a double


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("", InboxView()),
        ("send_email", InboxView("send_email")),
        ("sort:deadline", InboxView("", InboxOrder.DEADLINE)),
        (
            'tool:send "two words" SORT:Longest group:none',
            InboxView('tool:send "two words"', InboxOrder.LONGEST, InboxGrouping.NONE),
        ),
        ("sort:colour group:", InboxView("sort:colour group:")),
    ],
)
def test_a_view_is_read_from_its_text(text: str, view: InboxView) -> None:
    assert parse_view(text) == view
    assert parse_view(view.text) == view


async def test_order_and_groups_are_shown_and_kept_for_the_next_time(tmp_path: Path) -> None:
    made = app(Settings(tmp_path))
    async with made.run_test(size=(100, 20)) as pilot:
        await settle(pilot)
        assert "newest first" in screen_text(made)
        await pilot.press("o", "O", "O")
        await until(pilot, lambda: "longest waiting first, by graph" in screen_text(made))
    again = app(Settings(tmp_path))
    async with again.run_test(size=(100, 20)) as pilot:
        await settle(pilot)
        text = screen_text(again)
        assert "longest waiting first, by graph" in text
        assert text.index("other  1 item") < text.index("two") < text.index("revise  1 item")
