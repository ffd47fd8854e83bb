"""The view of a conversation: opened at its end, quick at any length, nothing hidden or run."""

import asyncio

import pytest

from hitl_engine.model import Conversation, Interrupt, JsonValue, Progress, ThreadStatus, ThreadView
from hitl_engine.reading.conversation import Conversations
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from tests.hidden import hidden_in

from .conftest import OpenConsole, card_shown, screen_text, until
from .desk_double import DeskDouble, interrupt, tool_request
from .hostile import HOSTILE

EMAIL: dict[str, JsonValue] = {"to": "ada@example.org", "subject": "Your order"}
ASKED = tool_request(("send_email", EMAIL, "", ("approve", "reject")))


def said(turns: int) -> list[JsonValue]:
    """Return questions and answers, and at the end a call that is asked about."""
    messages: list[JsonValue] = []
    for number in range(turns):
        messages += [
            {"type": "human", "content": f"question {number}", "name": "Ada"},
            {
                "type": "ai",
                "content": "I look.",
                "tool_calls": [{"id": f"c{number}", "name": "look", "args": {"at": number}}],
            },
            {"type": "tool", "tool_call_id": f"c{number}", "content": f"found {number}"},
            {"type": "ai", "content": f"answer {number}", "id": f"id-{number}"},
        ]
    call: JsonValue = {"id": "mail", "name": "send_email", "args": EMAIL}
    return [*messages, {"type": "ai", "content": "", "tool_calls": [call]}]


def conversation(messages: list[JsonValue], *asked: Interrupt) -> Conversation:
    """Return the conversation of these messages."""
    status = ThreadStatus.INTERRUPTED
    view = ThreadView("t", "g", status, {"messages": messages}, (), asked, "c", None)
    return Conversations().of(view)[0]


async def test_it_opens_at_its_end_and_marks_the_call_that_is_asked_about() -> None:
    view = ConversationView()
    async with card_shown(view) as (pilot, _):
        view.show(conversation(said(100), interrupt(ASKED)))
        await pilot.pause()
        text = screen_text(pilot.app)
        assert '? send_email(to="ada@example.org", subject="Your order")' in text
        assert "answer 99" in text and "└ found 99" in text
        assert "question 5\n" not in text


async def test_keys_walk_through_messages_and_calls_to_the_first() -> None:
    view = ConversationView()
    async with card_shown(view) as (pilot, _):
        view.show(conversation(said(3)))
        view.focus()
        await pilot.press(*["k"] * 15)
        assert view.top == (0, 0)
        assert "question 0" in screen_text(pilot.app)
        await pilot.press(*["j"] * 15)
        assert "send_email" in screen_text(pilot.app)
        await pilot.press("g", "enter")
        assert "question 0" in screen_text(pilot.app)
        await pilot.press("G")
        assert "send_email" in screen_text(pilot.app)


async def test_a_call_is_unfolded_and_copied() -> None:
    view = ConversationView()
    async with card_shown(view) as (pilot, _):
        view.show(conversation(said(1), interrupt(ASKED)))
        view.focus()
        await pilot.press("enter")
        assert '"to": "ada@example.org",' in screen_text(pilot.app)
        await pilot.press("y")
        assert pilot.app.clipboard.startswith('{\n  "name": "send_email",')
        await pilot.press("k", "k", "y")
        assert pilot.app.clipboard == "answer 0"


async def test_ids_are_shown_on_a_key() -> None:
    view = ConversationView()
    async with card_shown(view) as (pilot, _):
        view.show(conversation(said(1)))
        view.focus()
        assert "id-0" not in screen_text(pilot.app)
        await pilot.press("i")
        assert "id-0" in screen_text(pilot.app)


