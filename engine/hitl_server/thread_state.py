"""Where a thread stands: a langgraph snapshot as wire JSON, and as the columns of a thread row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from langgraph.types import Interrupt, PregelTask, StateSnapshot

from hitl_server.json_types import JsonObject

INTERRUPT = "__interrupt__"
"""Under this key langgraph says what waits, in values and updates."""

EMPTY_STATE: JsonObject = {
    "values": {},
    "next": [],
    "tasks": [],
    "metadata": None,
    "created_at": None,
    "checkpoint": None,
    "parent_checkpoint": None,
    "interrupts": [],
    "checkpoint_id": None,
    "parent_checkpoint_id": None,
}
"""The state of a thread on which no graph has run."""


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A static breakpoint at which a run stopped."""

    when: Literal["before", "after"]
    node: str


@dataclass(frozen=True, slots=True)
class StateColumns:
    """A thread as its newest checkpoint describes it, ready for its row."""

    status: Literal["idle", "interrupted", "error"]
    values: Any
    next: list[str]
    tasks: list[JsonObject]
    interrupts: dict[str, list[JsonObject]]
    """Pending interrupts by the id of the (root) task that asks."""
    checkpoint_id: str | None
    breakpoint: JsonObject | None
    """`{"when": "before" or "after", "node"}`, if it stands at a static breakpoint."""
    error: JsonObject | None


def state_columns(
    snapshot: StateSnapshot, error: JsonObject | None, stop: Breakpoint | None
) -> StateColumns:
    """Derive where a thread stands; `error` and `stop` say how its last run ended.

    Interrupts and breakpoints outrank the error: a thread whose node failed after taking an
    answer, or whose engine died in a step, still waits for a person, and must be found by a
    search for what is interrupted.
    """
    tasks = [_task_row(task) for task in snapshot.tasks]
    interrupts = {task["id"]: task["interrupts"] for task in tasks if task["interrupts"]}
    breakpoint = None if interrupts else _breakpoint(snapshot, stop)
    waits = bool(interrupts or breakpoint) or (bool(snapshot.next) and error is None)
    configurable = _configurable(snapshot.config)
    return StateColumns(
        status="interrupted" if waits else "error" if error else "idle",
        values=snapshot.values,
        next=list(snapshot.next),
        tasks=tasks,
        interrupts=interrupts,
        checkpoint_id=configurable.get("checkpoint_id"),
        breakpoint=breakpoint,
        error=error,
    )


def dated(
    state_columns: StateColumns, earlier: Mapping[str | None, str], time: str
) -> StateColumns:
    """Say of all that waits since when: since `time`, unless `earlier` (`waited`) knows it."""
    tasks = [
        {
            **task,
            "interrupts": [
                {**asked, "since": earlier.get(asked["id"], time)} for asked in task["interrupts"]
            ],
        }
        for task in state_columns.tasks
    ]
    stop = state_columns.breakpoint
    if stop is not None:
        stop = {**stop, "since": earlier.get(state_columns.checkpoint_id, time)}
    return replace(state_columns, tasks=tasks, breakpoint=stop)


def waited(
    tasks: Iterable[JsonObject], breakpoint: JsonObject | None, checkpoint_id: str | None
) -> dict[str | None, str]:
    """Return since when the things of a row have waited.

    Interrupts by their ids, which outlive a run that comes to the same question again; the
    breakpoint by its checkpoint, which outlives a run that was killed before the next one.
    """
    since = {asked["id"]: asked.get("since") for task in tasks for asked in task["interrupts"]}
    if breakpoint is not None:
        since[checkpoint_id] = breakpoint.get("since")
    return {key: time for key, time in since.items() if time is not None}


