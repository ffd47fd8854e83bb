"""How a graph takes a write to a key of its state: our own server tells it, others are tried.

`{"__overwrite__": value}` replaces the value of a key with a reducer, but LangGraph stores it as it is
under any other key. No request of the Server API tells which keys have reducers; so a thread is made
for a moment, written to, read and deleted. Nothing of the graph runs but the functions that choose
what follows a node.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from hitl_engine.differences import changed_paths
from hitl_engine.errors import Denied, NotThere, ServerRefused, TargetError
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import JsonObject, JsonValue, KeyChange, KeyWrite
from hitl_engine.reading.briefs import brief
from hitl_engine.reading.client import own_assistant
from hitl_engine.reading.wire import WireSchemas

OVERWRITE = "__overwrite__"
REMOVE_ALL: JsonObject = {"type": "remove", "id": "__remove_all__", "content": ""}
_NODES_TRIED = 5
_OF_REDUCER = {
    None: KeyWrite.REPLACES,
    "messages": KeyWrite.MERGES_MESSAGES,
    "other": KeyWrite.MERGES,
}


def sent_value(value: JsonValue, write: KeyWrite) -> JsonValue:
    """Return what is sent so that a key has `value` afterwards."""
    match write, value:
        case KeyWrite.MERGES_MESSAGES, list(messages):
            return [REMOVE_ALL, *messages]
        case KeyWrite.MERGES | KeyWrite.MERGES_MESSAGES, _:
            return {OVERWRITE: value}
        case _:
            return value


def cautions_about_keys(writes: Mapping[str, KeyWrite]) -> Iterator[str]:
    """Yield what is not known of a write to these keys."""
    if unknown := ", ".join(key for key, write in writes.items() if write is KeyWrite.UNKNOWN):
        yield (
            f"Whether a reducer merges {unknown} could not be found out: the value may be merged with"
            " the present one. What became of it is read back and shown."
        )


def deviations(changes: Iterable[KeyChange], became: Any) -> Iterator[str]:
    """Yield a sentence for each key that became something else than it was meant to be."""
    values = became if isinstance(became, Mapping) else {}
    for each in changes:
        found = values.get(each.key)
        if not _is_as_meant(each, found):
            yield f"{each.key} was meant to be {brief(each.after)}, and became {brief(found)}."


def _is_as_meant(change: KeyChange, became: JsonValue) -> bool:
    if change.write is KeyWrite.MERGES_MESSAGES:
        match change.after, became:
            case list(meant), list(found):  # LangGraph adds what a message lacks
                pairs = zip(meant, found, strict=False)
                return len(meant) == len(found) and all(_is_same_message(*pair) for pair in pairs)
    return not changed_paths(change.after, became)


def _is_same_message(meant: JsonValue, found: JsonValue) -> bool:
    if not isinstance(meant, dict) or not isinstance(found, dict):
        return meant == found
    given = [key for key in ("id", "content", "tool_calls") if meant.get(key)]
    return all(meant[key] == found.get(key) for key in given)


class StateKeys:
    """Finds out how the keys of states take writes, and remembers it. Methods raise TargetError."""

    def __init__(self, session: ServerSession) -> None:
        self._session = session
        self._known: dict[tuple[str, str], KeyWrite] = {}

    async def writes(
        self, graph_id: str, values: Mapping[str, JsonValue], nodes: Sequence[str]
    ) -> dict[str, KeyWrite]:
        """Return how each key of `values`, which are about to be written, takes a write."""
        if unknown := {key: value for key, value in values.items() if not self._has(graph_id, key)}:
            await self._find_out(graph_id, unknown, nodes)
        return {key: self._known.get((graph_id, key), KeyWrite.UNKNOWN) for key in values}

    async def writes_inside(
        self, graph_id: str, path: Sequence[str], values: Iterable[str]
    ) -> dict[str, KeyWrite]:
        """Return how keys of a subgraph take a write; only our own server tells it."""
        told: Mapping[str, str | None] = {}
        if self._session.supports("reducers"):
            with suppress(Denied, NotThere, ServerRefused):
                found = await self._session.api.subgraph_schemas(own_assistant(graph_id))
                told = (found.get("|".join(path)) or WireSchemas()).reducers or {}
        known = {key: _OF_REDUCER.get(each) for key, each in told.items()}
        return {key: known.get(key) or KeyWrite.UNKNOWN for key in values}

    def _has(self, graph_id: str, key: str) -> bool:
        return (graph_id, key) in self._known

    async def _find_out(
        self, graph_id: str, values: Mapping[str, JsonValue], nodes: Sequence[str]
    ) -> None:
        try:
            if self._session.supports("reducers"):
                told = (await self._session.api.schemas(own_assistant(graph_id))).reducers or {}
                found = {key: _OF_REDUCER.get(each) for key, each in told.items()}
            else:
                found = await self._tried(graph_id, values, nodes[:_NODES_TRIED])
        except (Denied, NotThere, ServerRefused):
            return  # not known, which a person has to confirm
        self._known |= {(graph_id, key): each for key, each in found.items() if each is not None}

    async def _tried(
        self, graph_id: str, values: Mapping[str, JsonValue], nodes: Sequence[str]
    ) -> dict[str, KeyWrite | None]:
        """Write to each key of a thread that is made for this, and deleted."""
        api = self._session.api
        thread_id = (await api.create_thread({"graph_id": graph_id})).thread_id
        try:
            return {
                key: await self._of_key(thread_id, key, value, nodes)
                for key, value in values.items()
            }
        finally:
            with suppress(TargetError):
                await api.delete_thread(thread_id)

    async def _of_key(
        self, thread_id: str, key: str, value: JsonValue, nodes: Sequence[str]
    ) -> KeyWrite | None:
        overwritten: JsonObject = {OVERWRITE: value}
        written = await self._written(thread_id, {key: overwritten}, nodes)
        if written is None:  # the JavaScript server refuses it for a key without a reducer
            plain = await self._written(thread_id, {key: value}, nodes)
            return KeyWrite.REPLACES if plain and plain.get(key) == value else None
        match written.get(key):
            case {"__overwrite__": _}:
                return KeyWrite.REPLACES
            case found if found != value:
                return None
            case list(messages) if all(map(_is_message, messages)):
                cleared = await self._written(thread_id, {key: [REMOVE_ALL, *messages]}, nodes)
                kept = (cleared or {}).get(key)
                is_clear = isinstance(kept, list) and len(kept) == len(messages)
                return KeyWrite.MERGES_MESSAGES if is_clear else KeyWrite.MERGES
            case _:
                return KeyWrite.MERGES

    async def _written(
        self, thread_id: str, values: JsonObject, nodes: Sequence[str]
    ) -> Mapping[str, Any] | None:
        """Return the state after a write as the first of the nodes that may; None if none may.

        A node may not where the function that chooses what follows it fails on these values.
        """
        for node in nodes:
            with suppress(TargetError):
                await self._session.api.update_state(thread_id, values, as_node=node)
                state = await self._session.api.state(thread_id)
                return state.values if isinstance(state.values, Mapping) else None
        return None


def _is_message(value: JsonValue) -> bool:
    return isinstance(value, dict) and "content" in value and ("type" in value or "role" in value)
