"""LangGraph's checkpoints, written through the connection and commits of our tables."""

import asyncio
import threading
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from sqlite3 import Cursor
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, DeltaChannelHistory
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from hitl_server.storage.shared_commits import SharedCommits

_Returned = TypeVar("_Returned")


class _Statements(SqliteSaver):
    """LangGraph's synchronous saver; where it commits, this one requests a shared commit."""

    def __init__(self, commits: SharedCommits, serde: JsonPlusSerializer) -> None:
        super().__init__(commits.connection, serde=serde)
        self._commits = commits

    @contextmanager
    def cursor(self, transaction: bool = True) -> Iterator[Cursor]:
        """Yield a cursor; the caller holds the lock of the connection."""
        change = self._commits.savepoint() if transaction else nullcontext()
        with change, closing(self.conn.cursor()) as cursor:
            yield cursor


class CheckpointSaver(BaseCheckpointSaver[str]):
    """The checkpointer of all graphs; the methods are those of the base class.

    Asynchronous calls run their statements at once, unless a commit is being written.
    Synchronous calls come from nodes that run a graph themselves, in threads; they are passed to
    the event loop.
    """

    def __init__(self, commits: SharedCommits, serde: JsonPlusSerializer) -> None:
        super().__init__(serde=serde)
        self._commits = commits
        self._serde = serde
        self._statements = _Statements(commits, serde)
        self._loop = asyncio.get_running_loop()
        self._thread = threading.current_thread()
        self._clones: dict[frozenset[tuple[str, ...]], CheckpointSaver] = {}

    def setup(self) -> None:
        """Create LangGraph's tables, if they do not exist yet."""
        self._statements.setup()

    def with_allowlist(self, extra_allowlist: Collection[tuple[str, ...]]) -> "CheckpointSaver":
        """Return the saver that may deserialize these types as well.

        Every run of a graph asks for its saver; it is created once for each set of types.
        """
        types = frozenset(extra_allowlist)
        if types not in self._clones:
            serde = self._serde.with_msgpack_allowlist(extra_allowlist)
            self._clones[types] = CheckpointSaver(self._commits, serde)
        return self._clones[types]

    def get_next_version(self, current: str | None, channel: None) -> str:
        """Return the next version in the format of LangGraph's own saver."""
        return self._statements.get_next_version(current, channel)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the checkpoint in the config; without one, the newest."""
        async with self._commits.lock:
            return self._statements.get_tuple(config)

    async def alist(self, *args: Any, **kwargs: Any) -> AsyncIterator[CheckpointTuple]:
        """Yield checkpoints, newest first."""
        for checkpoint in await self._list(*args, **kwargs):
            yield checkpoint

    async def aput(self, *args: Any, **kwargs: Any) -> RunnableConfig:
        """Write a checkpoint."""
        async with self._commits.lock:
            return self._statements.put(*args, **kwargs)

    async def aput_writes(self, *args: Any, **kwargs: Any) -> None:
        """Write the results of a task."""
        async with self._commits.lock:
            self._statements.put_writes(*args, **kwargs)

    @asynccontextmanager
    async def rolled_back_on_error(self, thread_id: str) -> AsyncIterator[None]:
        """Delete what the block wrote for a thread if it raises. Needs exclusive use of the thread.

        LangGraph stores the writes of a state update before the reducers run. A write that a
        reducer rejects would make every later read of the thread fail.
        """
        last_rows = {}
        async with self._commits.lock:
            for table in ("checkpoints", "writes"):
                sql = f"SELECT coalesce(max(rowid), 0) FROM {table}"
                (last_rows[table],) = self._commits.connection.execute(sql).fetchone()
        try:
            yield
        except BaseException:
            async with self._commits.transaction() as connection:
                for table, last_row in last_rows.items():
                    sql = f"DELETE FROM {table} WHERE thread_id = ? AND rowid > ?"
                    connection.execute(sql, (thread_id, last_row))
            raise

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete the checkpoints of a thread."""
        async with self._commits.lock:
            self._statements.delete_thread(thread_id)

    async def aget_delta_channel_history(self, **kwargs: Any) -> Mapping[str, DeltaChannelHistory]:
        """Return the changes that delta channels are rebuilt from."""
        async with self._commits.lock:
            return self._statements.get_delta_channel_history(**kwargs)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """`aget_tuple`, from a thread."""
        return self._wait_for(self.aget_tuple(config))

    def list(self, *args: Any, **kwargs: Any) -> Iterator[CheckpointTuple]:
        """`alist`, from a thread."""
        return iter(self._wait_for(self._list(*args, **kwargs)))

    def put(self, *args: Any, **kwargs: Any) -> RunnableConfig:
        """`aput`, from a thread."""
        return self._wait_for(self.aput(*args, **kwargs))

    def put_writes(self, *args: Any, **kwargs: Any) -> None:
        """`aput_writes`, from a thread."""
        self._wait_for(self.aput_writes(*args, **kwargs))

    def delete_thread(self, thread_id: str) -> None:
        """`adelete_thread`, from a thread."""
        self._wait_for(self.adelete_thread(thread_id))

    def get_delta_channel_history(self, **kwargs: Any) -> Mapping[str, DeltaChannelHistory]:
        """`aget_delta_channel_history`, from a thread."""
        return self._wait_for(self.aget_delta_channel_history(**kwargs))

    async def _list(self, *args: Any, **kwargs: Any) -> tuple[CheckpointTuple, ...]:
        async with self._commits.lock:
            return tuple(self._statements.list(*args, **kwargs))

    def _wait_for(self, call: Coroutine[Any, Any, _Returned]) -> _Returned:
        if threading.current_thread() is self._thread:  # it would wait for itself
            call.close()
            raise asyncio.InvalidStateError("On the event loop, use the asynchronous methods.")
        return asyncio.run_coroutine_threadsafe(call, self._loop).result()
