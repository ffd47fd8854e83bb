"""The state of a thread, from LangGraph's snapshot: as JSON of the API, and as columns of its row."""

from collections.abc import Iterable, Mapping
from typing import Any

from langgraph.types import Interrupt, PregelTask, StateSnapshot

from hitl_server.exact_values import exact_values
from hitl_server.json_types import JsonObject
from hitl_server.state_columns import Breakpoint, StateColumns

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
"""The state of a thread without any run."""


def state_columns(
    snapshot: StateSnapshot, error: JsonObject | None, stopped_at: Breakpoint | None
) -> StateColumns:
    """Return the state of a thread; `error` and `stopped_at` are how its last run ended.

    With a pending interrupt or a breakpoint, the status is "interrupted" in spite of an error: a
    thread whose node failed after an answer, or whose server died, still waits for a person, and
    a search for interrupted threads must find it.
    """
    tasks = [_task_row(task) for task in snapshot.tasks]
    interrupts = {task["id"]: task["interrupts"] for task in tasks if task["interrupts"]}
    breakpoint = None if interrupts else _breakpoint(snapshot, stopped_at)
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


def snapshot_json(snapshot: StateSnapshot) -> JsonObject:
    """Return a snapshot as the response of `GET /threads/{id}/state`."""
    checkpoint = checkpoint_of(snapshot.config)
    parent = checkpoint_of(snapshot.parent_config)
    return {
        "values": snapshot.values,
        "next": list(snapshot.next),
        "tasks": [_task_json(task) for task in snapshot.tasks],
        "metadata": _metadata(snapshot),
        "created_at": snapshot.created_at,
        "checkpoint": checkpoint,
        "parent_checkpoint": parent,
        "interrupts": [interrupt_json(interrupt) for interrupt in snapshot.interrupts],
        "checkpoint_id": _configurable(snapshot.config).get("checkpoint_id"),
        "parent_checkpoint_id": _configurable(snapshot.parent_config).get("checkpoint_id"),
    }


def _metadata(snapshot: StateSnapshot) -> JsonObject | None:
    """Return the metadata of a checkpoint with its thread, as langgraph-api does."""
    if snapshot.metadata is None:
        return None
    return {**snapshot.metadata, "thread_id": _configurable(snapshot.config).get("thread_id")}


def checkpoint_of(config: Mapping[str, Any] | None) -> JsonObject | None:
    """Return the checkpoint of a config as JSON; None if it has none."""
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
    """Return `{"id", "value"}`, and if there are any, `response_schema` and `exact_values`.

    The latter, which langgraph-api does not have, lists what JSON cannot carry (`exact_values.py`).
    """
    shown: JsonObject = {"id": interrupt.id, "value": interrupt.value}
    if inexact := exact_values(interrupt.value):
        shown["exact_values"] = inexact
    if (schema := getattr(interrupt, "response_schema", None)) is not None:
        shown["response_schema"] = schema
    return shown


def breakpoint_between(
    ran: Iterable[str], following: Iterable[str], before: Iterable[str], after: Iterable[str]
) -> Breakpoint | None:
    """Return the breakpoint between the nodes that `ran` and those `following`.

    LangGraph checks the breakpoints after a step first, then those before the next one.
    """
    if node := _first(ran, after):
        return Breakpoint("after", node)
    if node := _first(following, before):
        return Breakpoint("before", node)
    return None


def _first(nodes: Iterable[str], breakpoints: Iterable[str]) -> str | None:
    marked = {breakpoints} if isinstance(breakpoints, str) else set(breakpoints)
    return next((node for node in nodes if node in marked or "*" in marked), None)


def _breakpoint(snapshot: StateSnapshot, stopped_at: Breakpoint | None) -> JsonObject | None:
    if stopped_at is None or not snapshot.next:
        return None
    return {"when": stopped_at.when, "node": stopped_at.node}


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
