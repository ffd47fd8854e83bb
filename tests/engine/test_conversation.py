"""The messages in a thread's values: LangChain's, OpenAI's, Anthropic's, and whatever else is there."""

import base64
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st
from langchain_core.load import dumpd
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage

from hitl_engine.model import (
    Attachment,
    Conversation,
    Interrupt,
    JsonObject,
    JsonValue,
    MessageCall,
    Role,
    ThreadStatus,
    ThreadView,
    Waiting,
)
from hitl_engine.reading.conversation import Conversations
from tests.json_values import JSON

PICTURE = base64.b64encode(bytes(1000)).decode()
EMAIL: JsonObject = {"to": "ada@example.org", "subject": "Your order"}


def test_langchain_messages_are_a_conversation() -> None:
    """Roles, calls and results, as LangGraph's servers send them."""
    values = sent(
        SystemMessage("Be brief."),
        HumanMessage("Write to Ada", id="h1", name="Grace"),
        AIMessage("I look first.", tool_calls=[{"id": "c1", "name": "read", "args": {"day": 1}}]),
        ToolMessage("no such day", tool_call_id="c1", name="read", status="error"),
        AIMessage([{"type": "text", "text": "Done."}], response_metadata={"model": "m"}),
    )
    conversation = only(values)
    assert conversation.key == "messages"
    system, human, ai, result, last = conversation.messages
    assert [each.role for each in conversation.messages] == [
        *(Role.SYSTEM, Role.HUMAN, Role.AI, Role.TOOL, Role.AI)
    ]
    assert (system.text, human.text, human.name, human.message_id) == (
        *("Be brief.", "Write to Ada", "Grace", "h1"),
    )
    assert ai.calls == (MessageCall("c1", "read", {"day": 1}, result=3),)
    assert (result.answers, result.failed, result.text) == ("c1", True, "no such day")
    assert conversation.results == {3}
    assert last.text == "Done."
    assert last.metadata == {"response_metadata": {"model": "m"}}


def test_serialised_langchain_objects_are_messages() -> None:
    """Older servers send the constructors of LangChain's objects."""
    stored = [dumpd(HumanMessage("hello", id="1")), dumpd(AIMessage("hi"))]
    first, second = only({"messages": stored}).messages
    assert (first.role, first.text, first.message_id) == (Role.HUMAN, "hello", "1")
    assert (second.role, second.text) == (Role.AI, "hi")


def test_openai_messages_are_a_conversation() -> None:
    """Roles, calls whose arguments are JSON in a text, and their results."""
    called: JsonValue = {
        "id": "c1",
        "type": "function",
        "function": {"name": "send", "arguments": '{"n": 1}'},
    }
    broken: JsonValue = {
        "id": "c2",
        "type": "function",
        "function": {"name": "send", "arguments": '{"n": '},
    }
    values: JsonValue = {
        "chat": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Send it"}]},
            {"role": "assistant", "content": None, "tool_calls": [called, broken]},
            {"role": "tool", "tool_call_id": "c1", "content": "sent"},
        ]
    }
    conversation = only(values)
    assert [each.role for each in conversation.messages] == [
        *(Role.SYSTEM, Role.HUMAN, Role.AI, Role.TOOL)
    ]
    assert conversation.messages[2].calls == (
        MessageCall("c1", "send", {"n": 1}, result=3),
        MessageCall("c2", "send", '{"n": ', problem="Its arguments are not valid JSON."),
    )


def test_anthropic_blocks_are_understood() -> None:
    """Thinking, a call that LangChain repeats beside the blocks, and its result by a user."""
    use: JsonValue = {"type": "tool_use", "id": "t1", "name": "look", "input": {"at": "map"}}
    values: JsonValue = {
        "messages": [
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": "Where?"}, use],
                "tool_calls": [{"id": "t1", "name": "look", "args": {"at": "map"}}],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "t1",
                        "is_error": True,
                        "content": [{"type": "text", "text": "no map"}],
                    }
                ],
            },
        ]
    }
    asked, result = only(values).messages
    assert (asked.reasoning, asked.text) == ("Where?", "")
    assert asked.calls == (MessageCall("t1", "look", {"at": "map"}, result=1),)
    assert (result.role, result.text, result.failed) == (Role.TOOL, "no map", True)


def test_attachments_have_name_and_size() -> None:
    """Whatever the maker calls them; their content is not decoded."""
    blocks: list[JsonValue] = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": PICTURE}},
        {"type": "image", "base64": PICTURE, "mime_type": "image/webp"},
        {"type": "image", "url": "https://example.org/cat.png"},
        {
            "type": "file",
            "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PICTURE}"},
        },
        {"type": "input_audio", "input_audio": {"data": PICTURE, "format": "wav"}},
    ]
    message = only({"messages": [{"role": "user", "content": blocks}]}).messages[0]
    assert message.text == ""
    assert message.attachments == (
        Attachment("image", "", "image/png", 1000),
        Attachment("image", "", "image/gif", 1000),
        Attachment("image", "", "image/webp", 1000),
        Attachment("image", "https://example.org/cat.png", "", None),
        Attachment("file", "a.pdf", "application/pdf", 1000),
        Attachment("audio", "", "wav", 1000),
    )


