"""The runs of a thread, and the events of one as its server streams them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hitl_engine.model.json import JsonValue


class RunStatus(StrEnum):
    """What became of a run."""

    WAITS = "waits"
    """Another run of the thread is before it."""
    RUNNING = "running"
    ENDED = "ended"
    """It came to its end or to a stop, as the thread shows."""
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunKind(StrEnum):
    """What a run was sent for."""

    INPUT = "input"
    ANSWER = "answer"
    STEP = "step"
    REOPEN = "reopen"
    RERUN = "rerun"
    GOTO = "goto"
    UNKNOWN = "run"
    """It is not told: a run without an input at a checkpoint may be each of those but an answer."""


@dataclass(frozen=True, slots=True)
class ThreadRun:
    """One run of a thread. All texts are untrusted."""

    run_id: str
    thread_id: str
    assistant_id: str
    status: RunStatus
    kind: RunKind
    began: datetime | None
    """When it was requested, by the server's clock."""
    changed: datetime | None
    """When its status last changed, where the server tells it: for one that is over, its end."""
    sent: JsonValue = None
    """Its input, or the answers that it gave."""
    decision_id: str = ""
    """The decision that it carried out, where it was sent by this program."""
    error: str = ""
    """What it failed with, where the server tells it."""
    traceback: str = ""
    """Where the graph's own code raised that; only our own server tells it."""

    @property
    def is_under_way(self) -> bool:
        """Whether it has not ended."""
        return self.status in (RunStatus.WAITS, RunStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One event of a run, as the server sent it."""

    name: str
    """`metadata`, `tasks`, `updates`, `custom`, `error`, …"""
    namespace: tuple[str, ...]
    """The subgraphs that it comes from, outermost first, each as `node:task id`."""
    data: JsonValue
    event_id: str = ""
