"""The list of pending items: quick at any length, and the selection never moves by itself."""

import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from textual.strip import Strip

from hitl_engine import payloads
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.model import (
    Breakpoint,
    InboxOrder,
    Interrupt,
    ItemKind,
    JsonObject,
    Question,
    Waiting,
)
from hitl_tui.messages import Chosen
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.state import long_lived
from hitl_tui.state.inbox_groups import InboxGrouping
from hitl_tui.state.marks import Marks, key_of
from hitl_tui.text.durations import due
from hitl_tui.text.essence import Essence, essence_of, payload_essence
from hitl_tui.text.item_summary import waited
from hitl_tui.widgets import inbox_list
from hitl_tui.widgets.inbox_list import InboxList
from tests.hidden import hidden_in

from .conftest import OpenConsole, card_shown, heard, screen_text, until
from .desk_double import DeskDouble, interrupt, stop
from .hostile import HOSTILE


def describe(item: Waiting) -> Essence:
    if isinstance(item, Breakpoint):
        return essence_of(item)
    return essence_of(Question(item, payloads.recognise(item.payload), ""))


CALLS: JsonObject = {
    "action_requests": [{"name": "send_email", "args": {"to": "ada@example.com"}}],
    "review_configs": [{"action_name": "send_email", "allowed_decisions": ["approve"]}],
}


def many(count: int) -> tuple[Interrupt, ...]:
    return tuple(
        interrupt({"text_to_revise": f"text {n}"}, n=n, minutes=n) for n in range(1, count + 1)
    )


@pytest.mark.parametrize(
    ("width", "seen", "unseen"),
    [
        (40, ("¶ text", "hello"), ("revise", "human_node", "2m", "456789ab")),
        (80, ("¶ text", "hello", "2m", "revise"), ("human_node", "456789ab")),
        (120, ("¶ text", "hello", "2m", "revise", "human_node", "456789ab"), ()),
    ],
)
async def test_columns_fit_the_width(
    width: int, seen: tuple[str, ...], unseen: tuple[str, ...]
) -> None:
    listed = InboxList(describe)
    async with card_shown(listed, (width, 10)) as (pilot, _):
        other = interrupt("hi", n=2, graph="ask", node="ask_node")
        listed.show((interrupt({"text_to_revise": "hello"}), other))
        await pilot.pause()
        text = screen_text(pilot.app)
        assert all(word in text for word in seen)
        assert not any(word in text for word in unseen)


async def test_each_kind_has_its_own_word() -> None:
    listed = InboxList(describe)
    async with card_shown(listed) as (pilot, _):
        listed.show(
            (
                interrupt({}, n=1),
                stop(),
                stop(n=7, when="after"),
                interrupt({}, n=2, task_error="boom"),
                interrupt(CALLS, n=3),
            )
        )
        await pilot.pause()
        text = screen_text(pilot.app)
        assert all(
            word in text for word in ("? asks", "■ break", "before", "after", "! asks", "▶ tool")
        )


async def test_what_is_the_same_for_all_items_has_no_column() -> None:
    listed = InboxList(describe)
    async with card_shown(listed, (120, 10)) as (pilot, _):
        listed.show(many(3))
        await pilot.pause()
        text = screen_text(pilot.app)
        assert "revise" not in text and "human_node" not in text


async def test_a_key_goes_through_the_orders_and_the_selection_stays() -> None:
    first, second, third = many(3)
    soon = interrupt({"deadline": (datetime.now(UTC) + timedelta(minutes=5.5)).isoformat()}, n=4)
    moved = replace(second, changed=datetime.now(UTC))
    listed = InboxList(describe, deadline_of=Reviews(lambda _: "").deadline_of)
    async with card_shown(listed, (100, 10)) as (pilot, said):
        listed.show((first, moved, third, replace(soon, since=None)))
        await pilot.press("j")
        assert listed.item is moved and "(due in 5m)" in screen_text(pilot.app)
        orders = {}
        for _ in range(4):
            await pilot.press("o")
            assert listed.item is moved
            orders[listed.order] = (listed.listed.index(moved), screen_text(pilot.app))
        assert [place for place, _ in orders.values()] == [2, 0, 2, 1]
        assert list(orders) == [*list(InboxOrder)[1:], InboxOrder.NEWEST]
        assert "due" in orders[InboxOrder.DEADLINE][1] and "in 5m" in orders[InboxOrder.DEADLINE][1]
        assert "(due" not in orders[InboxOrder.DEADLINE][1]
        assert "changed" in orders[InboxOrder.CHANGED][1]
        assert len(heard(said, InboxList.Reordered)) == 4


