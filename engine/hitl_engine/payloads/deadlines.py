"""When a question has to be answered, where its payload says so.

No convention fixes the name of the key. Seen: `expiresAt` (AG-UI), `deadline` (the hooks of Deep
Agents, in `request`), and their spellings; `timeout`, a number of seconds.
"""

from datetime import datetime, timedelta

from hitl_engine.model import JsonObject, JsonValue, in_utc

_TIMES = ("deadline", "expires_at", "expiresAt", "due_at", "dueAt")
_SECONDS = ("timeout", "timeout_seconds", "timeoutSeconds")
_LONGEST = 366 * 86_400.0
DEADLINE_KEYS = frozenset((*_TIMES, *_SECONDS))
"""The keys that tell nothing but when to answer."""
_WITH_TIMES = DEADLINE_KEYS | {"request"}
"""A payload has one of these, or no deadline: a hundred thousand are sorted by it."""


def deadline_of(payload: JsonValue, since: datetime | None = None) -> datetime | None:
    """Return the deadline that a payload gives as an ISO 8601 time; UTC if it has no zone.

    It may also give the seconds from when it was asked (`since`).
    """
    if not isinstance(payload, dict) or _WITH_TIMES.isdisjoint(payload):
        return None
    request = payload.get("request")
    return _deadline_in(payload, since) or (
        _deadline_in(request, since) if isinstance(request, dict) else None
    )


def expired_caution(deadline: datetime | None, now: datetime) -> str:
    """Return that a deadline has passed, as a person is told before they answer; empty if not."""
    if deadline is None or now < deadline:
        return ""
    at = f"{deadline.astimezone():%Y-%m-%d %H:%M:%S}"
    return (
        f"The deadline of this question passed at {at}: the graph may not take the answer any more."
    )


def _deadline_in(found: JsonObject, since: datetime | None) -> datetime | None:
    times = [_time(found.get(key)) for key in _TIMES]
    if since is not None:
        times += (_after(in_utc(since), found.get(key)) for key in _SECONDS)
    return next((time for time in times if time is not None), None)


def _time(value: JsonValue) -> datetime | None:
    try:
        return in_utc(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _after(since: datetime, seconds: JsonValue) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return since + timedelta(seconds=seconds) if 0 < seconds <= _LONGEST else None
