"""The shapes of messages: LangChain's, OpenAI's and Anthropic's. Pure functions; nothing raises.

Sources: langchain-core 1.x (`messages/`, `content_blocks`), the OpenAI and Anthropic references.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, TypeAlias

from hitl_engine.model import Attachment, JsonObject, JsonValue, Message, MessageCall, Role

_Object: TypeAlias = dict[str, Any]

_ROLES = {
    "human": Role.HUMAN,
    "user": Role.HUMAN,
    "ai": Role.AI,
    "assistant": Role.AI,
    "tool": Role.TOOL,
    "function": Role.TOOL,
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "chat": Role.OTHER,
    "remove": Role.OTHER,
}
_CLASS_ENDINGS = ("MessageChunk", "Message")
_SHOWN = frozenset(
    [
        "type",
        "role",
        "content",
        "name",
        "id",
        "tool_calls",
        "invalid_tool_calls",
        "tool_call_id",
        "status",
        "function_call",
        "refusal",
        "is_error",
        "tool_call_chunks",
        "example",
    ]
)
"""Fields of a message that are not its metadata."""
_REASONING = ("thinking", "reasoning", "text")
_ATTACHMENTS = {
    **{kind: kind for kind in ("image", "file", "audio", "video")},
    "image_url": "image",
    "input_image": "image",
    "document": "file",
    "input_file": "file",
    "input_audio": "audio",
    "media": "file",
    "text-plain": "file",
}
_INSIDE = ("source", "file", "image_url", "input_audio")
"""Keys of a block whose value describes its content."""
_CONTENT = ("base64", "data", "file_data", "url", "image_url", "file_url")
"""Keys with the content itself, or its address."""


def is_message(value: JsonValue) -> bool:
    """Return whether a value has the shape of a message."""
    return _role_word(_opened(value)) in _ROLES


def call_ids(value: JsonValue) -> list[str]:
    """Return the ids of the tool calls in a message."""
    message = _opened(value)
    if not _has_calls(message):
        return []
    return [call_id for call in _raw_calls(message) if (call_id := _call_id(call))]


def answered_id(value: JsonValue) -> str:
    """Return the id of the tool call whose result a message is, or nothing."""
    message = _opened(value)
    found = message.get("tool_call_id")
    if isinstance(found, str):
        return found
    if isinstance(content := message.get("content"), list):
        for block in _blocks(content):
            if block.get("type") == "tool_result":
                return _text(block.get("tool_use_id"))
    return ""


def message_of(value: JsonValue) -> Message:
    """Return a message as far as it is understood; else one that consists of its JSON."""
    message = _opened(value)
    word = _role_word(message)
    if word not in _ROLES:
        return Message(Role.OTHER, _json(value), raw=value)
    answers = answered_id(value)
    role = Role.TOOL if answers else _ROLES[word]
    others = {key: each for key, each in message.items() if key not in _SHOWN and each}
    content = message.get("content")
    return Message(
        role,
        _content_text(content) or _text(message.get("refusal")),
        reasoning="\n".join(filter(None, map(_reasoning, _blocks(content)))),
        name=_text(message.get("name")) or (word if role is Role.OTHER else ""),
        message_id=_text(message.get("id")),
        calls=tuple(_calls(message)),
        attachments=tuple(_attachments(content)),
        answers=answers,
        failed=message.get("status") == "error" or _is_error(message),
        metadata=others or None,
        raw=value,
    )


def token_of(value: JsonValue) -> JsonObject | None:
    """Return the piece of a model's message that a run streams, as `{"id", "text"}`, if it is one."""
    message = message_of(value)
    if message.role is not Role.AI or not message.message_id or not message.text:
        return None
    return {"id": message.message_id, "text": message.text}


def _opened(value: JsonValue) -> _Object:
    """Return the fields of a message; of LangChain's serialised objects, those in `kwargs`."""
    if isinstance(value, dict) and "lc" not in value:
        return value  # nearly all are: the rest of this is slow
    match value:
        case {"lc": _, "id": [*_, str(name)], "kwargs": dict(fields)}:
            return {**fields, "type": fields.get("type") or name}
        case [str(role), str(text)] if role in _ROLES:
            return {"role": role, "content": text}
        case dict():
            return value
        case _:
            return {}


def _role_word(message: _Object) -> str:
    """Return the author, in the word of the message; a class of LangChain counts as its type."""
    for key in ("role", "type"):
        word = message.get(key)
        if not isinstance(word, str) or not ("content" in message or "tool_calls" in message):
            continue
        for ending in _CLASS_ENDINGS:
            word = word.removesuffix(ending)
        if (word := word.lower()) in _ROLES:
            return word
    return ""


def _blocks(content: JsonValue) -> Iterator[_Object]:
    if isinstance(content, list):
        yield from (block for block in content if isinstance(block, dict))


