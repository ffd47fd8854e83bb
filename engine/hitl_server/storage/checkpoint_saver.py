"""LangGraph's checkpoints, written through the connection and commits of our tables."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from sqlite3 import Cursor
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple, DeltaChannelHistory
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from hitl_server.storage.shared_commits import SharedCommits


class CheckpointSaver(SqliteSaver):
    """The checkpointer of all graphs: LangGraph's for SQLite, but where it commits, this one
    requests a shared commit.

    Its synchronous methods are for nodes that run a graph themselves, in threads or on the event
    loop. The asynchronous ones run the same statements on the event loop, but not while a commit
    is being written, which would block the loop; or on another loop, which a node has started.
    """

    def __init__(self, commits: SharedCommits, serde: JsonPlusSerializer) -> None:
        super().__init__(commits.connection, serde=serde)
        self._commits = commits
        self._clones: dict[frozenset[tuple[str, ...]], CheckpointSaver] = {}

    def with_allowlist(self, extra_allowlist: Collection[tuple[str, ...]]) -> "CheckpointSaver":
        """Return the saver that may deserialize these types as well.

        Every run of a graph asks for its saver; it is created once for each set of types.
        """
        types = frozenset(extra_allowlist)
        if types not in self._clones:
            clone = cast(CheckpointSaver, super().with_allowlist(extra_allowlist))
            if clone is not self:
                clone._clones = {}
            self._clones[types] = clone
        return self._clones[types]

    @contextmanager
    def cursor(self, transaction: bool = True) -> Iterator[Cursor]:
        """Yield a cursor, with a savepoint if its statements are to be committed."""
        use = self._commits.savepoint if transaction else self._commits.reading
        with use() as connection, closing(connection.cursor()) as cursor:
            yield cursor

    def list(self, *args: Any, **kwargs: Any) -> Iterator[CheckpointTuple]:
        """Yield checkpoints, newest first; all are read before, so the connection is free again."""
        yield from tuple(super().list(*args, **kwargs))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the checkpoint in the config; without one, the newest."""
        async with self._commits.coroutine_lock:
            return self.get_tuple(config)

    async def alist(self, *args: Any, **kwargs: Any) -> AsyncIterator[CheckpointTuple]:
        """Yield checkpoints, newest first."""
        async with self._commits.coroutine_lock:
            found = tuple(self.list(*args, **kwargs))
        for checkpoint in found:
            yield checkpoint

    async def aput(self, *args: Any, **kwargs: Any) -> RunnableConfig:
        """Write a checkpoint."""
        async with self._commits.coroutine_lock:
            return self.put(*args, **kwargs)

    async def aput_writes(self, *args: Any, **kwargs: Any) -> None:
        """Write the results of a task."""
        async with self._commits.coroutine_lock:
            self.put_writes(*args, **kwargs)

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete the checkpoints of a thread."""
        async with self._commits.coroutine_lock:
            self.delete_thread(thread_id)

    async def aget_delta_channel_history(self, **kwargs: Any) -> Mapping[str, DeltaChannelHistory]:
        """Return the changes that delta channels are rebuilt from."""
        async with self._commits.coroutine_lock:
            return self.get_delta_channel_history(**kwargs)

    @asynccontextmanager
    async def rolled_back_on_error(self, thread_id: str) -> AsyncIterator[None]:
        """Delete what the block wrote for a thread if it raises. Needs exclusive use of the thread.

        LangGraph stores the writes of a state update before the reducers run. A write that a
        reducer rejects would make every later read of the thread fail.
        """
        last_rows = {}
        async with self._commits.coroutine_lock:
            with self._commits.reading() as connection:
                for table in ("checkpoints", "writes"):
                    sql = f"SELECT coalesce(max(rowid), 0) FROM {table}"
                    (last_rows[table],) = connection.execute(sql).fetchone()
        try:
            yield
        except BaseException:
            async with self._commits.transaction() as connection:
                for table, last_row in last_rows.items():
                    sql = f"DELETE FROM {table} WHERE thread_id = ? AND rowid > ?"
                    connection.execute(sql, (thread_id, last_row))
            raise
