"""Conversations: the messages that a thread's values hold, in one shape for every maker."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hitl_engine.model.json import JsonObject, JsonValue


class Role(StrEnum):
    """Who wrote a message."""

    HUMAN = "human"
    AI = "ai"
    TOOL = "tool"
    SYSTEM = "system"
    OTHER = "other"
    """A role of the graph's own, or a message in a shape that is not known."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An image, a file, audio or video in a message. Its content is not kept here. Untrusted."""

    kind: str
    """`image`, `file`, `audio`, `video`, or what the block calls itself."""
    name: str = ""
    """Its file name, id or address; empty if it has none."""
    media_type: str = ""
    size: int | None = None
    """Bytes; None if the message only refers to it."""


@dataclass(frozen=True, slots=True)
class MessageCall:
    """A tool call that a model asks for in a message. Untrusted."""

    call_id: str
    name: str
    args: JsonValue
    """Mostly an object; a text where the model wrote no valid JSON."""
    asked: bool = False
    """Whether a question that waits on the thread is about this call."""
    result: int | None = None
    """The index of the message with its result; None if there is none."""
    problem: str = ""
    """Why the call is not valid, if so."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Everything in it is untrusted."""

    role: Role
    text: str = ""
    reasoning: str = ""
    """What the model thought, where it tells."""
    name: str = ""
    """The name of its author: a tool, an agent; for `Role.OTHER` the role itself."""
    message_id: str = ""
    calls: tuple[MessageCall, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    answers: str = ""
    """The id of the tool call whose result this is."""
    failed: bool = False
    """Whether the tool failed."""
    metadata: JsonObject | None = None
    """Everything else in the message; None if there is nothing."""
    raw: JsonValue = None
    """The message as the thread holds it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The messages in one key of a thread's values, the oldest first."""

    key: str
    """Empty: the values themselves are the messages."""
    messages: Sequence[Message]
    """Each is understood when it is asked for."""
    results: frozenset[int] = frozenset()
    """Indexes of the messages that are the result of an earlier call, which names them."""
    asked: int | None = None
    """The index of the newest message with a call that is asked about."""
