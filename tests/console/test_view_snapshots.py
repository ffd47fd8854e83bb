"""Screenshots of the views and lists alone, as `test_snapshots.py` compares them."""

import pytest
from textual.widget import Widget

from hitl_engine.model import (
    Assistant,
    Change,
    ChangeKind,
    Checkpoint,
    JsonValue,
    StoreItem,
    ThreadStatus,
    ThreadView,
    Watched,
)
from hitl_engine.reading.conversation import Conversations
from hitl_tui.state.checkpoint_list import CheckpointList
from hitl_tui.text.assistant_rows import ASSISTANT_COLUMNS
from hitl_tui.text.store_rows import item_columns
from hitl_tui.widgets.conversation.conversation_view import ConversationView
from hitl_tui.widgets.history.timeline import Timeline
from hitl_tui.widgets.state_tree.state_tree import StateTree
from hitl_tui.widgets.table_list import TableList

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
HISTORY = (
    Checkpoint(
        "g", "f", 3, "loop", ("polish",), ("publish",), None, 'text: "Mine"', asked=("publish",)
    ),
    Checkpoint("f", "b", 2, "update", (), ("polish",), None, 'text: "mine"'),
    Checkpoint("e", "d", 3, "loop", ("polish",) * 3, (), None, 'polish: {"text": "A thought"}'),
    Checkpoint("d", "b", 2, "fork", (), ("polish",), None, "", failed="polish: ValueError: no"),
    Checkpoint("c", "b", 2, "loop", ("polish",), ("publish",), None, 'text: "A \x1b[31mthought"'),
    Checkpoint("b", "a", 1, "loop", ("draft",), ("polish",), None, 'text: "a thought"', who="Ada"),
    Checkpoint("a", "", -1, "input", (), ("__start__",), None, 'text: "a thought"'),
)
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


@pytest.mark.parametrize("size", SIZES)
async def test_a_history_looks_as_it_did(size: tuple[int, int]) -> None:
    checkpoints = CheckpointList()
    checkpoints.replace(HISTORY, is_complete=True)
    timeline = Timeline(checkpoints)
    async with card_shown(timeline, size) as (pilot, _):
        timeline.show(0)
        timeline.focus()
        await pilot.press("down", "space", "down")
        compare(name_of("history", size), screenshot(timeline, size))


ASSISTANTS = [
    Assistant(
        "1", "email", "bold writer with a rather long name", None, 3, context={"tone": "bold"}
    ),
    Assistant("2", "email", "email", "Writes e-mails.", 1),
    Assistant("3", "refunds", "re\x1bfunds", None, None, config={"recursion_limit": 50}),
]
ITEMS = [
    StoreItem(("memories", "ada"), "likes", {"text": "Tea, and no milk.", "score": 0.5}),
    StoreItem(("memories", "ben", "old"), "a key\u202e", {"text": "x" * 200}),
    StoreItem(("memories", "ada"), "empty", {}),
]


@pytest.mark.parametrize("size", SIZES)
async def test_lists_of_assistants_and_items_look_as_they_did(size: tuple[int, int]) -> None:
    assistants: TableList[Assistant] = TableList(ASSISTANT_COLUMNS, key=lambda row: row.name)
    async with card_shown(assistants, size) as (pilot, _):
        assistants.show(ASSISTANTS)
        assistants.focus()
        await pilot.press("down")
        compare(name_of("assistants", size), screenshot(assistants, size))
    items: TableList[StoreItem] = TableList(item_columns(("memories",)), key=lambda row: row.key)
    async with card_shown(items, size) as (pilot, _):
        items.show(ITEMS)
        items.focus()
        await pilot.pause()
        compare(name_of("items", size), screenshot(items, size))


def name_of(view: str, size: tuple[int, int]) -> str:
    """Return the name of the file."""
    return f"{view}-{size[0]}x{size[1]}"


def screenshot(widget: Widget, size: tuple[int, int]) -> str:
    """Return the screen as SVG."""
    return widget.app.export_screenshot(title=f"{size[0]}x{size[1]}")
