"""Screenshots of the conversation and the state alone, as `test_snapshots.py` compares them."""

import pytest
from textual.widget import Widget

from hitl_engine.model import Change, ChangeKind, JsonValue, ThreadStatus, ThreadView, Watched
from hitl_engine.reading.conversation import Conversations
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from hitl_tui.widgets.state_tree.state_tree import StateTree

from .conftest import card_shown
from .desk_double import interrupt, tool_request
from .test_snapshots import compare

EMAIL: dict[str, JsonValue] = {"to": "ada@example.org", "subject": "Your order", "copies": 2}
CALLS: JsonValue = [
    {"id": "1", "name": "find_order", "args": {"customer": "Ada", "year": 2026}},
    {"id": "2", "name": "look_into_stock", "args": {"item": 7}},
]
MESSAGES: JsonValue = [
    {"type": "system", "content": "You answer customers. Be brief."},
    {"type": "human", "name": "Ada", "content": "Where is my order? I have waited for a week."},
    {"type": "ai", "content": "I look for the order first.", "tool_calls": CALLS},
    {"type": "tool", "tool_call_id": "1", "content": '{"order": 7, "status": "sent"}'},
    {"type": "tool", "tool_call_id": "2", "content": "no such item", "status": "error"},
    {
        "type": "human",
        "content": [
            {"type": "text", "text": "This is what came. Write to me, please."},
            {"type": "image", "base64": "AAAA" * 3000, "mime_type": "image/jpeg"},
        ],
    },
    {
        "type": "ai",
        "content": "The order left our store on Monday. It should arrive within two days.",
        "tool_calls": [{"id": "3", "name": "send_email", "args": EMAIL}],
    },
]
VALUES: JsonValue = {
    "messages": MESSAGES,
    "plan": {"steps": ["look", "write"], "done": False},
    "notes": "She has waited for a week.\nThe order was sent on Monday.",
    "total": 12.5,
}
SIZES = [(40, 12), (80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_conversation_looks_as_it_did(size: tuple[int, int]) -> None:
    view = ConversationView()
    asked = interrupt(tool_request(("send_email", EMAIL, "", ("approve", "reject"))))
    thread = ThreadView("t", "g", ThreadStatus.INTERRUPTED, VALUES, (), (asked,), "c", None)
    async with card_shown(view, size) as (pilot, _):
        view.show(Conversations().of(thread)[0])
        view.focus()
        await pilot.pause()
        compare(name_of("conversation", size), screenshot(view, size))


@pytest.mark.parametrize("size", SIZES)
async def test_a_state_looks_as_it_did(size: tuple[int, int]) -> None:
    tree = StateTree()
    async with card_shown(tree, size) as (pilot, _):
        tree.show(VALUES, [Watched("$.plan.done", ((("plan", "done"), False),))])
        tree.show_changes(
            [
                Change(("plan", "done"), ChangeKind.REPLACED, None, False),
                Change(("messages", 6), ChangeKind.ADDED, after={}),
                Change(("plan", "city"), ChangeKind.REMOVED, before="Rome"),
            ]
        )
        tree.focus()
        await pilot.press("c")
        compare(name_of("state", size), screenshot(tree, size))


def name_of(view: str, size: tuple[int, int]) -> str:
    """Return the name of the file."""
    return f"{view}-{size[0]}x{size[1]}"


def screenshot(widget: Widget, size: tuple[int, int]) -> str:
    """Return the screen as SVG."""
    return widget.app.export_screenshot(title=f"{size[0]}x{size[1]}")
