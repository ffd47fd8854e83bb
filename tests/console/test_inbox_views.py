"""What the inbox lists and how: its order and groups are kept, also as named views."""

from pathlib import Path

import pytest

from hitl_engine.configuration.config_file import parse
from hitl_engine.model import InboxOrder, Waiting
from hitl_tui.app import ConsoleApp
from hitl_tui.settings import Settings
from hitl_tui.state.inbox_groups import InboxGrouping
from hitl_tui.state.inbox_items import InboxItems
from hitl_tui.state.inbox_view import InboxView, parse_view
from hitl_tui.state.named_views import NamedView, NamedViews

from .conftest import OpenConsole, screen_text, settle, until
from .desk_double import DeskDouble, interrupt


def app(settings: Settings, configured: str = "") -> ConsoleApp:
    desk = DeskDouble(interrupt("one"), interrupt("two", n=2, graph="other", minutes=3))
    configuration = parse(configured, Path("config.toml"))
    return ConsoleApp(desk.open, settings, configuration)  # type: ignore[arg-type]  # a double


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


def test_saved_views_follow_those_of_the_file_which_win(tmp_path: Path) -> None:
    configuration = parse('[views]\nmail = "send_email"', Path("config.toml"))
    views = NamedViews(Settings(tmp_path), configuration)
    views.save("urgent", "sort:deadline")
    views.save("old", "age:>1d")
    views.save("mail", "hidden by the file")
    views.save("urgent", "age:<1h")
    mail, urgent = NamedView("mail", "send_email", True), NamedView("urgent", "age:<1h", False)
    again = NamedViews(Settings(tmp_path), configuration)
    assert again.all == (mail, urgent, NamedView("old", "age:>1d", False))
    assert again.is_configured("mail") and not again.is_configured("old")
    again.remove("old")
    assert NamedViews(Settings(tmp_path), configuration).all == (mail, urgent)
    (tmp_path / "console.json").write_text('{"inbox_views": {"a": 1, "b": "two"}}')
    assert NamedViews(Settings(tmp_path), parse("", Path("c"))).all == (
        NamedView("b", "two", False),
    )


async def test_a_view_is_saved_shown_and_removed_by_key(tmp_path: Path) -> None:
    made = app(Settings(tmp_path), '[views]\nmine = "one"')
    async with made.run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        await pilot.press("o", "O", "O", "slash", *"other", "enter", "v")
        await pilot.press("s", *"mine", "enter")
        await until(pilot, lambda: "Not saved: mine" in screen_text(made))
        await pilot.press("s", *"others", "enter")
        await until(pilot, lambda: "others  other sort:longest group:graph" in screen_text(made))
        await pilot.press("escape", "escape", "O", "O", "o")  # everything, in another order
        await until(pilot, lambda: "2 waiting" in screen_text(made))
        assert "last changed first" in screen_text(made)
        await pilot.press("v", "end", "enter")
        await until(pilot, lambda: "1 of 2 waiting" in screen_text(made))
        assert "longest waiting first, by graph" in screen_text(made)
        await pilot.press("v", "d")
        await until(pilot, lambda: "Not removed: mine" in screen_text(made))
        await pilot.press("end", "d")
        await until(pilot, lambda: "others" not in screen_text(made))
    assert [each.name for each in NamedViews(Settings(tmp_path), parse("", Path("c"))).all] == []


async def test_a_facet_of_the_selected_item_is_added_by_key_and_removed(tmp_path: Path) -> None:
    made = app(Settings(tmp_path))
    async with made.run_test(size=(100, 24)) as pilot:
        await settle(pilot)
        await pilot.press("end", "f")
        await until(pilot, lambda: "  1  graph:other" in screen_text(made))
        assert "of 2 items" in screen_text(made) and "  2  kind:text" in screen_text(made)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "1 of 2 waiting" in screen_text(made))
        await pilot.press("f")
        await until(pilot, lambda: "✓       1  graph:other" in screen_text(made))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "2 waiting" in screen_text(made))


async def test_a_filter_for_a_sign_runs_once_for_a_new_inbox_and_when_the_inbox_is_back(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = DeskDouble(interrupt("one"), interrupt("two", n=2))
    ran: list[object] = []
    runs = InboxItems._list_matches

    def counted(items: InboxItems, found: list[Waiting]) -> None:
        ran.append(found)
        runs(items, found)

    async with console(desk) as c:
        await c.press("slash", *"is:new", "enter")
        assert "0 of 2 waiting" in c.text
        monkeypatch.setattr(InboxItems, "_list_matches", counted)
        desk.items = (*desk.items, interrupt("three", n=3))
        desk.publish()
        await until(c.pilot, lambda: "1 of 3 waiting" in c.text)
        await settle(c.pilot)
        assert len(ran) == 1
        ran.clear()
        await c.press("enter", "escape")
        assert "0 of 3 waiting" in c.text and len(ran) == 1
        await desk.drafts.save(desk.reviews.question(interrupt("two", n=2)), {"text": "a"})
        await c.press("escape", "slash", *"is:draft", "enter", "l", "escape")
        assert "1 of 3 waiting" in c.text
