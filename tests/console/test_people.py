"""Who else is on an item, in the row and on the card; claiming it; and sending what others have."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hitl_engine.model import Breakpoint, Claim, JsonObject, OpenConsole, Person, Presence, Waiting
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.text.presence_words import card_words, presence_document, row_words
from tests.console.conftest import OpenConsole as OpenConsoleApp
from tests.console.conftest import until
from tests.console.desk_double import DeskDouble, interrupt, stop

TEXT: JsonObject = {"text_to_revise": "original text"}
NOON = datetime.now(UTC).replace(hour=12, minute=0)
AT = f"{NOON.astimezone():%H:%M}"
ME = Person("me", "server")


def on(*names: str, role: str = "") -> tuple[OpenConsole, ...]:
    return tuple(
        OpenConsole(str(n), Person(name, "server"), NOON, role) for n, name in enumerate(names)
    )


def claimed(name: str, *, is_mine: bool = False) -> Presence:
    later = NOON + timedelta(minutes=30)
    return Presence((), Claim("1", Person(name, "server"), NOON, later), is_mine)


@pytest.mark.parametrize(
    ("presence", "row", "card"),
    [
        (Presence(), "", ""),
        (Presence(on("ada")), "ada is on it", f"ada is on this since {AT}"),
        (
            Presence(on("ada", role="viewer")),
            "ada is on it",
            f"ada (viewer) is on this since {AT}",
        ),
        (
            Presence(on("ada", "ada", "bob")),
            "ada and bob are on it",
            f"ada is on this since {AT}; bob is on this since {AT}",
        ),
        (
            Presence(on("me")),
            "you are on it elsewhere",
            f"you are on this in another console since {AT}",
        ),
        (
            Presence(on(*"abcde")),
            "a and 4 others are on it",
            "; ".join(f"{name} is on this since {AT}" for name in "abc") + "; so are 2 others",
        ),
        (claimed("a[/]\x1bda"), "a[/]\\u{1B}da has it", "a[/]\\u{1B}da has this since " + AT),
        (
            replace(claimed("ada"), consoles=on("ada", "bob")),
            "ada has it",
            f"ada has this since {AT}; bob is on this since {AT}",
        ),
        (
            claimed("me", is_mine=True),
            "you have it",
            f"you have this until {NOON.astimezone() + timedelta(minutes=30):%H:%M}, which others see",
        ),
    ],
)
def test_words(presence: Presence, row: str, card: str) -> None:
    assert (row_words(presence, ME), card_words(presence, ME)) == (row, card)
    assert (presence_document(presence) is None) is (presence == Presence())


def shown_on(desk: DeskDouble, item: Waiting, presence: Presence) -> None:
    """Let the desk tell who is on an item."""
    desk.people.on[item.thread_id] = presence
    desk.publish()


async def test_the_row_and_the_card_name_others(console: OpenConsoleApp) -> None:
    item = interrupt(TEXT)
    desk = DeskDouble(item)
    async with console(desk) as c:
        await until(c.pilot, lambda: "original text" in c.text)
        shown_on(desk, item, Presence(on("ada")))
        await until(c.pilot, lambda: "(ada is on it)" in c.text)
        await c.press("slash")
        await c.type("on:bob")
        assert "Nothing matches" in c.text
        await c.press("escape", "escape")
        await c.open()
        assert f"Note: ada is on this since {AT}." in c.text
        assert desk.people.opened == [item.thread_id]
        shown_on(desk, item, claimed("ada"))
        await until(c.pilot, lambda: f"Careful: ada has this since {AT}." in c.text)
        await c.press("escape")
        assert not desk.people.opened
        assert "(ada has it)" in c.text


async def test_what_somebody_else_has_is_sent_only_after_a_question(
    console: OpenConsoleApp,
) -> None:
    item = interrupt(TEXT)
    desk = DeskDouble(item)
    desk.people.on[item.thread_id] = claimed("ada")
    async with console(desk) as c:
        await c.open()
        await c.press("ctrl+s")
        assert isinstance(c.app.screen, ConfirmModal)
        assert "! ada has this." in c.text
        await c.press("escape")
        assert not desk.sent


async def test_a_step_past_a_claimed_breakpoint_is_asked_about(console: OpenConsoleApp) -> None:
    item = stop()
    assert isinstance(item, Breakpoint)
    desk = DeskDouble(item)
    desk.people.on[item.thread_id] = claimed("ada")
    async with console(desk) as c:
        await c.open()
        await c.press("s")
        assert isinstance(c.app.screen, ConfirmModal)
        assert "! ada has this." in c.text


async def test_an_item_is_claimed_and_given_back(console: OpenConsoleApp) -> None:
    item = interrupt(TEXT)
    desk = DeskDouble(item)
    async with console(desk) as c:
        await until(c.pilot, lambda: "original text" in c.text)
        await c.press("c")
        assert not desk.people.on  # this server passes nothing on
        desk.people.are_told = True
        desk.publish()
        await c.press("c")
        assert desk.people.of(item.thread_id).is_mine
        desk.publish()
        await until(c.pilot, lambda: "(you have it)" in c.text)
        await c.press("slash")
        await c.type("is:mine")
        assert "original text" in c.text
        await c.press("escape")
        await c.press("c")
        assert not desk.people.on
        desk.people.on[item.thread_id] = claimed("ada")
        await c.open()
        await c.press("f11")
        assert "Take this over from ada?" in c.text
        await c.press("escape")
        assert not desk.people.of(item.thread_id).is_mine
        await c.press("f11")
        await c.press("ctrl+s")
        assert desk.people.of(item.thread_id).is_mine
