"""HTTP as uvicorn reads it, with limits that hold before the server knows who sends a request.

A parser that waits for the end of a header keeps all of it, and a connection that never completes a
request would be kept for ever. So both have a limit here: in bytes, and in seconds.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hitl_server.json_encoding import dumps
from hitl_server.limits import Limits

_Awaited: TypeAlias = Literal["headers", "body", "reader"]
_REASONS = {408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class LimitedProtocol(HttpToolsProtocol):
    """One connection of a client."""

    def __init__(self, limits: Limits, **given: Any) -> None:
        super().__init__(**given)
        self._limits = limits
        self._in_headers = True
        self._header_bytes = 0
        self._dropped_bytes = 0
        self._timers: dict[_Awaited, asyncio.TimerHandle] = {}

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting("headers", "body", "reader")
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Pass the connection on to the protocol of WebSockets."""
        self._stop_waiting("headers", "body", "reader")
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._await("reader", self._limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the client reads."""
        super().resume_writing()
        self._stop_waiting("reader")

    # Requests

    def data_received(self, data: bytes) -> None:
        """Parse data; refuse headers that are too large, complete or not."""
        was_in_headers = self._in_headers
        super().data_received(data)
        if self._in_headers and was_in_headers:
            self._header_bytes += len(data)
        if self._has_large_headers and not self.transport.is_closing():
            size = self._limits.header_bytes
            self._refuse(431, f"The request line and the headers are larger than {size} bytes.")

    def on_message_begin(self) -> None:
        """Begin with the headers of a request."""
        super().on_message_begin()
        self._header_bytes = 0
        self._await_headers()

    def on_url(self, url: bytes) -> None:
        """Add to the request line."""
        self._header_bytes += len(url)
        if not self._has_large_headers:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header."""
        self._header_bytes += len(name) + len(value)
        if not self._has_large_headers:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the request, and wait for its body."""
        self._stop_waiting("headers")
        if self._has_large_headers:
            return
        self._in_headers = False
        self._dropped_bytes = 0
        self._await("body", self._limits.body_seconds, self._body_is_late)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Add to the body; drop one that was refused, unless it is more than twice too large.

        A connection that is closed while a client sends may lose it the refusal, or its next
        request.
        """
        if self._has_large_headers:
            return
        if self.cycle.response_complete:
            self._dropped_bytes += len(body)
            if self._dropped_bytes > 2 * self._limits.body_bytes:
                self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        self._stop_waiting("body")
        if not self._has_large_headers:
            super().on_message_complete()

    @property
    def _has_large_headers(self) -> bool:
        return self._in_headers and self._header_bytes > self._limits.header_bytes

    def _await_headers(self) -> None:
        self._in_headers = True
        self._await("headers", self._limits.header_seconds, self._headers_are_late)

    def _headers_are_late(self) -> None:
        self._refuse(408, f"No request was complete within {self._limits.header_seconds} seconds.")

    def _body_is_late(self) -> None:
        """Refuse the request, unless the server itself has not read what is there."""
        if self.flow.read_paused:
            self._stop_waiting("body")
            self._await("body", self._limits.body_seconds, self._body_is_late)
        else:
            self._refuse(
                408, f"The body was not complete after {self._limits.body_seconds} seconds."
            )

    def _refuse(self, status: int, detail: str) -> None:
        """Close the connection; before that, respond if no other response is on its way."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = dumps({"detail": detail})
            head = b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\n" % (
                status,
                _REASONS[status],
            )
            length = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
            self.transport.write(head + length + body)
        self.transport.close()

    def _await(self, what: _Awaited, seconds: float, if_late: Callable[[], object]) -> None:
        """Call `if_late` unless `_stop_waiting` comes first. What is awaited already stays so."""
        if what not in self._timers:
            self._timers[what] = self.loop.call_later(seconds, if_late)

    def _stop_waiting(self, *awaited: _Awaited) -> None:
        for what in awaited:
            if timer := self._timers.pop(what, None):
                timer.cancel()