async def test_a_key_groups_the_items_and_the_selection_skips_the_headings() -> None:
    """Else enter would open another item than the one that was selected."""
    text, calls, stopped = interrupt("hi", minutes=1), interrupt(CALLS, n=2, minutes=2), stop(n=3)
    again = interrupt("hi again", n=4, thread=text.thread_id, minutes=3)
    listed = InboxList(describe)
    async with card_shown(listed, (100, 12)) as (pilot, said):
        listed.show((text, calls, again, stopped))
        await pilot.press("end")
        assert listed.item is again
        await pilot.press("O")
        assert listed.item is again
        assert "revise  …456789ab  2 items ──" in screen_text(pilot.app)
        seen: list[Waiting | None] = []
        for key in ("home", *["j"] * 4, *["k"] * 4):
            await pilot.press(key)
            seen.append(listed.item)
        assert seen == [stopped, text, again, calls, calls, again, text, stopped, stopped]
        await pilot.click(InboxList, offset=(5, 3), times=2)  # a heading
        assert not heard(said, Chosen)
        await pilot.press("O", "O")
        assert listed.selected == 1  # the breakpoint, below the heading
        assert "no tool  3 items" in screen_text(pilot.app)
        assert "send_email  1 item ─" in screen_text(pilot.app)
        listed.filter_text = "again"
        await pilot.pause()
        assert listed.item == again and "no tool  1 item " in screen_text(pilot.app)
        assert listed.next_of(lambda _: True) is again
        await pilot.press("O")
        assert listed.length == 1


async def test_many_items_are_grouped_by_their_tools_a_few_at_a_time(slow_filter: None) -> None:
    described: list[Waiting] = []

    def count(item: Waiting) -> Essence:
        described.append(item)
        return Essence(ItemKind.TEXT, "text", (f"tool {len(described) % 2}",))

    listed = InboxList(count)
    async with card_shown(listed, (80, 12)) as (pilot, _):
        listed.show(many(2_000))
        listed.selected = 1_500
        chosen = listed.item
        listed.grouping = InboxGrouping.TOOL
        await pilot.pause()
        assert len(described) < 2_000 and listed.length == 2_000
        assert listed.item is chosen
        await until(pilot, lambda: listed.length == 2_002)
        assert listed.item is chosen
        listed.show((*listed.items, interrupt("new", n=5_000)))  # the groups stay
        assert listed.length == 2_003 and listed.item is chosen


async def test_a_new_item_does_not_move_the_selection() -> None:
    listed = InboxList(describe)
    async with card_shown(listed, (80, 12)) as (pilot, _):
        items = many(60)
        listed.show(items)
        await pilot.press(*["j"] * 30)
        chosen, line = listed.item, listed.selected - listed.scroll_offset.y
        new = interrupt({"text_to_revise": "new"}, n=900, minutes=0)
        listed.show((*(replace(item) for item in items), new))  # as a newer list contains them
        await pilot.pause()
        assert chosen is not None and listed.item is not None
        assert key_of(listed.item) == key_of(chosen)
        assert listed.selected - listed.scroll_offset.y == line


async def test_when_the_selected_item_leaves_the_next_one_is_selected() -> None:
    listed = InboxList(describe)
    async with card_shown(listed) as (pilot, _):
        items = many(3)
        listed.show(items)
        await pilot.press("end")
        listed.show(items[:2])
        await pilot.pause()
        assert listed.item is items[1]
        listed.show(())
        assert listed.item is None
        await pilot.press("enter", "j", "k", "home", "end")


async def test_items_are_selected_by_keys_and_mouse() -> None:
    listed = InboxList(describe)
    async with card_shown(listed) as (pilot, said):
        items = many(5)
        listed.show(items)
        await pilot.press("j", "j", "k", "enter")
        await pilot.click(InboxList, offset=(5, 4))
        assert listed.selected == 3
        assert [message.item for message in heard(said, Chosen)] == [items[1]]
        await pilot.click(InboxList, offset=(5, 4))
        assert [message.item for message in heard(said, Chosen)] == [items[1], items[3]]


