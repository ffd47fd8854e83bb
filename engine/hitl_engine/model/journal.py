"""What the journal keeps: drafts and decisions, and whether it is whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from hitl_engine.model.json import JsonObject, JsonValue
from hitl_engine.model.outcome import OutcomeKind
from hitl_engine.model.rule import AppliedRule
from hitl_engine.model.thread_run import RunStatus


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
    seconds: float | None = None
    """How long it was on the screen before it was decided; None outside of the console's cards."""
    characters: int = 0
    """How long the JSON is that was asked."""
    tools: tuple[str, ...] = ()
    """The tools of the calls that were decided."""
    asked_at: datetime | None = None
    origin: str = ""
    """From where the user came, as the system tells: `ssh from 10.0.0.5`, `sudo by ada`."""
    sent_as: str = ""
    """The id of the decision it was sent with; answers sent in one request share it."""
    mismatches: tuple[str, ...] = ()
    """What was not as decided, as in `Outcome`."""
    error: str = ""
    """What the run of this decision failed with, also if the decision was applied."""
    traceback: str = ""
    """Where it raised that, if the server tells it; many lines."""
    rules: tuple[AppliedRule, ...] = ()
    """The standing rules that decided; none if a person did."""
    log_reason: str = ""
    """Why it was decided so, or a ticket, in the person's words; those of rules have their names."""


@dataclass(frozen=True, slots=True)
class OtherDecision:
    """What another sent that is no start: the server tells it, not the journal. Texts are untrusted."""

    at: datetime
    """When its run was requested, by the server's clock."""
    who: str
    """Who sent it; empty where the server does not tell."""
    event: Literal["answer", "step", "reopen", "rerun", "goto", "run"]
    """What its run was sent for; `run` where only a run without an input is told."""
    server: str
    graph_id: str
    thread_id: str
    run_id: str
    answer: JsonValue
    """What was sent: answers by the id of their question, or an answer that names none."""
    status: RunStatus
    """What became of the run."""
    ended: datetime | None
    """When it ended, where the server tells."""
    error: str = ""
    """What the run failed with, where the server tells."""
    decision_id: str = ""
    """Set where this program sent it, with another journal."""
    log_reason: str = ""
    """The reason for the log, where the run carries it."""


@dataclass(frozen=True, slots=True)
class DecisionList:
    """Decisions of the journal and those of others, newest first."""

    entries: tuple[LogEntry | OtherDecision, ...]
    not_read: str = ""
    """What of the server was not read, in a sentence; empty if all was."""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which decisions of the journal are wanted; a part that is empty or None excludes nothing."""

    since: datetime | None = None
    thread_id: str = ""
    graph_id: str = ""
    who: str = ""
    outcome: OutcomeKind | Literal["none"] | None = None
    """`none`: those of which no outcome was recorded."""
    log_reason: str = ""
    """A part of the reason for the log, in any case of letters."""


EVERYTHING = LogFilter()
"""Excludes nothing."""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What was found when the rows of a journal were compared with their hashes."""

    journal_id: str
    rows: int
    """How many rows are as they were written."""
    earlier: int
    """Rows without a hash, written by a version that had no hashes: not compared."""
    heads: frozenset[str]
    """The hashes of all rows that were compared."""
    head: str
    """The newest of them; the id of the journal before the first."""
    fault: str = ""
    """What is wrong with the first row that is not as it was written; nothing after it was compared."""


@dataclass(frozen=True, slots=True)
class RunHead:
    """A run that carries a head of this journal, which the journal lacks."""

    thread_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class HeadsReport:
    """What was found when the journal was compared with the runs of its server."""

    runs: int
    """How many runs carry a head of this journal."""
    missing: tuple[RunHead, ...]
    """Those whose row is not in the journal."""