def test_several_keys_hold_messages() -> None:
    """`messages` is first; lists of other things are no conversation."""
    said: JsonValue = [{"role": "user", "content": "hi"}]
    values: JsonValue = {"plan": said, "steps": [{"type": "file", "content": 1}], "messages": said}
    assert [each.key for each in conversations(values)] == ["messages", "plan"]
    assert [each.key for each in conversations(said)] == [""]
    assert conversations({"messages": "none"}) == ()
    assert len(only({"messages": []}).messages) == 0


def test_what_is_not_understood_is_shown_as_json() -> None:
    """A message of an unknown shape is not left out."""
    values: JsonValue = {"messages": [{"role": "user", "content": "hi"}, {"type": "odd", "a": [1]}]}
    assert only(values).messages[1].text == '{"type": "odd", "a": [1]}'
    assert only(values).messages[1].role is Role.OTHER


@given(values=JSON)
def test_any_values_are_read(values: JsonValue) -> None:
    """Nothing in a thread's values raises."""
    for conversation in conversations(values):
        assert len(list(conversation.messages)) == len(conversation.messages)


FIELDS = st.fixed_dictionaries(
    {"type": st.sampled_from(["human", "ai", "tool"]) | JSON, "content": JSON},
    optional={
        key: JSON
        | st.lists(
            st.fixed_dictionaries(
                {}, optional={"id": JSON, "name": JSON, "args": JSON, "function": JSON}
            )
        )
        for key in ("tool_calls", "invalid_tool_calls", "function_call", "tool_call_id", "name")
    },
)
BLOCKS = st.lists(
    st.fixed_dictionaries(
        {
            "type": JSON
            | st.sampled_from(["text", "image", "image_url", "tool_use", "thinking", "tool_result"])
        },
        optional={
            key: JSON for key in ("text", "source", "image_url", "content", "summary", "data")
        },
    )
)


@given(message=FIELDS, content=BLOCKS | JSON)
def test_any_message_is_read(message: dict[str, Any], content: JsonValue) -> None:
    """Neither do messages whose fields hold anything."""
    known: JsonValue = {"role": "user", "content": "hi"}
    read = only({"messages": [known, {**message, "content": content}]}).messages[1]
    assert isinstance(read.text, str)
    assert all(isinstance(call.name, str) for call in read.calls)


def test_the_calls_that_are_asked_about_are_marked() -> None:
    """Those of the newest message without a result; equal ones are each taken once."""
    asked = {"action_requests": [{"name": "send", "args": EMAIL}, {"name": "send", "args": EMAIL}]}
    calls = [{"id": str(n), "name": "send", "args": EMAIL} for n in range(3)]
    values = sent(AIMessage("", tool_calls=cast(Any, calls)))
    reviews = [{"action_name": "send", "allowed_decisions": ["approve"]}] * 2
    payload = cast(JsonObject, {**asked, "review_configs": reviews})
    conversation = only(values, question(payload))
    assert [call.asked for call in conversation.messages[0].calls] == [True, True, False]
    assert conversation.asked == 0


def test_an_answered_call_is_not_the_one_that_is_asked_about() -> None:
    """The same call was made before, and has its result."""
    call: Any = {"name": "send", "args": EMAIL}
    values = sent(
        AIMessage("", tool_calls=[{**call, "id": "1"}]),
        ToolMessage("rejected", tool_call_id="1"),
        AIMessage("", tool_calls=[{**call, "id": "2"}]),
    )
    conversation = only(values, question({"name": "send", "args": EMAIL}))
    assert [call.asked for each in conversation.messages for call in each.calls] == [False, True]
    assert conversation.asked == 2


def test_a_question_may_name_its_call() -> None:
    """By the id of the tool call."""
    calls: Any = [{"id": each, "name": "ask", "args": {}} for each in ("1", "2")]
    asked: JsonObject = {"type": "ask_user", "tool_call_id": "2", "questions": []}
    conversation = only(sent(AIMessage("", tool_calls=calls)), question(asked))
    assert [call.asked for call in conversation.messages[0].calls] == [False, True]


def sent(*messages: AnyMessage) -> JsonValue:
    """Return values with these messages, as a server sends them."""
    return {"messages": [message.model_dump(mode="json") for message in messages]}


def question(payload: JsonObject) -> Interrupt:
    """Return a question that waits on the thread."""
    return Interrupt("t", "g", "0" * 32, payload, None, "n", "task", "", "c", None)


def conversations(values: JsonValue, *waiting: Waiting) -> tuple[Conversation, ...]:
    """Return the conversations of a thread with these values."""
    status = ThreadStatus.INTERRUPTED if waiting else ThreadStatus.DONE
    return Conversations().of(ThreadView("t", "g", status, values, (), waiting, "c", None))


def only(values: JsonValue, *waiting: Waiting) -> Conversation:
    """Return the only conversation of a thread with these values."""
    (conversation,) = conversations(values, *waiting)
    return conversation
