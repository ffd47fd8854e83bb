"""A run in words: how long it took, and what it was sent with or failed with."""

from datetime import UTC, datetime

from hitl_engine.model import ThreadRun, in_utc
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.durations import duration

_LINE = 200


def took(run: ThreadRun, now: datetime | None = None) -> str:
    """Return how long a run took, or takes until now; empty where it is not known."""
    if run.began is None:
        return ""
    end = (now or datetime.now(UTC)) if run.is_under_way else run.changed
    return duration((in_utc(end) - in_utc(run.began)).total_seconds()) if end else ""


def run_words(run: ThreadRun) -> str:
    """Return what a run failed with, or what was sent, as visible text on one line."""
    if run.error:
        return one_line(run.error, _LINE)
    if run.sent is None:
        return ""
    return one_line(json_text(run.sent, indent=None), _LINE)
