"""What the journal keeps: drafts and decisions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from hitl_engine.model.json import JsonObject, JsonValue
from hitl_engine.model.outcome import OutcomeKind


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed and not sent."""

    fingerprint: str
    thread_id: str
    interrupt_id: str
    content: JsonObject
    """What was typed, in the card's own format."""
    unchanged: bool
    """False: the question has changed since this was typed."""
    saved: datetime


Event: TypeAlias = Literal[
    "answer",
    "step",
    "start",
    "reopen",
    "delete",
    "cancel",
    "pause",
    "update",
    "fork",
    "rerun",
    "goto",
    "store",
    "assistant",
]
"""What was decided: an answer, a step past a breakpoint, a new run, a reopened question; that a
thread was deleted, or a run cancelled or paused; a write into the state, at an older checkpoint a
fork; a run from an older checkpoint, or at another node; a change of the store; that an
assistant has another latest version."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One decision of the journal, put together from its rows."""

    decision_id: str
    at: datetime
    who: str
    event: Event
    server: str
    graph_id: str
    thread_id: str
    node: str
    interrupt_id: str | None
    decision: str
    """`approve`, `reject, approve`, `edit to another tool`, `revise`, `choose`, `answer`, `step`, …"""
    answer: JsonValue
    outcome: OutcomeKind | None
    """None: no outcome was recorded (the console ended before it was known)."""
    why: str
    unseen: int = 0
    """Rows and tool calls that were not on the screen when it was decided: the person jumped."""
    sent_as: str = ""
    """The id of the decision it was sent with; answers sent in one request share it."""
    mismatches: tuple[str, ...] = ()
    """Tool calls that did not run as decided, as in `Outcome`."""
    error: str = ""
    """What the run of this decision failed with, also if the decision was applied."""
    traceback: str = ""
    """Where it raised that, if the server tells it; many lines."""
