"""What the handlers are asked about runs, which belong to their threads."""

from typing import Any
from uuid import UUID

from hitl_server.json_types import JsonObject
from hitl_server.metadata_filter import Filter, matches
from hitl_server.policy.authorization import Authorization
from hitl_server.policy.authorization_request import (
    AuthorizationRequest,
    as_object,
    object_in,
)
from hitl_server.refusals import Refusal, no_thread, no_thread_or_assistant

_SHOWN = (
    "input",
    "command",
    "config",
    "context",
    "stream_mode",
    "interrupt_before",
    "interrupt_after",
    "webhook",
)
"""The fields of a run that a handler gets, and may change, in `value["kwargs"]`."""


async def list_runs(request: AuthorizationRequest) -> Authorization:
    """Ask to read the thread, and to search it."""
    request.require_thread(await request.ask_about_thread("read"), no_thread)
    request.require_thread(await request.ask_about_thread("search", metadata={}), no_thread)
    return Authorization()


async def create_on_thread(request: AuthorizationRequest) -> Authorization:
    """Ask before a run is started on a thread, which may not exist yet."""
    body, visible = await _ask_to_create(request, request.thread_id, request.json_object)
    existing = request.parts.threads.metadata(request.thread_id)
    if existing is not None and not matches(existing, visible):
        raise no_thread_or_assistant()
    return Authorization(body=body)


async def create_stateless(request: AuthorizationRequest) -> Authorization:
    """Ask before a run is started on a thread of its own."""
    body, _ = await _ask_to_create(request, None, request.json_object)
    return Authorization(body=body)


async def create_batch(request: AuthorizationRequest) -> Authorization:
    """Ask about each run of a batch."""
    sent = request.body if isinstance(request.body, list) else [request.body]
    checked = [(await _ask_to_create(request, None, as_object(body)))[0] for body in sent]
    return Authorization(body=checked if isinstance(request.body, list) else checked[0])


async def cancel(request: AuthorizationRequest) -> Authorization:
    """Ask before runs are cancelled: those on threads that match the filter."""
    body = request.json_object
    value: JsonObject = {
        "thread_id": body.get("thread_id"),
        "action": request.query_params.get("action", "interrupt"),
        "metadata": {"run_ids": body.get("run_ids"), "status": body.get("status")},
    }
    return Authorization(visible=await request.ask("threads", "update", value), body=body)


async def _ask_to_create(
    request: AuthorizationRequest, thread_id: str | None, body: JsonObject
) -> tuple[JsonObject, Filter | None]:
    """Return the body of a run with the handler's changes, and the filter for its thread."""
    assistant = request.parts.assistants.for_run(str(body.get("assistant_id")))
    config = object_in(body, "config")
    body = {**body, "config": {**config, "configurable": object_in(config, "configurable")}}
    value = _shown(body, assistant["assistant_id"], thread_id)
    visible = await request.ask("threads", "create_run", value)
    await _require_readable(request, assistant)
    kwargs = value["kwargs"]
    changed = {
        name: kwargs.get(name) for name in _SHOWN if name in body or kwargs.get(name) is not None
    }
    return {**body, **changed, "metadata": value.get("metadata")}, visible


def _shown(body: JsonObject, assistant_id: str, thread_id: str | None) -> JsonObject:
    """Return what the handler of `threads.create_run` gets as `value`."""
    kwargs: dict[str, Any] = {name: body.get(name) for name in _SHOWN}
    return {
        "thread_id": UUID(thread_id) if thread_id else None,
        "assistant_id": UUID(assistant_id),
        "run_id": None,
        "status": "pending",
        "metadata": object_in(body, "metadata"),
        "prevent_insert_if_inflight": body.get("multitask_strategy") == "reject",
        "multitask_strategy": body.get("multitask_strategy") or "enqueue",
        "if_not_exists": body.get("if_not_exists") or "reject",
        "after_seconds": body.get("after_seconds") or 0,
        "kwargs": {**kwargs, "temporary": thread_id is None},
    }


async def _require_readable(request: AuthorizationRequest, assistant: JsonObject) -> None:
    """Refuse a run of an assistant that the caller may not read; a graph's own has no owner."""
    if assistant["metadata"].get("created_by") == "system":
        return
    value = {"assistant_id": UUID(assistant["assistant_id"])}
    if not matches(assistant["metadata"], await request.ask("assistants", "read", value)):
        raise no_thread_or_assistant()


def no_run_to_join(_: str) -> Refusal:
    """Return the refusal to join a run."""
    return Refusal(404, "Thread not found")


def no_run_to_cancel(_: str) -> Refusal:
    """Return the refusal to cancel a run."""
    return Refusal(404, "No runs found to cancel.")


def no_run_to_pause(_: str) -> Refusal:
    """Return the refusal to pause a run."""
    return Refusal(404, "No run found to pause.")
