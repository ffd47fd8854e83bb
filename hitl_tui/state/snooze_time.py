"""For how long an item can be snoozed."""

from datetime import datetime, time, timedelta
from enum import Enum

_MORNING = time(8)


class SnoozeTime(Enum):
    """A time, in words."""

    NOW = "no longer: list it again"
    MINUTES = "for 10 minutes"
    HOUR = "for 1 hour"
    TOMORROW = "until tomorrow, 8:00"
    CHANGE = "until it changes"

    def end(self, now: datetime) -> datetime | None:
        """Return when it ends, given the time `now` with its zone; None if only a change ends it."""
        match self:
            case SnoozeTime.NOW:
                return now
            case SnoozeTime.MINUTES:
                return now + timedelta(minutes=10)
            case SnoozeTime.HOUR:
                return now + timedelta(hours=1)
            case SnoozeTime.TOMORROW:
                local = now.astimezone() + timedelta(days=1)
                return datetime.combine(local.date(), _MORNING).astimezone()
            case SnoozeTime.CHANGE:
                return None
