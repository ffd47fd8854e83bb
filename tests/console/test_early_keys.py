"""A keyboard that is faster than a card: text is kept, decisions are refused, nothing is replayed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from textual import events

from hitl_engine.model import Graph, InputForm, ThreadView
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.widgets.cards.guard import Guard
from hitl_tui.widgets.cards.text_part import TextPart
from hitl_tui.widgets.inbox_list import InboxList

from .conftest import Console, OpenConsole, settle, until
from .desk_double import DeskDouble, interrupt, tool_request

ALL = ("approve", "edit", "reject", "respond")
REQUEST = tool_request(("send", {"to": "ada"}, "", ALL))


def burst(c: Console, *keys: str) -> None:
    """Put keys into the queue of the app, all before the first is handled, as a fast keyboard does."""
    for key in keys:
        character = " " if key == "space" else key if len(key) == 1 else None
        c.app.post_message(events.Key(key, character))


class SlowDesk(DeskDouble):
    """Reads a thread only when it is told to."""

    def __init__(self, *items: object) -> None:
        super().__init__(*items)  # type: ignore[arg-type]  # items
        self.answer = asyncio.Event()

    async def thread(self, thread_id: str) -> ThreadView:
        await self.answer.wait()
        return await super().thread(thread_id)


def ignored(c: Console) -> str:
    """What is shown about ignored keys, on one line."""
    words = " ".join(c.text.split())
    return words[words.index("Ignored: ") :] if "Ignored: " in words else ""


async def opening(c: Console, desk: SlowDesk, *keys: str) -> None:
    """Open the first item and press keys while it loads; then let it load."""
    await c.pilot.press("enter")
    await until(c.pilot, lambda: isinstance(c.app.screen, ThreadScreen))
    await c.pilot.press(*keys)
    desk.answer.set()
    await settle(c.pilot)
    await c.armed()


async def test_text_typed_while_a_field_loads_is_kept(console: OpenConsole) -> None:
    desk = SlowDesk(interrupt("Name?"))
    async with console(desk) as c:
        await opening(c, desk, *"abx", "backspace", *"c", "enter", "d")
        part = c.part
        assert isinstance(part, TextPart)
        assert part.text.text == "abc\nd"
        await c.press("!")
        assert part.text.text == "abc\nd!"
        assert not ignored(c)


async def test_a_paste_while_a_field_loads_is_kept(console: OpenConsole) -> None:
    desk = SlowDesk(interrupt("Name?"))
    async with console(desk) as c:
        await c.pilot.press("enter")
        await until(c.pilot, lambda: isinstance(c.app.screen, ThreadScreen))
        c.app.post_message(events.Paste("pasted\ntext "))
        await c.pilot.pause()
        desk.answer.set()
        await settle(c.pilot)
        await c.armed()
        part = c.part
        assert isinstance(part, TextPart) and part.text.text == "pasted\ntext "


async def test_a_burst_from_the_inbox_reaches_the_field_in_order(console: OpenConsole) -> None:
    """Letters are keys of the inbox: none may mark, filter or start anything there."""
    words = "none of these letters may be a key of the inbox "
    async with console(DeskDouble(interrupt("Name?"), interrupt("B", n=2, minutes=9))) as c:
        burst(c, "enter", *("space" if each == " " else each for each in words))
        await until(c.pilot, lambda: isinstance(c.app.screen, ThreadScreen))
        await settle(c.pilot)
        await c.armed()
        part = c.part
        assert isinstance(part, TextPart) and part.text.text == f"{words}"
        assert not c.app.home.marks  # type: ignore[attr-defined]  # the inbox is home


async def test_decisions_while_a_card_loads_are_refused_visibly(console: OpenConsole) -> None:
    desk = SlowDesk(interrupt(REQUEST))
    async with console(desk) as c:
        await opening(c, desk, "a", "ctrl+s")
        assert ignored(c).startswith("Ignored: a, ctrl+s were pressed before this was on screen")
        assert "● a Approve" not in c.text
        await c.press("ctrl+s")
        assert desk.sent == []
        await c.press("a")
        await c.armed()
        await c.press("ctrl+s")
        assert len(desk.sent) == 1


async def test_text_after_a_decision_key_is_not_kept(console: OpenConsole) -> None:
    desk = SlowDesk(interrupt("Name?"))
    async with console(desk) as c:
        await opening(c, desk, "x", "ctrl+s", "y")
        part = c.part
        assert isinstance(part, TextPart) and part.text.text == "x"
        assert ignored(c).startswith("Ignored: ctrl+s, y were") and desk.sent == []


async def test_a_decision_key_within_the_time_of_the_guard_is_refused_visibly(
    console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = DeskDouble(interrupt(REQUEST))
    monkeypatch.setattr(Guard, "SECONDS", 60)
    async with console(desk) as c:
        await c.press("enter")
        await until(c.pilot, lambda: c.app.screen.focused is not None)
        await c.press("a")
        assert ignored(c).startswith("Ignored: a was pressed before")
        monkeypatch.setattr(Guard, "SECONDS", 0.01)
        c.card.guard.restart()
        await c.armed()
        monkeypatch.setattr(Guard, "SECONDS", 60)
        await c.press("a")
        await c.press("ctrl+s")  # the verdict was not in view for long enough
        assert ignored(c).startswith("Ignored: ctrl+s was") or len(desk.sent) == 1


async def test_keys_of_one_card_do_not_decide_on_the_next(console: OpenConsole) -> None:
    thread = "0000abcd-7a2b-4c11-9d55-0123456789ab"
    items = [interrupt(REQUEST, n=n, thread=thread, task_id=f"task-{n}") for n in (1, 2, 3)]
    desk = DeskDouble(*items)
    async with console(desk) as c:
        await c.open()
        await c.press("a")
        await c.armed()
        burst(c, "ctrl+s", "a", "ctrl+s", "a", "ctrl+s")
        await until(c.pilot, lambda: "✓ 3/3" in c.text)
        await settle(c.pilot)
        await c.armed()
        assert "· 2/3" in c.text and ignored(c).startswith("Ignored: a, ctrl+s, a, ctrl+s")
        assert not isinstance(c.app.screen, ConfirmModal) and desk.sent == []


async def test_keys_that_follow_a_sent_answer_do_not_decide_on_the_next_question(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt(REQUEST))
    desk.script = [interrupt(REQUEST, n=1, node="next_node")]
    async with console(desk) as c:
        await c.open()
        await c.press("a")
        await c.armed()
        burst(c, "ctrl+s", "a", "ctrl+s")
        await until(c.pilot, lambda: "next_node" in c.text)
        await settle(c.pilot)
        await c.armed()
        assert len(desk.sent) == 1 and "● a Approve" not in c.text
        assert ignored(c).startswith("Ignored: a, ctrl+s")


async def test_escape_leaves_while_a_card_loads_and_drops_what_was_typed(
    console: OpenConsole,
) -> None:
    desk = SlowDesk(interrupt("Name?"))
    async with console(desk) as c:
        await c.pilot.press("enter")
        await until(c.pilot, lambda: isinstance(c.app.screen, ThreadScreen))
        await c.pilot.press(*"space", "escape")
        await until(c.pilot, lambda: isinstance(c.app.screen, InboxScreen))
        await c.press("space")
        assert "1 marked" in c.text  # keys work again


async def test_keys_after_the_key_of_a_form_are_refused_and_start_nothing(
    console: OpenConsole,
) -> None:
    desk = DeskDouble()
    async with console(desk) as c:
        burst(c, "n", "ctrl+s", "x")
        await until(c.pilot, lambda: "Some text" in c.text)
        await until(c.pilot, lambda: ignored(c))
        assert desk.sent == []


async def test_text_typed_while_the_form_of_a_run_loads_is_kept(console: OpenConsole) -> None:
    desk = DeskDouble()
    asked, answer = desk.input_forms, asyncio.Event()

    async def slow(graph: Graph) -> AsyncIterator[InputForm]:
        await answer.wait()
        async for form in asked(graph):
            yield form

    desk.input_forms = slow  # type: ignore[method-assign]  # a slow server
    async with console(desk) as c:
        await c.pilot.press("n")
        await until(c.pilot, lambda: "Reading the input" in c.text)
        await c.pilot.press("enter", *"Hello")
        answer.set()
        await until(c.pilot, lambda: '"some_text": "Hello"' in c.text)


async def test_text_typed_with_the_key_that_opens_its_field_is_kept(console: OpenConsole) -> None:
    """The letters of the reason are keys of the card too: `n` shows the next call, `a` approves."""
    calls = tool_request(*[("send", {}, "", ALL)] * 2)
    async with console(DeskDouble(interrupt(calls))) as c:
        await c.open()
        burst(c, "r", *"na")
        await c.pilot.pause(0.5)
        await c.press("!")
        assert "▸ 1/2" in c.text and "na!" in c.text


async def test_a_reason_for_marked_items_is_kept_from_its_first_letter(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt(REQUEST), interrupt(REQUEST, n=2, minutes=9))
    async with console(desk) as c:
        await c.press("asterisk", "m")
        await c.armed()
        burst(c, "r", *"atp")
        await c.pilot.pause(0.5)
        await c.press("!")
        assert '"message": "atp!"' in c.text


async def test_a_filter_typed_with_its_key_is_kept(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt("alpha"), interrupt("beta", n=2, minutes=9))
    async with console(desk) as c:
        burst(c, "slash", *"bet")
        await until(c.pilot, lambda: "1 of 2 waiting" in c.text)
        await c.press("a")
        assert "beta" in c.text and "alpha" not in c.text


async def test_enter_after_a_filter_goes_to_the_list_and_what_follows_is_refused(
    console: OpenConsole,
) -> None:
    desk = DeskDouble(interrupt("alpha"), interrupt("beta", n=2, minutes=9))
    async with console(desk) as c:
        burst(c, "slash", *"bet", "enter")
        await until(c.pilot, lambda: "1 of 2 waiting" in c.text)
        await until(c.pilot, lambda: isinstance(c.app.focused, InboxList))
        assert not ignored(c)
        burst(c, "slash", *"alp", "enter", "enter", "space")
        await until(c.pilot, lambda: "Ignored: enter, space were pressed" in ignored(c))
        assert isinstance(c.app.screen, InboxScreen) and "alpha" in c.text
