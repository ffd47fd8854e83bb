"""Values in checkpoints: LangGraph's msgpack, strict about the types that it creates."""

from collections.abc import Collection, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from typing import Any

from langgraph.checkpoint.serde._msgpack import STRICT_MSGPACK_ENABLED
from langgraph.checkpoint.serde.event_hooks import SerdeEvent, register_serde_event_listener
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from hitl_server.storage.long_integers import packable
from hitl_server.storage.written_types import TypeName, WrittenTypes


class TypesRefused(Exception):
    """A checkpoint has values of types that may not be created."""

    def __init__(self, types: Collection[TypeName]) -> None:
        names = ", ".join(sorted(".".join(name) for name in types))
        listed = ", ".join(f'["{name[0]}", "{name[1]}"]' for name in sorted(types))
        super().__init__(
            f"A checkpoint contains values of types that this server did not write: {names}. They"
            " were not created, because this would run their code. To allow them, write into"
            ' langgraph.json: "checkpointer": {"serde": {"allowed_msgpack_modules":'
            f" [{listed}]}}}}"
        )


def checkpoint_serializer(
    allowed: Collection[TypeName], written: WrittenTypes
) -> JsonPlusSerializer:
    """Return the serializer of a server: strict, unless `LANGGRAPH_STRICT_MSGPACK` is off."""
    return StrictSerializer(allowed, written) if STRICT_MSGPACK_ENABLED else Serializer()


class Serializer(JsonPlusSerializer):
    """LangGraph's serializer, which also takes integers beyond 64 bits."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """Return a value as bytes. Raises TypeError, with the place of what cannot be written."""
        try:
            return super().dumps_typed(obj)
        except TypeError:
            changed = packable(obj)
        try:
            return super().dumps_typed(changed)
        except TypeError as error:
            place, culprit = self._culprit(changed, "")
            raise TypeError(
                f"A checkpoint cannot contain an object of type {type(culprit).__name__}"
                f"{place and f' (at {place})'}."
            ) from error

    def _culprit(self, value: Any, place: str) -> tuple[str, Any]:
        """Return the innermost part of a value that cannot be written, with its place."""
        for name, part in _parts(value):
            try:
                super().dumps_typed(part)
            except TypeError:
                return self._culprit(part, f"{place}{name}")
        return place, value


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a value, each with the words that lead to it."""
    match value:
        case dict():
            yield from ((f"[{key!r}]", part) for key, part in value.items())
        case list() | tuple() | set() | frozenset():
            yield from ((f"[{index}]", part) for index, part in enumerate(value))
        case _ if is_dataclass(value):
            yield from ((f".{one.name}", getattr(value, one.name)) for one in fields(value))


class StrictSerializer(Serializer):
    """Creates only values of types that are allowed, and of those that this server wrote itself.

    LangGraph passes on others as dicts, with a warning in the log; the node that gets one fails, or
    acts on it. Here reading them raises `TypesRefused`.
    """

    def __init__(self, allowed: Collection[TypeName], written: WrittenTypes) -> None:
        super().__init__(allowed_msgpack_modules=allowed or None)
        self._allowed = allowed
        self._written = written
        self._known = written.types
        self._strict = JsonPlusSerializer(allowed_msgpack_modules=[*allowed, *self._known] or None)

    def with_msgpack_allowlist(
        self, extra_allowlist: Iterable[TypeName | type]
    ) -> "StrictSerializer":
        """Return a serializer that may create these types as well."""
        names = {
            (one.__module__, one.__name__) if isinstance(one, type) else one
            for one in extra_allowlist
        }
        return StrictSerializer({*self._allowed, *names}, self._written)

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """Return a value as bytes; its types are noted."""
        kind, packed = super().dumps_typed(obj)
        if kind == "msgpack":
            self._written.note(packed)
        return kind, packed

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """Return a value. Raises `TypesRefused`."""
        if self._known is not self._written.types:
            self._known = self._written.types
            self._strict = self._strict.with_msgpack_allowlist(self._known)
        blocked: set[TypeName] = set()
        reading = _blocked.set(blocked)
        try:
            value = self._strict.loads_typed(data)
        finally:
            _blocked.reset(reading)
        if blocked:
            raise TypesRefused(blocked)
        return value


_blocked: ContextVar[set[TypeName] | None] = ContextVar("blocked", default=None)
"""Where the types are collected that the present reading must not create."""


def _collect(event: SerdeEvent) -> None:
    blocked = _blocked.get()
    if blocked is not None and event["kind"] == "msgpack_blocked":
        blocked.add((event["module"], event["name"]))


register_serde_event_listener(_collect)
