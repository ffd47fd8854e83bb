"""Event streams of limited size: httpx-sse would read an event of any size into memory."""

from collections.abc import AsyncIterator

import httpx

from hitl_engine.errors import BadReply

_EVENT_ENDS = (b"\n\n", b"\n\r\n", b"\r\r")


def bounded(response: httpx.Response, *, limit: int) -> httpx.Response:
    """Return the reply with a body that raises BadReply where one event exceeds `limit` bytes."""
    content_type = {"content-type": response.headers.get("content-type", "")}
    return httpx.Response(
        response.status_code,
        headers=content_type,
        stream=_Bounded(response.aiter_bytes(), limit),
        request=response.request,
    )


class _Bounded(httpx.AsyncByteStream):
    """The bytes of a reply, counted since the last event ended."""

    def __init__(self, chunks: AsyncIterator[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the chunks. Raises BadReply."""
        size, tail = 0, b""
        async for chunk in self._chunks:
            size += len(chunk)
            seam = tail + chunk
            if any(end in seam for end in _EVENT_ENDS):
                size = len(chunk)
            if size > self._limit:
                raise BadReply(
                    f"The server sent an event larger than {self._limit // 1024**2} MB, so it was "
                    "not read."
                )
            tail = seam[-2:]
            yield chunk
