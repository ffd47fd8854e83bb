"""Flagged and snoozed items in the inbox: nothing is hidden without being counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hitl_engine.model import id_of
from hitl_tui.app import ConsoleApp
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.state.outbox import Outbox, SendingStatus
from hitl_tui.state.snooze_time import SnoozeTime

from .conftest import OpenConsole, screen_text, until
from .desk_double import DeskDouble, interrupt

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def test_a_snooze_ends_at_its_time() -> None:
    assert SnoozeTime.MINUTES.end(NOW) == NOW + timedelta(minutes=10)
    assert SnoozeTime.HOUR.end(NOW) == NOW + timedelta(hours=1)
    assert SnoozeTime.CHANGE.end(NOW) is None
    morning = SnoozeTime.TOMORROW.end(NOW)
    assert morning is not None
    here = NOW.astimezone()
    assert (morning.astimezone().date() - here.date()).days == 1
    assert (morning.astimezone().hour, morning.astimezone().minute) == (8, 0)
    assert morning.astimezone(ZoneInfo("UTC")) > NOW


async def test_an_item_is_flagged_by_key_and_found_by_its_flag(console: OpenConsole) -> None:
    one, two = interrupt("one"), interrupt("two", n=2, minutes=3)
    async with console(DeskDouble(one, two)) as c:
        await c.press("s")
        await until(c.pilot, lambda: "▸ ★ ¶ text" in c.text)
        await c.press("slash", *"is:fl", "enter")
        await until(c.pilot, lambda: "1 of 2 waiting" in c.text)
        await c.press("s")  # it no longer fits
        await until(c.pilot, lambda: "0 of 2 waiting" in c.text)
        await c.press("escape")
        await until(c.pilot, lambda: "2 waiting" in c.text and "★" not in c.text)


async def test_a_snoozed_item_is_hidden_counted_and_comes_back(console: OpenConsole) -> None:
    one, two = interrupt("one"), interrupt("two", n=2, minutes=3)
    desk = DeskDouble(one, two)
    async with console(desk) as c:
        assert isinstance(c.app.home, InboxScreen)
        listed = c.app.home.list
        await c.press("z", "down", "enter")  # for an hour
        await until(c.pilot, lambda: "1 waiting  ·  1 snoozed" in c.text)
        assert listed.item == two and "one" not in c.text
        await c.press("z", "end", "enter")  # until it changes
        await until(c.pilot, lambda: "all items are snoozed" in c.text)
        desk.items = (one, replace(two, payload="changed"))
        desk.publish()
        await until(c.pilot, lambda: "1 waiting  ·  1 snoozed" in c.text and "changed" in c.text)
        await c.press("slash", *"is:snoozed", "enter")
        await until(c.pilot, lambda: "(until " in c.text and "one" in c.text)
        await c.press("z", "home", "enter")  # no longer
        await until(c.pilot, lambda: "0 of 2 waiting" in c.text)
        await c.press("escape")
        await until(c.pilot, lambda: len(listed.listed) == 2)
        await desk.item_notes.snooze(one, datetime.now(UTC) + timedelta(seconds=1))
        c.app.home.read_notes()
        await until(c.pilot, lambda: "1 snoozed  ·" in c.text)
        await until(c.pilot, lambda: "1 snoozed item is back" in c.text)
        assert any("•" in line and "one" in line for line in c.text.splitlines())


def test_what_is_left_does_not_count_snoozed_items() -> None:
    one, two, three = items = tuple(interrupt(f"item {n}", n=n) for n in range(3))
    outbox = Outbox()
    outbox.snoozed = (three,)
    assert outbox.left_of(items) == 2
    sending = outbox.add("approve", (one,), grace=3)
    assert outbox.left_of(items) == 1
    outbox.snoozed = (one, three)  # put off while it is being sent
    assert outbox.left_of(items) == 1
    outbox.set_status(sending, SendingStatus.REFUSED)
    assert outbox.left_of(items) == 1 and outbox.left_of((one, two)) == 1


async def test_marked_items_are_snoozed_together_and_unmarked(console: OpenConsole) -> None:
    desk = DeskDouble(*(interrupt(f"item {n}", n=n, minutes=n) for n in range(1, 4)))
    async with console(desk) as c:
        await c.press("space", "space", "z")
        await until(c.pilot, lambda: "Snooze 2 marked items" in c.text)
        await c.press("enter")
        await until(c.pilot, lambda: "1 waiting  ·  2 snoozed" in c.text)
        assert "marked" not in c.text and set(desk.item_notes.kept) == set(
            map(id_of, desk.items[:2])
        )


async def test_a_note_is_kept_for_the_target_of_its_item() -> None:
    """Copies of a server have the same thread ids."""
    asked, desks = interrupt("one"), {}
    for name in ("ada", "bob"):
        desks[name] = DeskDouble(replace(asked, target=name))
        desks[name].server = replace(desks[name].server, name=name)
    openers: Any = {name: desk.open for name, desk in desks.items()}
    app = ConsoleApp(openers)
    async with app.run_test(size=(100, 20)) as pilot:
        await until(pilot, lambda: "2 waiting" in screen_text(app))
        await pilot.press("s")
        await until(pilot, lambda: screen_text(app).count("★") == 1)
        [flagged] = [name for name, desk in desks.items() if desk.item_notes.kept]
        assert isinstance(app.screen, InboxScreen)
        assert app.screen.list.item is not None and app.screen.list.item.target == flagged
