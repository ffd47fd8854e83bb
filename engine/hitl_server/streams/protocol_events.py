"""Translates what LangGraph streams into events of the event protocol (`langchain_protocol`).

The names and shapes are those of langgraph-api 0.16.7 (`event_streaming/session.py`). Two channels
have more: messages in `values` have all their fields, and `checkpoints` has the checkpoint of each
step, just before its values, so that a client knows where it can branch.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from langchain_core.messages import ToolMessage

from hitl_server.json_encoding import dumps
from hitl_server.json_types import JsonObject
from hitl_server.state_columns import INTERRUPT
from hitl_server.streams.run_stream import Event, RunStream
from hitl_server.thread_state import interrupt_json

Namespace: TypeAlias = tuple[str, ...]
RunOutcome: TypeAlias = Literal["completed", "failed", "interrupted"]

CHANNELS = frozenset(
    (
        "values",
        "updates",
        "checkpoints",
        "messages",
        "tools",
        "custom",
        "lifecycle",
        "input",
        "tasks",
    )
)
"""The channels of the protocol; `custom:NAME` is the part of `custom` with this name."""
_ROOT: Namespace = ()


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events of a thread a client wants."""

    channels: frozenset[str]
    namespaces: tuple[Namespace, ...] = ()
    """Where they must come from: one of these, or what runs below it; without any: from anywhere."""
    depth: int | None = None
    """How far below a namespace; None: at any depth."""

    def wants(self, event: Event) -> bool:
        """Whether the client wants an event of `ProtocolEvents`."""
        channel, *namespace = event.name.split("|")
        if channel not in self.channels and channel.partition(":")[0] not in self.channels:
            return False
        return not self.namespaces or any(
            self._reaches(prefix, namespace) for prefix in self.namespaces
        )

    def _reaches(self, prefix: Namespace, namespace: Sequence[str]) -> bool:
        below = len(namespace) - len(prefix)
        return 0 <= below <= (below if self.depth is None else self.depth) and all(
            map(_is_segment, namespace, prefix)
        )


def _is_segment(segment: str, wanted: str) -> bool:
    """Whether a part of a namespace, `node:task`, is the wanted one; a node stands for its tasks."""
    return wanted in (segment, segment.partition(":")[0])


def envelope(event: Event) -> bytes:
    """Return an event of a thread as JSON, as clients get it."""
    frame = b'{"type":"event","event_id":"%d","seq":%d,"method":"%s","params":%s}'
    return frame % (event.number, event.number, method_of(event).encode(), event.data)


def method_of(event: Event) -> str:
    """Return the method of an event, which is its channel, but for `input`."""
    channel = event.name.partition("|")[0].partition(":")[0]
    return "input.requested" if channel == "input" else channel


