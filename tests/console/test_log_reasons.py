"""A reason or ticket for the log: its line on the cards, where it is needed, and what is sent."""

from hitl_engine.configuration import LogReasonSettings
from hitl_engine.deciding.log_reasons import LogReasons
from hitl_tui.messages import Decided

from .conftest import OpenConsole, heard, settle, until
from .desk_double import DeskDouble, interrupt, stop, tool_request
from .test_bulk import mark, send

SEND = tool_request(("send_money", {"amount": 5}, "", ("approve", "edit", "reject")))
OTHER = tool_request(("look_up", {"name": "ada"}, "", ("approve", "edit", "reject")))
NEEDED = LogReasons(LogReasonSettings(tools=("send_*",), graphs=("breakpoints",)))


async def test_a_card_needs_a_reason_and_keeps_it_as_a_draft(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(SEND))
    desk.log_reasons = NEEDED
    async with console(desk, (80, 24)) as c:
        await c.open()
        assert "For the log" not in c.text
        await c.press("a")
        assert "A decision on send_money needs a reason or ticket for the log (alt+r)." in c.text
        assert "For the log" in c.text and c.card.is_dim("send")
        await c.armed()
        await c.press("ctrl+s")
        assert not heard(c.said, Decided) and c.card.send_bar.log_reason.line.has_focus
        await c.type("PAY 12")
        assert "needs a reason" not in c.text and not c.card.is_dim("send")
        await c.press("escape", "escape")
        await until(c.pilot, lambda: desk.drafts.kept)
        await c.open()
        assert c.card.log_reason == "PAY 12" and "PAY 12" in c.text
        await c.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        assert desk.log_reasons_given == ["PAY 12"]
        assert desk.sent == [("answer", {"decisions": [{"type": "approve"}]})]


async def test_the_line_takes_no_row_unless_it_is_opened(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(OTHER))
    desk.log_reasons = NEEDED
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.press("a")
        before = c.card.send_bar.size.height
        assert "For the log" not in c.text and not c.card.is_dim("send")
        await c.press("alt+r")
        assert "For the log" in c.text and c.card.send_bar.size.height == before + 1
        await c.press("enter")
        assert "For the log" not in c.text and c.card.send_bar.size.height == before
        await c.press("alt+r")
        await c.type("ask")
        c.card.send_bar.log_reason.line.load("ask \u2028ada")
        await c.press("enter")
        assert "ask \\u{2028}ada" in c.text
        await c.armed()
        await c.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        assert desk.log_reasons_given == ["ask \u2028ada"]


async def test_a_step_needs_a_reason(console: OpenConsole) -> None:
    desk = DeskDouble(stop(n=5))
    desk.log_reasons = NEEDED
    async with console(desk, (80, 24)) as c:
        await c.open()
        assert "A step in the graph breakpoints needs a reason or ticket for the" in c.text
        await c.press("s")
        assert not desk.sent and c.card.send_bar.log_reason.line.has_focus
        await c.type("so it is")
        assert not desk.sent and not c.card.send_bar.blocked
        await c.press("ctrl+s")
        await until(c.pilot, lambda: desk.sent)
        assert desk.log_reasons_given == ["so it is"]


async def test_many_items_get_one_reason(console: OpenConsole) -> None:
    desk = DeskDouble(*(interrupt(each, n=n) for n, each in enumerate((SEND, SEND, OTHER), 1)))
    desk.log_reasons = NEEDED
    async with console(desk, (100, 30)) as c:
        await mark(c, 0, 1, 2)
        await c.press("a")
        assert "2 of 3 need a reason. A decision on send_money needs a reason" in c.text
        await c.armed()
        await c.press("ctrl+s")
        await c.type("a b")
        assert "need a reason" not in c.text
        await c.press("enter")
        await settle(c.pilot)
        await send(c)
        await until(c.pilot, lambda: len(desk.sent) == 3)
        assert desk.log_reasons_given == ["a b"] * 3
        kept = [draft.content["log_reason"] for draft in desk.drafts.kept.values()]
        assert all(each == "a b" for each in kept)
