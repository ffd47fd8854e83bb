"""What belongs to the values of a thread: what its last step changed, the states of its subgraphs."""

import asyncio
from collections.abc import Callable, Iterable, Iterator

from hitl_engine.differences import changed_paths
from hitl_engine.errors import BadInput
from hitl_engine.json_paths import places
from hitl_engine.model import Change, JsonValue, SubgraphState, Watched
from hitl_engine.reading.client import LangGraphServer
from hitl_engine.reading.wire import WireCheckpoint, WireTask


class StateValues:
    """Reads states. Methods raise NotThere, TargetError."""

    def __init__(self, api: Callable[[], LangGraphServer]) -> None:
        """`api` returns the client of the server in use, which may be replaced."""
        self._api = api

    async def changes(self, thread_id: str, checkpoint_id: str) -> tuple[Change, ...]:
        """Return how the values at a checkpoint differ from those before it, place by place.

        Everything counts as added at the first checkpoint of a thread.
        """
        pointer = WireCheckpoint(checkpoint_id=checkpoint_id, checkpoint_ns="")
        state = await self._api().state_at(thread_id, pointer)
        before = state.parent_checkpoint
        if before is None or not before.checkpoint_id:
            return await asyncio.to_thread(changed_paths, {}, state.values)
        earlier = await self._api().state_at(thread_id, before)
        # Large values take a moment; the screen goes on meanwhile.
        return await asyncio.to_thread(changed_paths, earlier.values, state.values)

    async def of_subgraphs(self, thread_id: str, checkpoint_id: str) -> tuple[SubgraphState, ...]:
        """Return the states of the subgraphs that have not ended at a checkpoint, outermost first."""
        state = await self._api().state_with_subgraphs(thread_id, checkpoint_id)
        return tuple(_inside(state.tasks))

    async def watched(self, values: JsonValue, expressions: Iterable[str]) -> tuple[Watched, ...]:
        """Return what each expression of JSONPath finds in values, or why it cannot be read."""
        asked = tuple(expressions)
        # A search in large values takes a while; the screen goes on meanwhile.
        return await asyncio.to_thread(lambda: tuple(watched(each, values) for each in asked))


def watched(expression: str, values: JsonValue) -> Watched:
    """Return what one expression finds."""
    try:
        return Watched(expression, places(expression, values))
    except BadInput as error:
        return Watched(expression, problem=error.what)


def _inside(tasks: Iterable[WireTask], above: tuple[str, ...] = ()) -> Iterator[SubgraphState]:
    for task in tasks:
        if task.state is not None:
            path = (*above, task.name)
            pointer = task.state.checkpoint
            namespace = (pointer and pointer.checkpoint_ns) or ""
            yield SubgraphState(namespace, path, task.state.values, task.state.next)
            yield from _inside(task.state.tasks, path)
