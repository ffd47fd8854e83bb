"""Starts the run of a request, or finds the run that the same request started before."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from starlette.requests import HTTPConnection

from hitl_server.configurable_headers import configurable_headers
from hitl_server.idempotency import MAX_LENGTH, IdempotencyKey
from hitl_server.identity.callers import Caller, caller_of
from hitl_server.ids import new_id
from hitl_server.policy.authorization import authorization_of
from hitl_server.refusals import Refusal
from hitl_server.request_models import RunBody
from hitl_server.running.active_run import ActiveRun
from hitl_server.running.run_creation import check_run_body, create_run, multitask_strategy
from hitl_server.server_parts import ServerParts, parts_of


async def start_run(connection: HTTPConnection, thread_id: str | None, body: RunBody) -> ActiveRun:
    """Start the run of a request, or return the one that the same request started before.

    Without a thread, the run gets a new one. Raises `Refusal`.
    """
    parts = parts_of(connection)
    caller = caller_of(connection)
    key = _key(connection, caller)
    headers = configurable_headers(connection)
    if key is None:
        return await _start(parts, caller, headers, thread_id, body, None)
    async with parts.key_locks.hold(key.key):
        if first := parts.runs.first(key):
            return parts.run_queue.find(*first) or parts.run_queue.ended_run_with_result(*first)
        return await _start(parts, caller, headers, thread_id, body, key)


async def _start(
    parts: ServerParts,
    caller: Caller,
    headers: Mapping[str, str],
    thread_id: str | None,
    body: RunBody,
    key: IdempotencyKey | None,
) -> ActiveRun:
    check_run_body(body, stateless=thread_id is None)
    parts.webhooks.check(body.webhook)
    assistant = parts.assistants.for_run(body.assistant_id)
    active = ActiveRun(
        new_id(),
        _thread_id(thread_id) if thread_id else new_id(),
        parts.run_queue.new_stream(resumable=body.stream_resumable),
        temporary=thread_id is None and body.on_completion == "delete",
    )
    if thread_id and body.continues:
        await parts.state_sync.refuse_gone_nodes(active.thread_id)
    await parts.run_queue.add(
        active,
        assistant,
        partial(create_run, body, active.run_id, active.thread_id, assistant, key, caller, headers),
        strategy=multitask_strategy(body),
        create_thread=thread_id is None or body.if_not_exists == "create",
        required=body.required_state,
    )
    return active


def _key(connection: HTTPConnection, caller: Caller) -> IdempotencyKey | None:
    """Return the `Idempotency-Key` of a request; each user has separate keys. Raises `Refusal`."""
    given = connection.headers.get("idempotency-key")
    if given is None or connection.scope["type"] != "http":  # a connection sends many commands
        return None
    if not given or len(given) > MAX_LENGTH:
        raise Refusal(400, f"An Idempotency-Key needs 1 to {MAX_LENGTH} characters.")
    owned = given if caller.user is None else f"{caller.user['identity']}\n{given}"
    digest = authorization_of(connection).request_digest
    assert digest is not None, "a request with a key has a digest"
    return IdempotencyKey(owned, digest)


def _thread_id(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise Refusal(400, "badly formed hexadecimal UUID string") from None
