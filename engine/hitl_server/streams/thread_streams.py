"""The streams of whole threads: the events of all runs of one thread, one run after the other."""

import time
from collections import OrderedDict

from hitl_server.streams.run_stream import EventMemory, RunStream

_MAX_UNFOLLOWED = 1_000
"""Streams of threads that nobody follows at present, whose events are kept."""


class ThreadStreams:
    """Has a stream for each thread that a client follows or has followed, in the same form.

    Numbers of events begin with the time in milliseconds. So a client that returns after a restart
    of the server, with the number of the last event that it got, gets all newer ones.
    """

    def __init__(self) -> None:
        self._memory = EventMemory()
        self._streams: OrderedDict[str, RunStream] = OrderedDict()

    def find(self, thread_id: str) -> RunStream | None:
        """Return the stream of a thread; None if no client has ever followed it."""
        return self._streams.get(thread_id)

    def open(self, thread_id: str) -> RunStream:
        """Return the stream of a thread, which may not exist yet; events are kept from now on."""
        stream = self._streams.get(thread_id)
        if stream is None:
            stream = RunStream(self._memory, last_number=time.time_ns() // 1_000_000)
            self._streams[thread_id] = stream
            self._drop_oldest()
        self._streams.move_to_end(thread_id)
        return stream

    def forget(self, thread_id: str) -> None:
        """End the stream of a deleted thread, and drop its events."""
        if (stream := self._streams.pop(thread_id, None)) is not None:
            stream.close()
            stream.forget()

    def _drop_oldest(self) -> None:
        if len(self._streams) > _MAX_UNFOLLOWED:
            unfollowed = (key for key, stream in self._streams.items() if not stream.is_followed)
            if (oldest := next(unfollowed, None)) is not None:
                self.forget(oldest)
