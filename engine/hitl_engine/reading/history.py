"""The checkpoints of a thread, page by page, and the thread as it was at one of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hitl_engine.differences import changed_paths
from hitl_engine.errors import Missing, NotThere, TooLarge
from hitl_engine.model import Change, Checkpoint, HistoryPage, ThreadView
from hitl_engine.reading.briefs import brief_fields
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.snapshot_sources import from_state
from hitl_engine.reading.wire import DECISION_ID, WireCheckpoint, WireState, WireTask, WireThread

PAGE = 30
"""Checkpoints that are read at once: each comes with all its values."""
_START = "__start__"
_USER_IDS = ("langgraph_auth_user_id", "user_id")
"""Where servers note in a checkpoint who started its run."""
_NOBODY = frozenset({"", "anonymous"})
"""What servers without users note there."""

WhoSent = Callable[[str], Awaitable[str]]
"""Returns who sent the decision with this id from here; empty if that is not known."""


class History:
    """Reads the checkpoints of threads. Methods raise NotThere, TargetError."""

    def __init__(self, api: Callable[[], LangGraphServer], who_sent: WhoSent) -> None:
        """`api` returns the client of the server in use, which may be replaced."""
        self._api = api
        self._who_sent = who_sent

    async def page(self, thread_id: str, *, before: str = "", limit: int = PAGE) -> HistoryPage:
        """Return up to `limit` checkpoints, newest first, older than `before` if that is given."""
        # One more is read: only the parent tells which nodes ran to make a checkpoint.
        states, is_last = await _states(
            self._api(), thread_id, limit=limit + 1, least=2, before=before
        )
        known = {_id(state.checkpoint): state for state in states}
        senders: dict[str, str] = {}
        found = []
        for state in states if is_last else states[:-1]:
            decision_id = str(state.metadata.get(DECISION_ID) or "")
            if decision_id and decision_id not in senders:
                senders[decision_id] = await self._who_sent(decision_id)
            parent = known.get(_id(state.parent_checkpoint))
            who = _user(state.metadata) or senders.get(decision_id, "")
            found.append(_checkpoint(state, parent, who))
        return HistoryPage(tuple(found), is_last=is_last)

    async def line(
        self, thread_id: str, checkpoint_id: str, *, limit: int = PAGE
    ) -> tuple[Checkpoint, ...]:
        """Return a checkpoint and those that it came from, newest first, as far as `limit` reaches."""
        newest = await self.state(thread_id, checkpoint_id)
        older, _ = await _states(self._api(), thread_id, limit=limit, before=checkpoint_id)
        known = {_id(state.checkpoint): state for state in older}
        found, at = [], newest
        while parent := known.get(_id(at.parent_checkpoint)):
            found.append(_checkpoint(at, parent, ""))
            at = parent
        return (*found, _checkpoint(at, None, ""))

    async def compare(self, thread_id: str, before_id: str, after_id: str) -> tuple[Change, ...]:
        """Return what differs in the values of two checkpoints, in the order of the second."""
        before = await self.state(thread_id, before_id)
        after = await self.state(thread_id, after_id)
        # Large values take a moment; the screen goes on meanwhile.
        return await asyncio.to_thread(changed_paths, before.values, after.values)

    async def moment(self, thread_id: str, checkpoint_id: str) -> ThreadView:
        """Return a thread as it was at a checkpoint. Nothing waits there: it is over."""
        state = await self.state(thread_id, checkpoint_id)
        graph_id = str(state.metadata.get("graph_id") or "")
        row = WireThread(thread_id=thread_id, metadata={"graph_id": graph_id})
        if not graph_id:
            row = await self._api().thread(thread_id)
        over = replace(row, status=None, error=None)
        return replace(from_state(over, state).view(), waiting=(), stop=None)

    async def state(self, thread_id: str, checkpoint_id: str) -> WireState:
        """Return the state at a checkpoint of the root graph.

        Raises Missing also where the server answers with an empty or another state.
        """
        pointer = WireCheckpoint(checkpoint_id=checkpoint_id, checkpoint_ns="")
        missing = Missing(
            f"Thread {thread_id} has no checkpoint {checkpoint_id}.",
            hint=f"hitl-tui history {thread_id} lists its checkpoints.",
        )
        try:
            state = await self._api().state_at(thread_id, pointer)
        except NotThere as error:
            raise missing from error
        if _id(state.checkpoint) != checkpoint_id or state.created_at is None:
            raise missing
        return state


def _checkpoint(state: WireState, parent: WireState | None, who: str) -> Checkpoint:
    source = str(state.metadata.get("source") or "")
    step = state.metadata.get("step")
    ran = _ended(parent) if parent and source == "loop" else []
    return Checkpoint(
        checkpoint_id=_id(state.checkpoint),
        parent_id=_id(state.parent_checkpoint),
        step=step if isinstance(step, int) else None,
        source=source,
        ran=tuple(task.name for task in ran),
        next=state.next,
        at=state.created_at,
        wrote=_wrote(source, state, parent, ran),
        asked=tuple(task.name for task in state.tasks if task.interrupts),
        ended=tuple(task.name for task in _ended(state)),
        failed=next((f"{task.name}: {task.error}" for task in state.tasks if task.error), ""),
        who=who,
        run_id=str(state.metadata.get("run_id") or ""),
    )


def _ended(state: WireState) -> list[WireTask]:
    """Return the tasks of the nodes that began at a state and ended."""
    return [task for task in state.tasks if task.result is not None and task.name != _START]


def _wrote(source: str, state: WireState, parent: WireState | None, ran: list[WireTask]) -> str:
    match source:
        case "input":
            given = [task.result for task in state.tasks if task.name == _START]
            return brief_fields(given[0]) if given else ""
        case "update":
            return brief_fields(dict(_differing(parent.values if parent else {}, state.values)))
        case "loop":
            return _wrote_by(ran, parent.values if parent else {})
        case _:
            return ""


def _wrote_by(ran: list[WireTask], before: Any) -> str:
    """Return what nodes wrote; of a node with several tasks, all that they wrote as a list."""
    results: dict[str, list[Any]] = {}
    for task in ran:
        results.setdefault(task.name, []).append(_new(task.result, before))
    by_node = {node: wrote[0] if len(wrote) == 1 else wrote for node, wrote in results.items()}
    if len(by_node) == 1:
        return brief_fields(next(iter(by_node.values())))
    return brief_fields(by_node)


def _new(result: Any, before: Any) -> Any:
    """Leave out the messages that were in the state before: an agent returns them all again."""
    if not (isinstance(result, Mapping) and isinstance(before, Mapping)):
        return result
    return {key: _without_known(value, before.get(key)) for key, value in result.items()}


def _without_known(value: Any, before: Any) -> Any:
    if not (isinstance(value, list) and isinstance(before, list) and len(value) > len(before)):
        return value
    have_ids = all(isinstance(each, Mapping) and each.get("id") for each in before)
    return value[len(before) :] if have_ids and value[: len(before)] == before else value


def _differing(before: Any, after: Any) -> Iterator[tuple[str, Any]]:
    """Yield the keys of the state with another value than before, each with its new value."""
    known = before if isinstance(before, Mapping) else {}
    for key, value in after.items() if isinstance(after, Mapping) else ():
        if key not in known or known[key] != value:
            yield key, value


def _user(metadata: Mapping[str, Any]) -> str:
    noted = (str(metadata.get(key) or "") for key in _USER_IDS)
    return next((user for user in noted if user not in _NOBODY), "")


def _id(pointer: WireCheckpoint | None) -> str:
    return (pointer and pointer.checkpoint_id) or ""


async def all_states(api: LangGraphServer, thread_id: str) -> AsyncIterator[WireState]:
    """Yield all states of a thread, of all its branches, newest first. Raises NotThere, TargetError."""
    before, limit, is_last = "", PAGE, False
    while not is_last:
        page, is_last = await _states(api, thread_id, limit=limit, before=before)
        for state in page:
            yield state
            before = state.checkpoint_id
        limit = len(page)  # a longer page may be too large again


async def _states(
    api: LangGraphServer, thread_id: str, *, limit: int, before: str, least: int = 1
) -> tuple[tuple[WireState, ...], bool]:
    """Return the states before a checkpoint, newest first, and whether no older ones follow.

    Fewer than `limit`, but not fewer than `least`, where the reply would be too large.
    """
    while True:
        try:
            states = await api.history(thread_id, limit=limit, before=before)
        except TooLarge:
            if limit <= least:
                raise
            limit = max(least, limit // 2)
        else:
            return states, len(states) < limit
