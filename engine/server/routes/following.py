"""Server-sent events: a run as one client hears it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from engine.server.stream import Listener, Stream

HEARTBEAT = 5.0
"""Seconds of silence after which something is said, so that nobody takes the line for dead."""


class Following(StreamingResponse):
    """The events of a run, until it ends or the client goes away; then `left` is called.

    They are those from now on, after those kept that are newer than `after`.
    """

    def __init__(
        self,
        stream: Stream,
        *,
        after: int | None = None,
        headers: Mapping[str, str] | None = None,
        left: Callable[[], None] | None = None,
    ) -> None:
        self._stream = stream
        self._listener = stream.listen(after)
        events = _sse(self._listener, stream.resumable)
        super().__init__(events, headers=headers, media_type="text/event-stream")
        self._left = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events as they come."""
        client = asyncio.create_task(_until_gone(receive, self._listener))
        try:
            await self.stream_response(send)
        finally:
            client.cancel()
            self._stream.leave(self._listener)
            if self._left is not None:
                self._left()


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.close()


async def _sse(listener: Listener, with_ids: bool) -> AsyncIterator[bytes]:
    """Yield what is said as it goes over the wire, with a comment in every long silence."""
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT):
                events = await listener.events()
        except TimeoutError:
            yield b": heartbeat\r\n\r\n"
            continue
        if not events:
            return
        yield b"".join(event.to_sse(with_ids) for event in events)