@dataclass(slots=True)
class ProtocolEvents:
    """The events of one run. They go to the stream of its thread if a client follows that."""

    find_stream: Callable[[], RunStream | None]
    graph_name: str
    branches: bool = False
    """Whether the run begins at an older checkpoint. Then its checkpoints have no `step`: a client
    would take states with a lower step than it has seen for old ones that are sent again."""
    _begun: bool = False
    _values: JsonObject | None = None
    """Values of the root graph that wait for their checkpoint, which LangGraph streams after them."""
    _requests: dict[str, tuple[Namespace, JsonObject]] = field(default_factory=dict)
    _open: dict[Namespace, str] = field(default_factory=dict)
    """The graph names of subgraphs that run."""

    @property
    def asked(self) -> bool:
        """Whether the run reported an interrupt."""
        return bool(self._requests)

    def begin(self) -> None:
        """Report that the run begins."""
        if (stream := self.find_stream()) is not None and not self._begun:
            self._begun = True
            self._send(stream, "lifecycle", _ROOT, self._lifecycle("running", self.graph_name))

    def add(self, namespace: Sequence[str], mode: str, chunk: Any) -> None:
        """Report one chunk; interrupts are only noted, because they must be on disk before."""
        namespace = tuple(namespace)
        self._note_interrupts(namespace, mode, chunk)
        stream = self.find_stream()
        if stream is None:
            return
        self.begin()
        if self._values is not None and not (mode == "checkpoints" and namespace == _ROOT):
            self._send_values(stream)
        for channel, params in self._translated(namespace, mode, chunk):
            if channel == "values" and namespace == _ROOT:
                self._values = params
            else:
                self._send(stream, channel, params.pop("namespace", namespace), params)
        if mode == "checkpoints" and namespace == _ROOT:
            self._send_values(stream)

    def end(self, outcome: RunOutcome, error: str | None) -> None:
        """Report the interrupts, which are on disk now, and how the run ended."""
        stream = self.find_stream()
        if stream is None:
            return
        self.begin()
        self._send_values(stream)
        for namespace, request in self._requests.values():
            self._send(stream, "input", namespace, {"data": request})
        inner: RunOutcome = "completed" if outcome == "failed" else outcome
        for namespace in sorted(self._open, key=len, reverse=True):
            self._send(
                stream, "lifecycle", namespace, self._lifecycle(inner, self._open[namespace])
            )
        params = self._lifecycle(outcome, self.graph_name)
        if error is not None:
            params["data"]["error"] = error
        self._send(stream, "lifecycle", _ROOT, params)

    def _send_values(self, stream: RunStream) -> None:
        if self._values is not None:
            self._send(stream, "values", _ROOT, self._values)
            self._values = None

    def _note_interrupts(self, namespace: Namespace, mode: str, chunk: Any) -> None:
        """Note the interrupts of a chunk; the subgraph that asks reports them before its parents."""
        if mode not in ("values", "updates") or not isinstance(chunk, Mapping):
            return
        for interrupt in chunk.get(INTERRUPT) or ():
            shown = interrupt_json(interrupt)
            request = {"interrupt_id": shown.pop("id"), "payload": shown.pop("value"), **shown}
            self._requests.setdefault(interrupt.id, (namespace, request))

    def _translated(
        self, namespace: Namespace, mode: str, chunk: Any
    ) -> Iterator[tuple[str, JsonObject]]:
        """Yield the channel and the params of each event; `namespace` only where it is another."""
        match mode:
            case "values" | "updates":
                if shown := _without_interrupts(chunk):
                    yield mode, _update(shown) if mode == "updates" else {"data": shown}
            case "messages":
                if isinstance(chunk, Mapping):  # runs that others start have LangChain's chunks
                    yield mode, {"data": chunk}
            case "checkpoints":
                if (checkpoint := _checkpoint(chunk)) is not None:
                    if self.branches:
                        del checkpoint["step"]
                    yield mode, {"data": checkpoint}
            case "custom":
                named = isinstance(chunk, Mapping) and isinstance(chunk.get("name"), str)
                yield f"custom:{chunk['name']}" if named else mode, {"data": chunk}
            case "lifecycle":
                yield from self._of_subgraph(namespace, chunk)
            case "tools":
                yield from _of_tool(namespace, chunk)
            case "tasks":
                yield mode, {"data": chunk}
            case _ if mode.startswith("custom:"):
                yield mode, {"data": {"name": mode.removeprefix("custom:"), "payload": chunk}}

    def _of_subgraph(
        self, namespace: Namespace, chunk: JsonObject
    ) -> Iterator[tuple[str, JsonObject]]:
        """Yield that a subgraph began or ended; the beginning and end of the run are ours to tell."""
        place = tuple(chunk.get("namespace") or namespace)
        if not place:
            return
        data = dict(chunk)
        if data["event"] == "started":
            self._open[place] = data.get("graph_name") or place[-1].partition(":")[0]
        elif (graph_name := self._open.pop(place, None)) is not None:
            told = {name: data[name] for name in ("error", "cause") if data.get(name) is not None}
            data = {"event": data["event"], "graph_name": graph_name, **told}
        yield "lifecycle", {"namespace": place, "data": data}

    def _lifecycle(self, event: str, graph_name: str) -> JsonObject:
        return {"data": {"event": event, "graph_name": graph_name}}

    def _send(
        self, stream: RunStream, channel: str, namespace: Namespace, params: JsonObject
    ) -> None:
        stamped = {"namespace": namespace, "timestamp": time.time_ns() // 1_000_000, **params}
        stream.send_encoded("|".join((channel, *namespace)), dumps(stamped))


def _without_interrupts(chunk: Any) -> Any:
    if not isinstance(chunk, Mapping):
        return chunk
    return {key: value for key, value in chunk.items() if key != INTERRUPT}


def _update(chunk: Any) -> JsonObject:
    """Return the params of an update: of one node, or of several tasks."""
    if isinstance(chunk, Mapping) and len(chunk) == 1:
        (node,) = chunk
        return {"data": chunk, "node": node}
    return {"data": chunk}


def _checkpoint(chunk: JsonObject) -> JsonObject | None:
    """Return `{"id", "parent_id", "step", "source"}` of a checkpoint."""
    checkpoint_id = _checkpoint_id(chunk.get("config"))
    metadata = chunk.get("metadata") or {}
    if checkpoint_id is None:
        return None
    parent = _checkpoint_id(chunk.get("parent_config"))
    return {
        "id": checkpoint_id,
        **({"parent_id": parent} if parent else {}),
        "step": metadata.get("step"),
        "source": metadata.get("source"),
    }


def _checkpoint_id(config: Mapping[str, Any] | None) -> str | None:
    found: str | None = ((config or {}).get("configurable") or {}).get("checkpoint_id")
    return found


def _of_tool(namespace: Namespace, chunk: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Yield the event of a tool, and its result as a message, for lists of messages."""
    data = dict(chunk)
    node = data.pop("__node", None)
    yield "tools", {"data": data, **({"node": node} if node else {})}
    if data.get("event") != "tool-finished":
        return
    output = data.get("output")
    if not isinstance(output, ToolMessage | Mapping):
        return
    fields = output.model_dump() if isinstance(output, ToolMessage) else output
    call_id = data.get("tool_call_id") or fields.get("tool_call_id")
    message_id = fields.get("id") or (f"tool-{call_id}" if call_id else None)
    if message_id is None:
        return
    place = (*namespace, f"tools:{call_id}") if call_id else namespace
    for event in _message(message_id, call_id, fields.get("content")):
        yield "messages", {"namespace": place, "data": event}


def _message(message_id: str, call_id: str | None, content: Any) -> Iterator[JsonObject]:
    """Yield the events of a whole message of a tool."""
    text = content if isinstance(content, str) else json.dumps(json.loads(dumps(content)))
    called = {"tool_call_id": call_id} if call_id else {}
    whole = {"type": "text", "text": text}
    yield {"event": "message-start", "role": "tool", "id": message_id, **called}
    yield {"event": "content-block-start", "index": 0, "content": {"type": "text", "text": ""}}
    yield {"event": "content-block-delta", "index": 0, "content": whole}
    yield {"event": "content-block-finish", "index": 0, "content": whole}
    yield {"event": "message-finish", "metadata": {}}
