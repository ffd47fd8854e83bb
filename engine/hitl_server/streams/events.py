"""Translates what LangGraph streams into events of the Server API: their names and payloads.

The names and shapes are those of langgraph-api 0.16.7 (`stream.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from langchain_core.messages import (
    BaseMessage,
    BaseMessageChunk,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.types import StreamMode

from hitl_server.json_types import JsonObject
from hitl_server.reserved_keys import RESERVED
from hitl_server.state_columns import INTERRUPT
from hitl_server.thread_state import checkpoint_of

Namespace: TypeAlias = Sequence[str]


@dataclass(slots=True)
class EventTranslator:
    """Translates the stream of one run; `requested` are the stream modes that its client wants."""

    requested: Sequence[str]
    _messages: dict[str, BaseMessage] = field(default_factory=dict)

    @property
    def includes_events(self) -> bool:
        """Whether the client also wants all events of LangChain."""
        return "events" in self.requested

    @property
    def modes(self) -> list[StreamMode]:
        """The modes for LangGraph: the requested ones, and two that the server itself needs."""
        native = {"messages" if mode == "messages-tuple" else mode for mode in self.requested}
        native.discard("events")
        return cast("list[StreamMode]", sorted(native | {"values", "updates"}))

    def events(self, namespace: Namespace, mode: str, chunk: Any) -> Iterator[tuple[str, Any]]:
        """Yield the events (name, payload) of one chunk."""
        if mode == "messages":
            if not {"messages", "messages-tuple"}.isdisjoint(self.requested):
                yield from self._message_events(namespace, chunk)
        elif mode in self.requested:
            yield _event_name(mode, namespace), _public_payload(mode, chunk)

    def _message_events(self, namespace: Namespace, chunk: Any) -> Iterator[tuple[str, Any]]:
        if "messages-tuple" in self.requested:
            yield _event_name("messages", namespace), chunk
            return
        message, metadata = chunk
        if isinstance(message, dict):
            message = convert_to_messages([message])[0]
        if (known := self._messages.get(message.id)) is None:
            yield "messages/metadata", {message.id: {"metadata": metadata}}
        whole = message if known is None else cast(Any, known) + message
        self._messages[message.id] = whole
        partial = isinstance(message, BaseMessageChunk)
        yield (
            "messages/partial" if partial else "messages/complete",
            [message_chunk_to_message(whole)],
        )


def reports_interrupt(mode: str, chunk: Any) -> bool:
    """Whether a chunk reports an interrupt, which must be on disk before a client gets it."""
    if mode == "debug" and isinstance(chunk, dict):
        chunk = chunk.get("payload")
    if not isinstance(chunk, dict):
        return False
    return INTERRUPT in chunk or (mode in ("tasks", "debug") and bool(chunk.get("interrupts")))


def _event_name(mode: str, namespace: Namespace) -> str:
    return f"{mode}|{'|'.join(namespace)}" if namespace else mode


def _public_payload(mode: str, chunk: Any) -> Any:
    if mode == "checkpoints":
        return _checkpoint(chunk)
    if mode == "debug" and chunk.get("type") == "checkpoint":
        return {**chunk, "payload": _checkpoint(chunk["payload"])}
    return chunk


def _checkpoint(payload: JsonObject) -> JsonObject:
    """Return a checkpoint event without LangGraph's internal keys in its configs."""
    shown = dict(payload)
    for name, checkpoint in (("config", "checkpoint"), ("parent_config", "parent_checkpoint")):
        config = payload.get(name)
        shown[name] = config and {"configurable": _public(config.get("configurable", {}))}
        shown[checkpoint] = checkpoint_of(config)
    shown["tasks"] = [_task(task) for task in payload.get("tasks", ())]
    return shown


def _task(task: JsonObject) -> JsonObject:
    state = task.get("state")
    if not state or not state.get("configurable"):
        return task
    rest = {key: value for key, value in task.items() if key != "state"}
    return {**rest, "checkpoint": _public(state["configurable"])}


def _public(configurable: JsonObject) -> JsonObject:
    return {
        key: value
        for key, value in configurable.items()
        if not key.startswith("__") and key not in RESERVED
    }
