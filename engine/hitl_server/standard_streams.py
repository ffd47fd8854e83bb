"""The standard streams of the server: what code writes goes to the log, and to a run that wants it.

Nothing here imports LangGraph: the streams are replaced first, because the project's code, and
handlers of `logging`, may keep those that they find.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_receiver: ContextVar[Callable[[str, str], object] | None] = ContextVar("_receiver", default=None)


class _SharedStream(io.TextIOWrapper):
    """A standard stream whose texts also go to the receiver of the context that writes them."""

    def __init__(self, stream: io.TextIOWrapper, name: str) -> None:
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )
        self._replaced = stream
        """Kept, because it would close the buffer at its end."""
        self._stream_name = name

    def write(self, text: str, /) -> int:
        """Write the text."""
        written = super().write(text)
        if (receiver := _receiver.get()) is not None:
            receiver(self._stream_name, text)
        return written


def replace_standard_streams() -> None:
    """Replace `sys.stdout` and `sys.stderr`, once."""
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.flush()
            setattr(sys, name, _SharedStream(stream, name))


@contextmanager
def written_text_to(receiver: Callable[[str, str], object]) -> Iterator[None]:
    """Give `receiver` the stream and the text of each write in this context and in copies of it.

    Copies of the context keep it after the block, and threads write at the same time.
    """
    token = _receiver.set(receiver)
    try:
        yield
    finally:
        _receiver.reset(token)
