"""How a run is asked for: from a request to a run that is on disk and has its turn."""

from functools import partial
from uuid import UUID

from fastapi import Request

from hitl_server.idempotency import LONGEST, IdempotencyKey
from hitl_server.identity.callers import Caller, caller_of
from hitl_server.policy.authorization import authorization_of
from hitl_server.refusals import Refusal
from hitl_server.request_models import RunBody
from hitl_server.running.active_run import ActiveRun
from hitl_server.running.run_creation import check_order, new_id, order, strategy
from hitl_server.server_parts import ServerParts, parts_of
from hitl_server.streams.run_stream import RunStream


async def admit(request: Request, thread_id: str | None, body: RunBody) -> ActiveRun:
    """Start the run that a request asks for, or return the one that it started before.

    Without a thread the run gets one of its own. Raises `Refusal`.
    """
    parts = parts_of(request)
    caller = caller_of(request)
    key = _key(request, caller)
    if key is None:
        return await _begin(parts, caller, thread_id, body, None)
    async with parts.key_locks.turn(key.key):
        if first := parts.runs.first(key):
            return parts.run_queue.find(*first) or parts.run_queue.ended_run_with_result(*first)
        return await _begin(parts, caller, thread_id, body, key)


async def _begin(
    parts: ServerParts,
    caller: Caller,
    thread_id: str | None,
    body: RunBody,
    key: IdempotencyKey | None,
) -> ActiveRun:
    check_order(body, stateless=thread_id is None)
    parts.webhooks.check(body.webhook)
    assistant = parts.assistants.for_run(body.assistant_id)
    active = ActiveRun(
        new_id(),
        _thread_id(thread_id) if thread_id else new_id(),
        RunStream(resumable=body.stream_resumable),
        temporary=thread_id is None and body.on_completion == "delete",
    )
    await parts.run_queue.admit(
        active,
        assistant,
        partial(order, body, active.run_id, active.thread_id, assistant, key, caller),
        strategy=strategy(body),
        create=thread_id is None or body.if_not_exists == "create",
        preconditions=body.preconditions,
    )
    return active


def _key(request: Request, caller: Caller) -> IdempotencyKey | None:
    """Return the `Idempotency-Key` of a request: everybody has their own. Raises `Refusal`."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not given or len(given) > LONGEST:
        raise Refusal(400, f"An Idempotency-Key has 1 to {LONGEST} characters.")
    owned = given if caller.user is None else f"{caller.user['identity']}\n{given}"
    digest = authorization_of(request).request_digest
    assert digest is not None, "a request with a key has a digest"
    return IdempotencyKey(owned, digest)


def _thread_id(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise Refusal(400, "badly formed hexadecimal UUID string") from None
