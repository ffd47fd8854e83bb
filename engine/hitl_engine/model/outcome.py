"""Outcomes: what a run did, and what became of a decision."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from hitl_engine.model.json import JsonValue
from hitl_engine.model.thread import ThreadView


@dataclass(frozen=True, slots=True)
class Progress:
    """One event of a run that is being watched."""

    thread_id: str
    kind: Literal["started", "finished", "failed", "custom", "stopped", "token", "printed"]
    node: str
    """Node path, outermost first, joined by ` ▸ `; empty if the event names no node."""
    detail: JsonValue = None
    """`finished`: what the node wrote; `custom`: what it sent; `failed`: the error;
    `printed`: a line that it printed; `token`: `{"id", "text"}`, a message of a model and what of
    it arrived now."""
    at: float = field(default_factory=time.time, compare=False)
    """When it happened, in seconds since 1970: by the clock of the server if it tells, else of this
    computer, when it arrived. A run that is joined late sends what happened before, all at once."""
    target: str = ""
    """The name of the thread's target, where decisions go to several."""


@dataclass(frozen=True, slots=True)
class ReceivedAnswer:
    """The answer that a question got, from whomever, as far as the server tells. Untrusted."""

    who: str = ""
    """The name of the user; empty if nothing tells it."""
    at: datetime | None = None
    """When it was sent, or had been taken, by the server's clock."""
    answer: tuple[JsonValue, ...] = ()
    """The answer; empty if it is not told."""


OnProgress: TypeAlias = Callable[[Progress], None]
"""Gets each event of a run that is being watched, in their order."""


class OutcomeKind(StrEnum):
    """What became of a decision or a run that was sent."""

    APPLIED = "applied"
    RECORDED = "recorded"
    UNMOVED = "unmoved"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a decision, a step or a start, as it was read back.

    APPLIED: the graph took it (`thread.status` shows how the run ended).
    RECORDED: the server has it as the first of two answers, and carried nothing out.
    UNMOVED: the run of a step ended, and the thread is where it was. REFUSED: nothing was taken.
    UNKNOWN: side effects are possible; look, never resend.
    """

    kind: OutcomeKind
    why: str
    """One sentence: the proof, or the reason."""
    thread: ThreadView | None
    """The thread afterwards; None if it could not be read."""
    error: str | None = None
    """What this run failed with, if it did: mostly what its graph raised."""
    stuck: bool = False
    """Whether answers caused the same error twice: it must be reopened before an answer counts."""
    mismatches: tuple[str, ...] = ()
    """What was not as decided, a sentence each, untrusted: tool calls, as the messages show, and that the
    server ran it more than once."""
    otherwise: tuple[str, ...] = ()
    """Keys of the state that became something else than was written: a sentence each, untrusted."""
    thread_id: str = field(kw_only=True)
    """Known even if the thread could not be read."""


def mismatches_of(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return what was not as decided in one of these outcomes, each sentence once."""
    return tuple(dict.fromkeys(each for outcome in outcomes for each in outcome.mismatches))
