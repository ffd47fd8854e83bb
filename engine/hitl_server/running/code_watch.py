"""Tells clients when the code of a graph changes on disk, or is again what the server runs."""

import asyncio
from contextlib import suppress

from hitl_server.project.graphs import Graphs
from hitl_server.storage.change_feed import ChangeFeed

_SECONDS = 1.0
"""Between two looks at the files: their times and sizes, and the content of those that differ."""


class CodeWatch:
    """Looks at the files of the graphs while clients follow the feed of changes."""

    def __init__(self, graphs: Graphs, feed: ChangeFeed) -> None:
        self._graphs = graphs
        self._feed = feed
        self._task = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Stop."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _look(self) -> None:
        told = self._graphs.code_changes()
        while True:
            await asyncio.sleep(_SECONDS)
            if self._feed.has_listeners and (changes := self._graphs.code_changes()) != told:
                told = changes
                self._feed.request_reset()
