"""Creates runs: the body of a request, completed from its thread and its assistant."""

import os
import time
from collections.abc import Mapping
from uuid import UUID

from hitl_server.idempotency import IdempotencyKey
from hitl_server.identity.callers import Caller
from hitl_server.json_encoding import now
from hitl_server.json_types import JsonObject
from hitl_server.refusals import Refusal, config_and_context_given
from hitl_server.request_models import RunBody
from hitl_server.reserved_keys import without_reserved
from hitl_server.tables.run_table import Run


def new_id() -> str:
    """Return a version 7 UUID: unique, and newer ones sort after older ones (RFC 9562)."""
    stamp = time.time_ns() // 1_000_000 << 80
    number = stamp | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    return str(UUID(int=number & ~(0x3 << 62) | (0x2 << 62)))


def check_run_body(body: RunBody, *, stateless: bool) -> None:
    """Refuse what cannot be run, with the texts of langgraph-api (`models/run.py`)."""
    if stateless and body.resumes:
        raise Refusal(400, "You must provide a thread_id when resuming.")
    if body.context and (body.config or {}).get("configurable"):
        raise config_and_context_given()


def create_run(
    body: RunBody,
    run_id: str,
    thread_id: str,
    assistant: JsonObject,
    key: IdempotencyKey | None,
    caller: Caller,
    headers: Mapping[str, str],
    thread_metadata: JsonObject,
) -> Run:
    """Return the run of a request on a thread with this metadata, with the caller's identity.

    Values of the assistant apply, key by key, where the request has none. `headers` are those that
    the project wants in `configurable`.
    """
    given = body.config or {}
    config = {**assistant["config"], **given}
    configurable = without_reserved(
        {**assistant["context"], **(body.context or given.get("configurable") or {})}
    )
    merged = {
        **assistant["metadata"],
        **thread_metadata,
        **(config.get("metadata") or {}),
        **(body.metadata or {}),
    }
    metadata = {
        **caller.with_identity(merged),
        "graph_id": assistant["graph_id"],
        "assistant_id": assistant["assistant_id"],
    }
    config["metadata"] = metadata
    with_checkpoint = {
        **configurable,
        **headers,
        **({"checkpoint_id": body.checkpoint_id} if body.checkpoint_id else {}),
        **(body.checkpoint.configurable() if body.checkpoint else {}),
    }
    config["configurable"] = {
        **caller.with_identity(with_checkpoint),
        "run_id": run_id,
        "thread_id": thread_id,
        "graph_id": assistant["graph_id"],
        "assistant_id": assistant["assistant_id"],
    }
    return Run(
        run_id=run_id,
        thread_id=thread_id,
        assistant_id=assistant["assistant_id"],
        graph_id=assistant["graph_id"],
        metadata=metadata,
        kwargs=_kwargs(body, config, configurable),
        multitask_strategy=multitask_strategy(body),
        created_at=now(),
        delay=body.after_seconds,
        key=key,
        caller=caller,
    )


def multitask_strategy(body: RunBody) -> str:
    """Return what happens to this run while another run of the thread has not ended.

    By default, runs wait, as with langgraph-api. Answers are rejected instead: after waiting, one
    could answer a question that its sender has never seen.
    """
    return body.multitask_strategy or ("reject" if body.resumes else "enqueue")


def _kwargs(body: RunBody, config: JsonObject, context: JsonObject) -> JsonObject:
    durability = body.durability or ("exit" if body.checkpoint_during is False else "async")
    return {
        "input": body.input,
        "command": body.given_command or None,
        "config": config,
        "context": context,
        "stream_mode": body.stream_modes,
        "interrupt_before": body.interrupt_before,
        "interrupt_after": body.interrupt_after,
        "subgraphs": body.stream_subgraphs,
        "resumable": body.stream_resumable,
        "checkpoint_during": durability != "exit",
        "durability": durability,
        "webhook": body.webhook,
        "feedback_keys": None,
        **({"event_protocol": True} if body.follows_protocol else {}),
    }
