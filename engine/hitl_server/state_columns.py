"""The columns of a thread's row that hold its state. Nothing here imports LangGraph: see `starting`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from hitl_server.json_types import JsonObject

INTERRUPT = "__interrupt__"
"""The key of pending interrupts in the values and updates of LangGraph."""


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """The static breakpoint at which a run stopped."""

    when: Literal["before", "after"]
    node: str


@dataclass(frozen=True, slots=True)
class StateColumns:
    """The state of a thread at its newest checkpoint, for the columns of its row."""

    status: Literal["idle", "interrupted", "error"]
    values: Any
    next: list[str]
    tasks: list[JsonObject]
    interrupts: dict[str, list[JsonObject]]
    """Pending interrupts by the id of their task in the root graph."""
    checkpoint_id: str | None
    breakpoint: JsonObject | None
    """`{"when": "before" or "after", "node"}` at a static breakpoint, else None."""
    error: JsonObject | None


@dataclass(frozen=True, slots=True)
class RequiredState:
    """The state that a thread must have when a run or a change of its state is accepted."""

    checkpoint_ids: frozenset[str] = frozenset()
    """Each must be the newest checkpoint."""
    interrupt_ids: Sequence[str] | None = None
    """Interrupts that must be pending; with an empty list, none may be."""
    some_interrupt: bool = False
    """Whether some interrupt must be pending."""
    payload_digests: Mapping[str, str] | None = None
    """What the tasks that ask these interrupts must ask, by interrupt id."""
    last_run_id: str | None = None
    """The newest run of the thread."""
    first_answer: str | None = None
    """The first of two answers that the client has seen: another one is not replaced. Empty: none."""

    @property
    def is_as_seen(self) -> bool:
        """Whether the request is based on a state that its client has seen."""
        return (
            bool(self.checkpoint_ids or self.payload_digests or self.last_run_id)
            or self.interrupt_ids is not None
        )


def with_since(
    state_columns: StateColumns, earlier: Mapping[str | None, str], time: str
) -> StateColumns:
    """Add `since` to all that waits: from `earlier` (`waiting_since`), or else `time`."""
    tasks = [
        {
            **task,
            "interrupts": [
                {**interrupt, "since": earlier.get(interrupt["id"], time)}
                for interrupt in task["interrupts"]
            ],
        }
        for task in state_columns.tasks
    ]
    breakpoint = state_columns.breakpoint
    if breakpoint is not None:
        breakpoint = {**breakpoint, "since": earlier.get(state_columns.checkpoint_id, time)}
    return replace(state_columns, tasks=tasks, breakpoint=breakpoint)


def waiting_since(
    tasks: Iterable[JsonObject], breakpoint: JsonObject | None, checkpoint_id: str | None
) -> dict[str | None, str]:
    """Return since when the interrupts and the breakpoint of a row have waited.

    The keys are interrupt ids, which stay the same when a run reaches the same question again, and
    the checkpoint id for the breakpoint, which stays the same when a run is killed before the next
    checkpoint.
    """
    since = {
        interrupt["id"]: interrupt.get("since")
        for task in tasks
        for interrupt in task["interrupts"]
    }
    if breakpoint is not None:
        since[checkpoint_id] = breakpoint.get("since")
    return {key: time for key, time in since.items() if time is not None}