def snapshot_json(snapshot: StateSnapshot) -> JsonObject:
    """Return a snapshot as `GET /threads/{id}/state` shows it."""
    checkpoint = checkpoint_of(snapshot.config)
    parent = checkpoint_of(snapshot.parent_config)
    return {
        "values": snapshot.values,
        "next": list(snapshot.next),
        "tasks": [_task_json(task) for task in snapshot.tasks],
        "metadata": snapshot.metadata,
        "created_at": snapshot.created_at,
        "checkpoint": checkpoint,
        "parent_checkpoint": parent,
        "interrupts": [interrupt_json(interrupt) for interrupt in snapshot.interrupts],
        "checkpoint_id": _configurable(snapshot.config).get("checkpoint_id"),
        "parent_checkpoint_id": _configurable(snapshot.parent_config).get("checkpoint_id"),
    }


def checkpoint_of(config: Mapping[str, Any] | None) -> JsonObject | None:
    """Return the checkpoint a config points to, in wire form; None if it points to none."""
    configurable = _configurable(config)
    if not configurable.get("thread_id") or not configurable.get("checkpoint_id"):
        return None
    optional = {"checkpoint_ns": configurable.get("checkpoint_ns") or ""}
    if "checkpoint_map" in configurable:
        optional["checkpoint_map"] = configurable["checkpoint_map"]
    return {
        "checkpoint_id": configurable["checkpoint_id"],
        "thread_id": configurable["thread_id"],
        **optional,
    }


def interrupt_json(interrupt: Interrupt) -> JsonObject:
    """Return `{"id", "value"}`, and `response_schema` only where there is one."""
    shown: JsonObject = {"id": interrupt.id, "value": interrupt.value}
    if (schema := getattr(interrupt, "response_schema", None)) is not None:
        shown["response_schema"] = schema
    return shown


def breakpoint_between(
    ran: Iterable[str], following: Iterable[str], before: Iterable[str], after: Iterable[str]
) -> Breakpoint | None:
    """Return the breakpoint between the nodes that `ran` and those `following`.

    langgraph looks at the breakpoints after a step before those ahead of the next one.
    """
    if node := _first(ran, after):
        return Breakpoint("after", node)
    if node := _first(following, before):
        return Breakpoint("before", node)
    return None


def _first(nodes: Iterable[str], breakpoints: Iterable[str]) -> str | None:
    marked = {breakpoints} if isinstance(breakpoints, str) else set(breakpoints)
    return next((node for node in nodes if node in marked or "*" in marked), None)


def _breakpoint(snapshot: StateSnapshot, stop: Breakpoint | None) -> JsonObject | None:
    return {"when": stop.when, "node": stop.node} if stop and snapshot.next else None


def _task_row(task: PregelTask) -> JsonObject:
    row: JsonObject = {
        "id": task.id,
        "name": task.name,
        "path": task.path,
        "error": _task_error(task),
        "interrupts": [interrupt_json(interrupt) for interrupt in task.interrupts],
    }
    if checkpoint := _subgraph_checkpoint(task):
        row["checkpoint"] = checkpoint
        row["checkpoint_ns"] = checkpoint.get("checkpoint_ns")
    return row


def _task_json(task: PregelTask) -> JsonObject:
    nested = isinstance(task.state, StateSnapshot)
    return {
        "id": task.id,
        "name": task.name,
        "path": task.path,
        "error": _task_error(task),
        "interrupts": [interrupt_json(interrupt) for interrupt in task.interrupts],
        "checkpoint": None if nested else _subgraph_checkpoint(task),
        "state": snapshot_json(task.state) if isinstance(task.state, StateSnapshot) else None,
        "result": getattr(task, "result", None),
    }


def _task_error(task: PregelTask) -> str | None:
    error: object = task.error
    return repr(error) if isinstance(error, BaseException) else error  # type: ignore[return-value]


def _subgraph_checkpoint(task: PregelTask) -> JsonObject | None:
    if task.state is None or isinstance(task.state, StateSnapshot):
        return None
    return dict(_configurable(task.state)) or None


def _configurable(config: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return (config or {}).get("configurable") or {}
