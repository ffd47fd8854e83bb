"""What led to a question is above it, where the conversation is not beside it."""

import pytest
from rich.cells import cell_len

from hitl_engine.model import JsonValue, Message, Role, ThreadStatus, ThreadView
from hitl_engine.reading.conversation import Conversations
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.state.views import ViewName
from hitl_tui.text.conversation_tail import tail_of, tail_rows
from hitl_tui.widgets.conversation.conversation_tail import ConversationTail
from tests.hidden import hidden_in

from .conftest import Console, OpenConsole, settle
from .desk_double import DeskDouble, interrupt, stop, tool_request
from .hostile import HOSTILE

EMAIL: dict[str, JsonValue] = {"to": "ada@example.org", "subject": "Your order"}
ASKED = tool_request(("send_email", EMAIL, "", ("approve", "reject")))
CALL: JsonValue = {"id": "mail", "name": "send_email", "args": EMAIL}
SAID: list[JsonValue] = [
    {"type": "system", "content": "Be brief."},
    {"type": "human", "content": "Hello"},
    {"type": "human", "content": "Where is my order?\nI have waited for a week."},
    {"type": "ai", "content": "", "tool_calls": [{"id": "o", "name": "find_order", "args": {}}]},
    {"type": "tool", "tool_call_id": "o", "name": "find_order", "content": "sent on Monday"},
]


def tail(values: JsonValue) -> list[tuple[Role, str]]:
    """Return the tail of the conversation of a thread on which `ASKED` waits."""
    asked = (interrupt(ASKED),)
    view = ThreadView("t", "g", ThreadStatus.INTERRUPTED, values, (), asked, "c", None)
    return [(each.role, each.text) for each in tail_of(Conversations().of(view))]


def widget(c: Console) -> ConversationTail:
    """Return the tail on the screen."""
    return c.app.screen.query_one(ConversationTail)


def shown(c: Console) -> bool:
    """Return whether it takes space on the screen."""
    return bool(widget(c).size.height)


def test_the_last_words_of_both_sides_in_their_order() -> None:
    person = (Role.HUMAN, "Where is my order?\nI have waited for a week.")
    silent: JsonValue = {"type": "ai", "content": "", "tool_calls": [CALL]}
    speaking: JsonValue = {"type": "ai", "content": "I write to her.", "tool_calls": [CALL]}
    assert tail({"messages": [*SAID, silent]}) == [person, (Role.TOOL, "sent on Monday")]
    assert tail({"messages": [*SAID, speaking]}) == [person, (Role.AI, "I write to her.")]
    greeting: list[JsonValue] = [{"type": "ai", "content": "Ask me."}, *SAID[1:2]]
    assert tail({"messages": greeting}) == [(Role.AI, "Ask me."), (Role.HUMAN, "Hello")]
    assert tail({"messages": SAID[:1]}) == []
    assert tail({"text": "no messages"}) == []


def test_of_several_conversations_the_one_that_is_asked_about() -> None:
    other: list[JsonValue] = [{"type": "ai", "content": "I write.", "tool_calls": [CALL]}]
    assert tail({"messages": SAID, "writer": other}) == [(Role.AI, "I write.")]


@pytest.mark.parametrize("text", [text for text in HOSTILE if isinstance(text, str)])
@pytest.mark.parametrize("rows_each", [1, 2])
def test_rows_fit_the_width_and_show_every_hidden_character(text: str, rows_each: int) -> None:
    messages = [Message(Role.HUMAN, text), Message(Role.OTHER, "word " * 500, name=text)]
    for width in (1, 24, 80):
        rows = tail_rows(messages, width, rows_each)
        assert len(rows) <= 2 * rows_each
        lines = ["".join(part for part, _ in row.texts) for row in rows]
        assert not hidden_in("".join(lines))
        assert width == 1 or all(cell_len(line) <= width for line in lines)


async def test_it_is_above_a_question_on_a_narrow_screen(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(ASKED))
    desk.values = {"messages": SAID}
    async with console(desk, (80, 24)) as c:
        await c.open()
        assert "person  Where is my order? I have waited for a week." in c.text
        assert "tool    sent on Monday" in c.text
        assert widget(c).size.height == 2
        await c.pilot.click(ConversationTail)
        await settle(c.pilot)
        assert isinstance(c.app.screen, ThreadScreen)
        assert c.app.screen.workspace.displayed == (ViewName.CONVERSATION,)


async def test_the_conversation_beside_a_question_replaces_it(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(ASKED))
    desk.values = {"messages": SAID}
    async with console(desk, (120, 40)) as c:
        await c.open()
        assert "Where is my order?" in c.text and not shown(c)
        await c.press("alt+3", "alt+1")
        assert shown(c), "the state is beside the question"


async def test_it_leaves_the_space_of_a_low_screen_to_the_question(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt(ASKED))
    desk.values = {"messages": SAID}
    async with console(desk, (80, 17)) as c:
        await c.open()
        assert not shown(c)


@pytest.mark.parametrize("kind", ["several", "breakpoint"])
async def test_it_is_above_every_kind_of_card(console: OpenConsole, kind: str) -> None:
    several = (interrupt(ASKED, n=1, thread="t"), interrupt(ASKED, n=2, thread="t"))
    desk = DeskDouble(*(several if kind == "several" else (stop(),)))
    desk.values = {"messages": SAID}
    async with console(desk, (80, 24)) as c:
        await c.open()
        assert shown(c)


async def test_a_thread_without_messages_has_none(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt(ASKED)), (80, 24)) as c:
        await c.open()
        assert not shown(c)
