"""Which events a client of the event protocol wants, as it says so in a body or a command."""

from typing import Any

from hitl_server.refusals import Refusal
from hitl_server.streams.protocol_events import CHANNELS, EventFilter


def filter_of(body: Any) -> EventFilter:
    """Return the filter of a body `{"channels", "namespaces", "depth"}`. Raises `Refusal` (400)."""
    given = body if isinstance(body, dict) else {}
    channels = given.get("channels")
    if not isinstance(channels, list) or not channels:
        raise Refusal(400, "channels is required and must be a non-empty array")
    if unknown := [channel for channel in channels if not _is_channel(channel)]:
        allowed = ", ".join(sorted(CHANNELS))
        raise Refusal(
            400,
            f"channels contains unsupported entries: {', '.join(map(str, unknown[:5]))}. "
            f"Allowed: {allowed}, or any `custom:<name>`.",
        )
    namespaces = given.get("namespaces")
    places = namespaces if isinstance(namespaces, list) else []
    return EventFilter(
        frozenset(channels),
        tuple(tuple(place) for place in places if _is_namespace(place)),
        number_in(given, "depth"),
    )


def number_in(body: Any, name: str) -> int | None:
    """Return a natural number in a body; None for anything else."""
    value = body.get(name) if isinstance(body, dict) else None
    is_natural = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_natural else None


def _is_channel(channel: Any) -> bool:
    if not isinstance(channel, str):
        return False
    kind, colon, name = channel.partition(":")
    return channel in CHANNELS or (kind == "custom" and bool(colon and name))


def _is_namespace(place: Any) -> bool:
    return isinstance(place, list) and all(isinstance(segment, str) for segment in place)
