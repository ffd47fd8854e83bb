"""Server-sent events out of the bytes of a reply, each of a size that memory can hold.

Source: the event stream format of the HTML standard, as far as LangGraph servers use it.
"""

import codecs
from collections.abc import AsyncIterator
from io import IncrementalNewlineDecoder

from engine.errors import BadReply


async def read_events(
    chunks: AsyncIterator[bytes], *, limit: int
) -> AsyncIterator[tuple[str, str]]:
    """Yield every event as (name, data), once it is complete.

    Raises BadReply when more than `limit` bytes came and no event ended.
    """
    text = IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), True)
    begun: list[str] = []
    event = _Event()
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        *ends, rest = text.decode(chunk).split("\n")
        for end in ends:
            line = "".join([*begun, end])
            begun.clear()
            if line:
                event.take(line)
                continue
            if event:
                yield event.name, "\n".join(event.data)
            event = _Event()
            size = 0
        begun.append(rest)
        if size > limit:
            raise BadReply(
                f"The server sent an event larger than {limit // 1024**2} MB, so it was not read."
            )


class _Event:
    """An event, line by line."""

    def __init__(self) -> None:
        self.name = ""
        self.data: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.name or self.data)

    def take(self, line: str) -> None:
        """Take one line: a field that we read, or one (a comment, an id) that we do not."""
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self.name = value
        elif field == "data":
            self.data.append(value)