# Text


def _content_text(content: JsonValue) -> str:
    match content:
        case str():
            return content
        case list():
            return "".join(map(_block_text, content))
        case None:
            return ""
        case _:
            return _json(content)


def _block_text(block: JsonValue) -> str:
    match block:
        case str():
            return block
        case {"type": "text" | "input_text" | "output_text", "text": str(text)}:
            return text
        case {"type": "refusal", "refusal": str(text)}:
            return text
        case {"type": "tool_result", "content": inner}:
            return _content_text(inner)
        case dict() if _is_call(block) or _is_reasoning(block) or _is_attachment(block):
            return ""
        case _:
            return _json(block)


def _is_reasoning(block: _Object) -> bool:
    return block.get("type") in ("thinking", "reasoning", "redacted_thinking")


def _reasoning(block: _Object) -> str:
    if not _is_reasoning(block):
        return ""
    parts = [block, *_blocks(block.get("summary"))]
    return "\n".join(_text(part.get(key)) for part in parts for key in _REASONING if part.get(key))


# Tool calls


def _has_calls(message: _Object) -> bool:
    """Whether a message may contain calls; quick, because all messages are looked at."""
    return bool(
        message.get("tool_calls")
        or message.get("invalid_tool_calls")
        or message.get("function_call")
        or isinstance(message.get("content"), list)
    )


def _calls(message: _Object) -> Iterator[MessageCall]:
    """Yield the calls; LangChain keeps those of Anthropic's blocks beside the blocks too."""
    seen: set[str] = set()
    for call in _raw_calls(message):
        call_id = _call_id(call)
        if not call_id or call_id not in seen:
            seen.add(call_id)
            yield _call(call_id, call)


def _raw_calls(message: _Object) -> Iterator[_Object]:
    for key in ("tool_calls", "invalid_tool_calls"):
        if isinstance(calls := message.get(key), list):
            yield from (call for call in calls if isinstance(call, dict))
    if isinstance(called := message.get("function_call"), dict):
        yield called
    if isinstance(content := message.get("content"), list):
        yield from (block for block in _blocks(content) if _is_call(block))


def _call_id(call: _Object) -> str:
    return _text(call.get("id") or call.get("call_id"))


def _is_call(block: _Object) -> bool:
    kind = block.get("type")
    return isinstance(kind, str) and kind.endswith(("tool_use", "tool_call", "function_call"))


def _call(call_id: str, call: _Object) -> MessageCall:
    named = call.get("function")
    named = named if isinstance(named, dict) else call
    args: JsonValue = next(
        (named[key] for key in ("args", "arguments", "input") if key in named), {}
    )
    if isinstance(args, str):
        with suppress(ValueError, RecursionError):
            args = json.loads(args)
    problem = "Its arguments are not valid JSON." if isinstance(args, str) else ""
    told = _text(call.get("error"))
    return MessageCall(call_id, _text(named.get("name")), args, problem=told or problem)


def _is_error(message: _Object) -> bool:
    return any(block.get("is_error") is True for block in _blocks(message.get("content")))


# Attachments


def _is_attachment(block: _Object) -> bool:
    kind = block.get("type")
    return isinstance(kind, str) and kind in _ATTACHMENTS


def _attachments(content: JsonValue) -> Iterator[Attachment]:
    for block in _blocks(content):
        if block.get("type") == "tool_result":
            yield from _attachments(block.get("content"))
        elif _is_attachment(block):
            yield _attachment(block)


def _attachment(block: _Object) -> Attachment:
    told = dict(block)
    for key in _INSIDE:
        if isinstance(inner := block.get(key), dict):
            told |= inner
    kind = _text(block.get("type"))
    content = next((told[key] for key in _CONTENT if isinstance(told.get(key), str)), "")
    media_type = _text(told.get("mime_type") or told.get("media_type"))
    address = ""
    size: int | None = None
    if content.startswith("data:"):
        head, _, encoded = content.partition(",")
        media_type = media_type or head.removeprefix("data:").removesuffix(";base64")
        size = _decoded_size(encoded)
    elif "://" in content[:16]:
        address = content
    elif content:
        size = _decoded_size(content)
    names = (told.get(key) for key in ("filename", "name", "title", "file_id"))
    return Attachment(
        _ATTACHMENTS.get(kind, kind),
        next((name for name in names if isinstance(name, str) and name), address),
        media_type or _text(told.get("format")),
        size,
    )


def _decoded_size(encoded: str) -> int:
    """Return how many bytes a base64 text holds, without decoding it."""
    return len(encoded) * 3 // 4 - encoded[-2:].count("=")


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else "" if value is None else _json(value)


def _json(value: JsonValue) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return f"({type(value).__name__})"
