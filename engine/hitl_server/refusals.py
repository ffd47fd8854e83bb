"""The refusals of the server: status codes and texts of langgraph-api 0.16.7."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID


class Refusal(Exception):
    """A request that is answered with an error: `status` and `{"detail": detail, **extra}`."""

    def __init__(self, status: int, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"detail": detail, **extra}


def invalid_json() -> Refusal:
    """The body is not JSON, or not the kind of JSON value that is needed."""
    return Refusal(422, "Invalid JSON in request body")


def unreadable_body() -> Refusal:
    """The body is incomplete, not UTF-8 or nested too deeply; the text is FastAPI's."""
    return Refusal(400, "There was an error parsing the body")


def large_body(limit: int) -> Refusal:
    """The body is larger than its endpoint permits."""
    return Refusal(
        413,
        f"The body is larger than {limit} bytes. http.limits in langgraph.json sets this limit.",
    )


def deep_body(limit: int) -> Refusal:
    """Arrays and objects of the body are nested too deeply."""
    return Refusal(422, f"The body is nested too deeply: more than {limit} levels.")


def no_thread(thread_id: str) -> Refusal:
    """No thread has this id."""
    return Refusal(404, f"Thread with ID {thread_id} not found")


def no_thread_or_assistant() -> Refusal:
    """A run was requested for a thread or an assistant that does not exist."""
    return Refusal(404, "Thread or assistant not found.")


def thread_exists(thread_id: str) -> Refusal:
    """A thread was to be created with an id that is taken."""
    return Refusal(409, f"Thread with ID {thread_id} already exists")


def thread_busy() -> Refusal:
    """Another run of this thread has not ended."""
    return Refusal(
        409,
        "Thread is already running a task. Wait for it to finish or choose a different "
        "multitask strategy.",
    )


def preconditions_failed(current: dict[str, Any] | None) -> Refusal:
    """The thread changed after the decision was made; `current` is its row."""
    detail = (
        "The thread changed after the decision: its checkpoint or its interrupts are different."
        ' An answer that is meant for an older checkpoint needs "preconditions": {"fork": true}.'
    )
    return Refusal(409, detail, current=current)


def nothing_pending(current: dict[str, Any]) -> Refusal:
    """An answer without an id was sent to a thread that does not ask; `current` is its row."""
    detail = "No interrupt is pending on this thread: there is nothing to answer."
    return Refusal(409, detail, current=current)


def nodes_gone(graph_id: str, nodes: Iterable[str]) -> Refusal:
    """A thread cannot continue, because the code of its graph has changed while it waited."""
    return Refusal(
        422,
        f"Graph '{graph_id}' no longer has what this thread waits at: {', '.join(nodes)}. LangGraph "
        "would drop the question or the stop. Restore the node, start a run with an input, or "
        "write into the state as another node.",
    )


def idempotency_key_reused() -> Refusal:
    """An idempotency key was sent with a second, different request."""
    return Refusal(422, "This Idempotency-Key was used for another request.")


def no_run(run_id: str) -> Refusal:
    """No run has this id."""
    return Refusal(404, f"Run with ID {run_id} not found")


def runs_in_flight(thread_id: str) -> Refusal:
    """The state of a thread cannot be changed during a run."""
    return Refusal(409, f"Thread {thread_id} has in-flight runs.")


def no_graph(thread_id: str) -> Refusal:
    """A thread without any run has no state to change."""
    return Refusal(
        400,
        f"Thread '{thread_id}' has no assigned graph ID. This usually occurs when no runs have "
        "been made on this particular thread. This operation requires a graph ID. Please ensure "
        "a run has been made for the thread or manually update the thread metadata (by setting "
        "the 'graph_id' field) before running this operation.",
    )


def no_such_graph(graph_id: str, known: Iterable[str]) -> Refusal:
    """The project has no such graph."""
    return Refusal(404, f"Graph '{graph_id}' not found. Expected one of: {sorted(known)}")


def no_assistant(assistant_id: str) -> Refusal:
    """No assistant has this id."""
    return Refusal(404, f"Assistant {assistant_id} not found")


def assistant_exists(assistant_id: str) -> Refusal:
    """An assistant was to be created with an id that is taken."""
    return Refusal(409, f"Assistant {assistant_id} already exists")


def config_and_context_given() -> Refusal:
    """Both `config.configurable` and its replacement `context` were given."""
    return Refusal(
        400,
        "Cannot specify both configurable and context. Prefer setting context alone. "
        "Context was introduced in LangGraph 0.6.0 and is the long term planned replacement "
        "for configurable.",
    )


def checked_id(value: str, kind: str = "thread") -> str:
    """Return an id in its canonical form. Raises `Refusal` (422) for what is no UUID."""
    try:
        return str(UUID(value))
    except ValueError:
        raise Refusal(422, f"Invalid {kind} ID: must be a UUID") from None


def checked_select(select: Collection[str] | None, fields: Collection[str]) -> None:
    """Refuse (422) fields that no row has."""
    if unknown := sorted(set(select or ()) - set(fields)):
        raise Refusal(422, f"Invalid select columns: {unknown}. Expected: {', '.join(fields)}")
