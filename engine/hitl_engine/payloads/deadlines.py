"""When a question has to be answered, where its payload says so.

No convention fixes the name of the key. Seen: `expiresAt` (AG-UI), `deadline` (the hooks of Deep
Agents, in `request`), and their spellings.
"""

from datetime import datetime

from hitl_engine.model import JsonObject, JsonValue, in_utc

_KEYS = ("deadline", "expires_at", "expiresAt", "due_at", "dueAt")
_WITH_TIMES = frozenset((*_KEYS, "request"))
"""A payload has one of these, or no deadline: a hundred thousand are sorted by it."""


def deadline_of(payload: JsonValue) -> datetime | None:
    """Return the deadline that a payload gives as an ISO 8601 time; UTC if it has no zone."""
    if not isinstance(payload, dict) or _WITH_TIMES.isdisjoint(payload):
        return None
    request = payload.get("request")
    return _deadline_in(payload) or (_deadline_in(request) if isinstance(request, dict) else None)


def _deadline_in(found: JsonObject) -> datetime | None:
    times = (_time(found.get(key)) for key in _KEYS)
    return next((time for time in times if time is not None), None)


def _time(value: JsonValue) -> datetime | None:
    try:
        return in_utc(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None
