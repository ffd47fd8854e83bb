"""What handlers are asked about runs, which belong to their threads."""

from uuid import UUID

from hitl_server.metadata_filter import Filter, matches
from hitl_server.policy.asking import Asking, Json, as_object, inner
from hitl_server.policy.visibility import limit_sight
from hitl_server.refusals import Refusal, no_thread, no_thread_or_assistant

_FIELDS = (
    "input",
    "command",
    "config",
    "context",
    "stream_mode",
    "interrupt_before",
    "interrupt_after",
    "webhook",
)
"""What a handler is shown of a run, as `value["kwargs"]`."""


async def of_thread(asking: Asking) -> None:
    """The thread is read, and its runs are searched."""
    asking.require(await asking.on_thread("read"), no_thread)
    asking.require(await asking.on_thread("search", metadata={}), no_thread)


async def on_thread(asking: Asking) -> None:
    """A run is started on a thread, which may not be there yet."""
    allowed = await _create(asking, asking.thread_id, await asking.object())
    existing = asking.parts.threads.metadata(asking.thread_id)
    if existing is not None and not matches(existing, allowed):
        raise no_thread_or_assistant()


async def alone(asking: Asking) -> None:
    """A run is started on a thread of its own."""
    await _create(asking, None, await asking.object())


async def batch(asking: Asking) -> None:
    """Many runs are started; the handler is asked about each."""
    bodies = await asking.body()
    for body in bodies if isinstance(bodies, list) else [bodies]:
        await _create(asking, None, as_object(body))


async def _create(asking: Asking, thread_id: str | None, body: Json) -> Filter | None:
    assistant = asking.parts.assistants.for_run(str(body.get("assistant_id")))
    inner(inner(body, "config"), "configurable")
    kwargs = {name: body.get(name) for name in _FIELDS}
    value: Json = {
        "thread_id": UUID(thread_id) if thread_id else None,
        "assistant_id": UUID(assistant["assistant_id"]),
        "run_id": None,
        "status": "pending",
        "metadata": inner(body, "metadata"),
        "prevent_insert_if_inflight": body.get("multitask_strategy") == "reject",
        "multitask_strategy": body.get("multitask_strategy") or "enqueue",
        "if_not_exists": body.get("if_not_exists") or "reject",
        "after_seconds": body.get("after_seconds") or 0,
        "kwargs": {**kwargs, "temporary": thread_id is None},
    }
    allowed = await asking.decide("threads", "create_run", value)
    if assistant["metadata"].get("created_by") != "system":
        readable = await asking.decide(
            "assistants", "read", {"assistant_id": UUID(assistant["assistant_id"])}
        )
        if not matches(assistant["metadata"], readable):
            raise no_thread_or_assistant()
    body["metadata"] = value.get("metadata")
    for name in _FIELDS:
        if name in body or value["kwargs"].get(name) is not None:
            body[name] = value["kwargs"].get(name)
    return allowed


async def cancel(asking: Asking) -> None:
    """Runs are cancelled: those on threads that the filter lets pass."""
    body = await asking.object()
    value: Json = {
        "thread_id": body.get("thread_id"),
        "action": asking.request.query_params.get("action", "interrupt"),
        "metadata": {"run_ids": body.get("run_ids"), "status": body.get("status")},
    }
    limit_sight(asking.request, await asking.decide("threads", "update", value))


def nothing_to_hear(_: str) -> Refusal:
    """There is no run to follow."""
    return Refusal(404, "Thread not found")


def nothing_to_cancel(_: str) -> Refusal:
    """There is no run to cancel."""
    return Refusal(404, "No runs found to cancel.")
