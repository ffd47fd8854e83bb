"""The keys at the bottom of the screen: the most important ones always fit."""

import pytest

from hitl_engine.model import JsonObject
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.widgets.key_footer import KeyFooter

from .conftest import Console, OpenConsole, until
from .desk_double import DeskDouble, ToolCall, interrupt, tool_request

FORM: JsonObject = {
    "formType": "x",
    "fields": [{"name": "amount", "label": "Amount", "type": "text", "required": True}],
}
SEND: ToolCall = ("send", {"to": "bob"}, "", ("approve", "reject"))
CALLS = tool_request(SEND, SEND)


def keys(c: Console) -> str:
    return c.text.splitlines()[-1].rstrip()


@pytest.mark.parametrize(
    "size", [(40, 12), pytest.param((80, 24), marks=pytest.mark.hardening), (180, 30)]
)
@pytest.mark.parametrize("payload", [FORM, CALLS, {"text_to_revise": "a"}], ids=["f", "t", "r"])
async def test_the_keys_to_send_to_leave_and_for_help_are_always_shown(
    console: OpenConsole, payload: JsonObject, size: tuple[int, int]
) -> None:
    async with console(DeskDouble(interrupt(payload)), size) as c:
        await c.open()
        await until(c.pilot, lambda: "^s Send" in keys(c))
        line = keys(c)
        assert "^s Send" in line and "esc Back" in line and line.endswith(" Help")
        if size[0] != 80:
            assert ("^r Reload" in line) is (size[0] == 180)


async def test_help_has_another_key_where_question_marks_are_typed(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt({"text_to_revise": "a"}))) as c:
        assert keys(c).endswith("? Help")
        await c.open()
        assert keys(c).endswith("f1 Help")
        await c.press("f1")
        assert c.app.screen.query("HelpPanel") and "esc Close help" in keys(c)
        await c.press("escape")
        assert not c.app.screen.query("HelpPanel") and "esc Back" in keys(c)
        await c.press("escape")
        assert isinstance(c.app.screen, InboxScreen)


async def test_the_key_to_send_is_dim_while_nothing_can_be_sent(console: OpenConsole) -> None:
    """It still tells why."""

    def is_dim(c: Console) -> bool:
        strip = c.app.screen.query_one(KeyFooter).render_line(0)
        (style,) = (each.style for each in strip if each.text.strip() == "Send" and each.style)
        return bool(style.dim)

    async with console(DeskDouble(interrupt(CALLS))) as c:
        await c.open()
        assert is_dim(c)
        await c.press("ctrl+s")
        assert c.card.send_bar.has_class("-emphasized")
        await c.press("r", "escape")
        assert is_dim(c)
        await c.press("n", "r", "escape")
        await c.armed()
        assert not is_dim(c)


async def test_a_click_does_what_the_key_does(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt({"text_to_revise": "a"}))) as c:
        await c.open()
        await c.pilot.click(KeyFooter, offset=(keys(c).index("esc Back") + 5, 0))
        assert isinstance(c.app.screen, InboxScreen)
