"""The conversation and the state of a thread, the same on every kind of server."""

from hitl_engine.desk import Desk
from hitl_engine.model import ChangeKind, JsonObject, Role

from .steps import start

ASKED = "What does my Monday look like?"
HELLO: JsonObject = {"messages": [{"role": "user", "content": ASKED}]}


async def test_the_conversation_that_led_to_a_question(desk: Desk) -> None:
    """Roles, results, and the calls that are asked about."""
    thread = await start(desk, "tool_agent", HELLO)
    (conversation,) = desk.conversations.of(thread)
    first, look, found, *_, last = conversation.messages
    assert (first.role, first.text) == (Role.HUMAN, ASKED)
    assert [(call.name, call.result) for call in look.calls] == [("read_calendar", 2)]
    assert (found.role, found.answers) == (Role.TOOL, look.calls[0].call_id)
    assert {call.name for call in last.calls if call.asked} >= {"send_email"}
    assert conversation.asked == len(conversation.messages) - 1


async def test_what_the_last_step_changed(desk: Desk) -> None:
    """The model wrote one message."""
    thread = await start(desk, "tool_agent", HELLO)
    changes = await desk.state_values.changes(thread.thread_id, thread.checkpoint_id)
    (conversation,) = desk.conversations.of(thread)
    newest = ("messages", len(conversation.messages) - 1)
    assert [(each.path, each.kind) for each in changes] == [(newest, ChangeKind.ADDED)]


async def test_the_state_of_a_subgraph(desk: Desk) -> None:
    """The subgraph asks; its state is known by its namespace."""
    thread = await start(desk, "subgraph", {"order": "two desks"})
    (inside,) = await desk.state_values.of_subgraphs(thread.thread_id, thread.checkpoint_id)
    assert inside.namespace.startswith(f"{inside.path[0]}:")
    assert isinstance(inside.values, dict) and inside.values["order"] == "two desks"