async def test_only_what_is_seen_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of messages cost no more than those on the screen."""
    laid_out: set[int] = set()
    lay_out = ConversationView.lay_out

    def counted(view: ConversationView, block: int, width: int) -> object:
        laid_out.add(block)
        return lay_out(view, block, width)

    monkeypatch.setattr(ConversationView, "lay_out", counted)
    view = ConversationView()
    async with card_shown(view) as (pilot, _):
        view.show(conversation(said(500)))
        view.focus()
        await pilot.press("k", "k", "pageup")
        assert len(laid_out) < 40
        await pilot.press("home")
        assert "question 0" in screen_text(pilot.app)
        assert len(laid_out) < 60


async def test_the_view_stays_where_it_is_when_messages_come() -> None:
    view = ConversationView()
    async with card_shown(view) as (pilot, _):
        messages = said(20)
        view.show(conversation(messages))
        view.focus()
        await pilot.press("home")
        view.show(conversation([*messages, {"type": "human", "content": "and one more"}]))
        await pilot.pause()
        assert "question 0" in screen_text(pilot.app)
        await pilot.press("end")
        view.show(conversation([*messages, *messages]))
        await pilot.pause()
        assert "send_email" in screen_text(pilot.app)


@pytest.mark.usefixtures("without_net")
async def test_hostile_text_is_visible() -> None:
    """In every part of a message, short and whole."""
    texts = [str(text) for text in HOSTILE]
    text = " ".join(texts)
    call: JsonValue = {"id": text, "name": text, "args": {each: each for each in texts}}
    content: JsonValue = [
        {"type": "text", "text": "\n".join(texts)},
        {"type": "file", "filename": text},
        {"type": "thinking", "thinking": text},
    ]
    fields: dict[str, JsonValue] = {"type": "ai", "content": content, "name": text, "id": text}
    metadata: JsonValue = {each: each for each in texts}
    view = ConversationView()
    async with card_shown(view, (80, 400)) as (pilot, _):
        view.show(
            conversation(
                [
                    {**fields, "tool_calls": [call], "response_metadata": metadata},
                    {"type": "tool", "tool_call_id": text, "content": text},
                    {"type": "ai", "content": ""},
                ]
            )
        )
        view.focus()
        for key in ("home", "i", "enter", "j", "enter"):
            await pilot.press(key)
            shown = screen_text(pilot.app)
            assert not hidden_in(shown)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_tokens_appear_while_a_run_is_followed(
    console: OpenConsole, size: tuple[int, int]
) -> None:
    """They are in the conversation before the run has ended, also if it comes into view later."""
    desk = DeskDouble(interrupt({"text_to_revise": "x"}))
    desk.values = {"messages": said(2)}
    desk.hold = asyncio.Event()
    desk.progress = tuple(
        Progress("", "token", "speak", {"id": "new", "text": word})
        for word in ("It ", "is ", "sent.")
    )
    async with console(desk, size) as c:
        await c.open()
        assert "answer 1" in c.text
        await c.pilot.press("ctrl+s")
        await c.pilot.press("alt+2")
        await until(c.pilot, lambda: "It is sent." in c.text)
        desk.hold.set()


async def test_the_view_says_that_there_are_no_messages(console: OpenConsole) -> None:
    async with console(DeskDouble(interrupt({"text_to_revise": "x"})), (80, 24)) as c:
        await c.open()
        await c.press("alt+2")
        assert "holds no messages" in c.text


async def test_the_messages_of_another_key(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "x"}))
    desk.values = {"messages": said(1), "plan": [{"role": "user", "content": "Plan it"}]}
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.press("alt+2")
        assert "messages (1 of 2)" in c.text and "Plan it" not in c.text
        await c.press("m")
        assert "plan (2 of 2)" in c.text and "Plan it" in c.text


async def test_messages_are_searched(console: OpenConsole) -> None:
    desk = DeskDouble(interrupt({"text_to_revise": "x"}))
    desk.values = {"messages": said(50)}
    async with console(desk, (80, 24)) as c:
        await c.open()
        await c.press("alt+2", "slash", *"answer", "space", *"7", "enter")
        assert "answer 7" in c.text and "answer 49" not in c.text
        await c.press("slash", *"nowhere")
        assert "No message contains it." in c.text