async def test_only_the_rows_on_screen_are_described() -> None:
    described: list[Waiting] = []

    def count(item: Waiting) -> Essence:
        described.append(item)
        return Essence(ItemKind.TEXT, "text")

    listed = InboxList(count)
    async with card_shown(listed, (80, 24)) as (pilot, _):
        listed.show(many(20_000))
        await pilot.press("j", "end", "pageup")
        await pilot.pause()
        assert len(described) < 200


@pytest.fixture
def slow_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that checks a hundred items at a time, with pauses."""
    monkeypatch.setattr(inbox_list, "_MOMENT", 0.0)
    monkeypatch.setattr(inbox_list, "_PAUSE", 0.05)


async def test_a_filter_of_many_items_lists_the_first_matches_and_then_the_others(
    slow_filter: None,
) -> None:
    """It checks a few items at a time; the selection does not move, and live items are listed."""
    items = many(1_000)

    def beginning_with(digits: str, last: int) -> int:
        return sum(str(n).startswith(digits) for n in range(1, last + 1))

    listed = InboxList(describe)
    async with card_shown(listed) as (pilot, _):
        listed.show(items)
        listed.filter_text = '"text 5"'
        assert len(listed.listed) == beginning_with("5", 100)
        await pilot.press("down", "down")
        chosen = listed.item
        listed.show((*items, *many(1_005)[1_000:]))  # restarts the filter
        await until(pilot, lambda: len(listed.listed) == beginning_with("5", 1_005))
        assert listed.item is chosen
        assert listed.listed == [item for item in items if "text 5" in str(item.payload)]
        listed.filter_text = '"text 55"'  # of those that match already
        await until(pilot, lambda: len(listed.listed) == beginning_with("55", 1_005))
        listed.show((interrupt({"text_to_revise": "text 5555"}, n=5_555), *items))
        await until(pilot, lambda: len(listed.listed) == 1 + beginning_with("55", 1_000))
        listed.filter_text = ""
        assert len(listed.listed) == 1_001


async def test_the_selection_stays_far_down_while_a_filter_begins_again(
    slow_filter: None,
) -> None:
    """Else enter would open another item."""
    items = many(1_000)
    listed = InboxList(describe)
    async with card_shown(listed) as (pilot, _):
        listed.show(items)
        listed.filter_text = "kind:text"
        await until(pilot, lambda: len(listed.listed) >= 600)
        listed.selected = 550
        chosen = listed.item
        listed.show(items[1:])
        assert listed.item is chosen
        await until(pilot, lambda: len(listed.listed) == 999)
        assert listed.item is chosen
        listed.order = InboxOrder.LONGEST
        assert listed.item is chosen and len(listed.listed) < 999


async def test_a_filter_lists_what_matches_and_is_removed_again() -> None:
    listed = InboxList(describe)
    async with card_shown(listed) as (_, __):
        listed.show((interrupt("find me", n=1), interrupt("other", n=2), stop(n=3)))
        listed.filter_text = "FIND"
        assert len(listed.listed) == 1
        listed.filter_text = "before"
        assert len(listed.listed) == 1
        listed.filter_text = ""
        assert len(listed.listed) == 3


# Marks


async def test_marks_are_shown_and_survive_changes_of_the_list() -> None:
    marks = Marks()
    listed = InboxList(describe, marks)
    async with card_shown(listed) as (pilot, said):
        items = many(5)
        listed.show(items)
        await pilot.press("space", "j", "space")
        assert listed.selected == 3
        assert marks.items == (items[0], items[2])
        assert len(heard(said, InboxList.MarksChanged)) == 2
        await pilot.pause()
        assert [line[:2] for line in screen_text(pilot.app).split("\n")[1:6]] == [
            " ✓", "  ", " ✓", "▸ ", "  ",
        ]  # fmt: skip
        await pilot.press("o", "down")
        assert "▸✓  ¶ text" in screen_text(pilot.app)
        listed.filter_text = "text 5"
        listed.show(tuple(replace(item) for item in items))
        assert len(marks) == 2
        await pilot.press("u")
        listed.filter_text = ""
        await pilot.pause()
        assert not marks and "✓" not in screen_text(pilot.app)


async def test_an_item_that_left_or_changed_loses_its_mark() -> None:
    marks = Marks()
    listed = InboxList(describe, marks)
    async with card_shown(listed) as (pilot, _):
        first, second, third = many(3)
        before = stop(minutes=10)
        listed.show((first, second, third, before))
        await pilot.press(*["space"] * 4)
        assert len(marks) == 4
        listed.show((first, replace(second, payload="another"), replace(before, node="next")))
        assert list(marks.items) == [first, replace(before, node="next")]
        listed.show((first, replace(before, checkpoint_id="later")))
        assert list(marks.items) == [first]


async def test_a_mark_redraws_only_the_rows_it_changes() -> None:
    drawn: list[int] = []

    class Counted(InboxList):
        def render_line(self, y: int) -> Strip:
            drawn.append(y)
            return super().render_line(y)

    listed = Counted(describe)
    async with card_shown(listed, (80, 30)) as (pilot, _):
        listed.show(many(20_000))
        await pilot.press("j")
        await pilot.pause()
        drawn.clear()
        await pilot.press("space")
        await pilot.pause()
        assert sorted(set(drawn)) == [2, 3]


@pytest.mark.usefixtures("without_net")
async def test_hostile_texts_are_shown_as_visible_text() -> None:
    listed = InboxList(describe)
    async with card_shown(listed, (160, 80)) as (pilot, _):
        listed.show(
            tuple(
                interrupt(text, n=n, graph=str(text), node=str(text), thread=str(text))
                for n, text in enumerate(HOSTILE)
            )
        )
        await pilot.pause()
        pilot.app.export_screenshot()
        shown = screen_text(pilot.app).replace("\n", "")
        assert not hidden_in(shown)


def test_the_time_to_a_deadline_has_one_unit_and_seven_characters() -> None:
    for seconds, words in [
        *((0, "in 0s"), (59.9, "in 59s"), (330, "in 5m"), (-330, "5m ago"), (7_300, "in 2h")),
        *((86_400 * 99, "in 99d"), (-86_400 * 302, "43w ago"), (86_400 * 800, "in 2y")),
    ]:
        assert due(seconds) == words and len(words) <= 7


def test_waiting_times_are_short() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert waited(None) == "–"
    for minutes, words in [(0.5, "30s"), (3, "3m"), (400, "6h 40m"), (3000, "2d 2h"), (-1, "0s")]:
        since = now - timedelta(minutes=minutes)
        assert waited(since, now) == words
        assert waited(since.replace(tzinfo=None), now) == words


async def test_the_collector_leaves_a_large_inbox_alone(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it looks at all items while keys wait. Those that are answered are freed all the same."""
    monkeypatch.setattr(long_lived, "_MANY", 50)
    gc.unfreeze()
    desk = DeskDouble(*many(49))
    try:
        async with console(desk) as c:
            assert gc.get_freeze_count() < 10_000
            desk.items = many(50)
            desk.publish()
            await until(c.pilot, lambda: gc.get_freeze_count() > 10_000)
            frozen = gc.get_freeze_count()
            desk.items = desk.items[:49]
            desk.publish()
            await until(c.pilot, lambda: gc.get_freeze_count() < frozen)
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (
            {"question": "Publish?", "details": {"text": "A draft.", "by": {"id": 1}}},
            "Publish? · details A draft.",
        ),
        ({"title": "Pay?", "fields": [{"name": "amount"}, {"name": "kind"}]}, "Pay? · 2 fields"),
        (
            {"message": "Which?", "days": ["Mon", "Tue"], "deep": {"a": {"b": 1}}},
            "Which? · days Mon, Tue · 1 deep",
        ),
    ],
)
def test_a_payload_is_told_without_braces(payload: JsonObject, shown: str) -> None:
    assert payload_essence(payload) == shown


async def test_new_items_are_marked_until_they_are_looked_at(console: OpenConsole) -> None:
    there, came = (interrupt({"text_to_revise": f"text {n}"}, n=n) for n in range(2))
    desk = DeskDouble(there)
    async with console(desk) as c:
        assert "•" not in c.text
        desk.items = (there, came)
        desk.publish()
        await until(c.pilot, lambda: "•" in c.text)
        [row] = [line for line in c.text.splitlines() if "•" in line]
        assert "text 1" in row
        assert isinstance(c.app.home, InboxScreen)
        c.app.home.list.select(came)
        await until(c.pilot, lambda: "•" not in c.text)


async def test_an_item_with_a_draft_is_marked(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "a text"}))
    async with console(desk) as c:
        assert "✎" not in c.text
        await c.open()
        await c.press("x", "escape")
        await until(c.pilot, lambda: "✎" in c.text)
