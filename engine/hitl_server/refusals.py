"""What the server says no to: status codes and texts of langgraph-api 0.16.7."""

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
    """The body did not arrive whole, is no UTF-8 or is nested too deeply; FastAPI's own text."""
    return Refusal(400, "There was an error parsing the body")


def no_thread(thread_id: str) -> Refusal:
    """There is no such thread."""
    return Refusal(404, f"Thread with ID {thread_id} not found")


def no_thread_or_assistant() -> Refusal:
    """A run was asked of a thread or an assistant that does not exist."""
    return Refusal(404, "Thread or assistant not found.")


def thread_exists(thread_id: str) -> Refusal:
    """A thread was to be created under an id that is taken."""
    return Refusal(409, f"Thread with ID {thread_id} already exists")


def busy() -> Refusal:
    """Another run of this thread has not ended."""
    return Refusal(
        409,
        "Thread is already running a task. Wait for it to finish or choose a different "
        "multitask strategy.",
    )


def preconditions_failed(current: dict[str, Any] | None) -> Refusal:
    """The thread is not any more as it was when somebody decided; `current` is its row."""
    detail = "The thread is not as it was decided on: its checkpoint or its interrupts changed."
    return Refusal(409, detail, current=current)


def idempotency_key_reused() -> Refusal:
    """An idempotency key came with a second, different request."""
    return Refusal(422, "This Idempotency-Key was used for another request.")


def no_run(run_id: str) -> Refusal:
    """There is no such run."""
    return Refusal(404, f"Run with ID {run_id} not found")


def runs_in_flight(thread_id: str) -> Refusal:
    """The state of a thread cannot be changed while a run changes it."""
    return Refusal(409, f"Thread {thread_id} has in-flight runs.")


def no_graph(thread_id: str) -> Refusal:
    """A thread on which nothing ever ran has no state to change."""
    return Refusal(
        400,
        f"Thread '{thread_id}' has no assigned graph ID. This usually occurs when no runs have "
        "been made on this particular thread. This operation requires a graph ID. Please ensure "
        "a run has been made for the thread or manually update the thread metadata (by setting "
        "the 'graph_id' field) before running this operation.",
    )


def no_such_graph(graph_id: str, known: Iterable[str]) -> Refusal:
    """An assistant was to stand for a graph that the project does not name."""
    return Refusal(404, f"Graph '{graph_id}' not found. Expected one of: {sorted(known)}")


def no_assistant(assistant_id: str) -> Refusal:
    """There is no such assistant."""
    return Refusal(404, f"Assistant {assistant_id} not found")


def assistant_exists(assistant_id: str) -> Refusal:
    """An assistant was to be made under an id that is taken."""
    return Refusal(409, f"Assistant {assistant_id} already exists")


def config_and_context_given() -> Refusal:
    """What a run is given was said in the old way and in the new one."""
    return Refusal(
        400,
        "Cannot specify both configurable and context. Prefer setting context alone. "
        "Context was introduced in LangGraph 0.6.0 and is the long term planned replacement "
        "for configurable.",
    )


def checked_id(value: str, kind: str = "thread") -> str:
    """Return `value` as the server writes ids; a 422 if it is no UUID."""
    try:
        return str(UUID(value))
    except ValueError:
        raise Refusal(422, f"Invalid {kind} ID: must be a UUID") from None


def checked_select(select: Collection[str] | None, fields: Collection[str]) -> None:
    """Refuse (422) to show fields that no row has."""
    if unknown := sorted(set(select or ()) - set(fields)):
        raise Refusal(422, f"Invalid select columns: {unknown}. Expected: {', '.join(fields)}")
