"""The messages of a thread as the result of `hitl-tui messages`."""

from collections.abc import Iterator, Sequence

from hitl_engine.model import Conversation, JsonObject, JsonValue, Message
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.message_rows import MESSAGE, message_rows

_WIDTH = 100


def messages_result(
    thread_id: str, conversations: Sequence[Conversation], *, last: int | None
) -> CommandResult:
    """Return conversations, the newest message last; with `last`, only the last ones of each."""
    document: JsonObject = {
        "thread_id": thread_id,
        "conversations": [
            {
                "key": each.key,
                "count": len(each.messages),
                "messages": [
                    _document(each.messages[index], index) for index in _shown(each, last)
                ],
            }
            for each in conversations
        ],
    }
    lines = tuple(line for each in conversations for line in _lines(each, last))
    return CommandResult(document, lines or ("The state holds no messages.",))


def _shown(conversation: Conversation, last: int | None) -> range:
    count = len(conversation.messages)
    return range(max(0, count - last) if last is not None else 0, count)


def _document(message: Message, index: int) -> JsonObject:
    calls: list[JsonValue] = [
        {
            "id": call.call_id,
            "name": call.name,
            "args": call.args,
            "asked": call.asked,
            "result": call.result,
        }
        for call in message.calls
    ]
    attachments: list[JsonValue] = [
        {"kind": each.kind, "name": each.name, "media_type": each.media_type, "size": each.size}
        for each in message.attachments
    ]
    return {
        "index": index,
        "role": message.role.value,
        "name": message.name or None,
        "id": message.message_id or None,
        "text": message.text,
        "reasoning": message.reasoning or None,
        "calls": calls,
        "attachments": attachments,
        "answers": message.answers or None,
        "failed": message.failed,
        "metadata": message.metadata,
    }


def _lines(conversation: Conversation, last: int | None) -> Iterator[str]:
    """Yield the messages as the console shows them: each result below its call."""
    if conversation.key:
        yield f"{one_line(conversation.key, 80)}:"
    shown = _shown(conversation, last)
    for index in shown:
        message = conversation.messages[index]
        is_shown_below = index in conversation.results and _caller(conversation, index) in shown
        if is_shown_below:
            continue
        results = [
            None if call.result is None else conversation.messages[call.result]
            for call in message.calls
        ]
        for row in message_rows(message, results, _WIDTH, unfolded={MESSAGE}):
            yield "".join(text for text, _ in row.texts).rstrip()
        yield ""


def _caller(conversation: Conversation, result: int) -> int:
    """Return the index of the message with the call that a message is the result of."""
    return next(
        index
        for index in range(result - 1, -1, -1)
        if any(call.result == result for call in conversation.messages[index].calls)
    )
