"""What a run prints: it goes to the log like all output, and as lines to the clients of the run.

Nodes inherit the context of their run, also those that LangGraph runs in threads; threads and processes
that a node starts by itself do not, and what they print is only in the log.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from langgraph.config import get_config

from hitl_server.json_encoding import now
from hitl_server.json_types import JsonObject
from hitl_server.standard_streams import written_text_to

_MOST_LINES = 5_000
_MOST_CHARACTERS = 1024 * 1024
"""What clients get of one run: the log has all."""
_TOO_MUCH = "This run printed more. The server's log has all of it."


class _Source(NamedTuple):
    """Where a line comes from: lines of different sources are never mixed."""

    stream: str
    namespace: str
    """That of the node's checkpoints, `graph:task|node:task`; empty outside of nodes."""
    node: str
    thread: int

    @classmethod
    def here(cls, stream: str) -> "_Source":
        """Return the source of what is written to a stream now."""
        metadata: Mapping[str, Any] = {}
        with suppress(RuntimeError):  # outside of nodes
            metadata = get_config().get("metadata") or {}
        namespace, node = metadata.get("langgraph_checkpoint_ns"), metadata.get("langgraph_node")
        return cls(stream, str(namespace or ""), str(node or ""), threading.get_ident())

    @property
    def fields(self) -> JsonObject:
        """Its fields for clients: `namespace` has the subgraphs, outermost first."""
        namespace = self.namespace.split("|")[:-1]
        return {"stream": self.stream, "node": self.node, "namespace": namespace}


class PrintedOutput:
    """The lines of one run. `send` gets each in the event loop, as the payload of an event."""

    def __init__(self, send: Callable[[JsonObject], object]) -> None:
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._process = os.getpid()
        self._lock = threading.RLock()
        """Reentrant: code that prints may run at any time, when an object is deleted."""
        self._begun: dict[_Source, str] = {}
        """Lines without their end."""
        self._waiting: list[JsonObject] = []
        self._lines = _MOST_LINES
        self._characters = _MOST_CHARACTERS
        self._open = True

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Collect what is printed in this context, and in contexts that are copied from it."""
        try:
            with written_text_to(self.add):
                yield
        finally:
            self._end()

    def add(self, stream: str, text: str) -> None:
        """Add what was written to a stream, in any thread; send the lines that it completes."""
        if not self._open or os.getpid() != self._process:
            return
        with self._lock:
            source = _Source.here(stream)
            begun = self._begun.pop(source, "") + text[: self._characters + 1]
            *lines, rest = begun.split("\n")
            for line in lines:
                self._add_line(source, line.removesuffix("\r"))
            rest = _shown(rest)
            if len(rest) > self._characters:
                self._add_line(source, rest)
            elif rest:
                self._begun[source] = rest

    def _add_line(self, source: _Source, line: str) -> None:
        if not self._open:
            return
        line = _shown(line)
        self._lines -= 1
        self._characters -= len(line)
        if self._lines < 0 or self._characters < 0:
            self._open = False
            line = _TOO_MUCH
        self._waiting.append({"text": line, **source.fields, "at": now()})
        if len(self._waiting) == 1:
            self._loop.call_soon_threadsafe(self._send_waiting)

    def _send_waiting(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for printed in waiting:
            self._send(printed)

    def _end(self) -> None:
        """Send the lines that have no end; what is printed from now on is only in the log."""
        with self._lock:
            for source, line in tuple(self._begun.items()):
                self._add_line(source, line)
            self._open = False
        self._send_waiting()


def _shown(line: str) -> str:
    """Return what a terminal would show: a carriage return begins the line again."""
    return line.rpartition("\r")[2]
