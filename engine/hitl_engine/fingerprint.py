"""Digest of what was shown: a decision carries it, and it is compared again before sending."""

import hashlib
import json

from hitl_engine.model import Interrupt, JsonValue, Waiting


def canonical_json(value: JsonValue) -> str:
    """Return the one way to write `value`: sorted keys, no spaces, ASCII (RFC 8785 in spirit)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(value: JsonValue) -> str:
    """Return the SHA-256 of the canonical JSON, in 64 hex digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def fingerprint_of(server_identity: str, waiting: Waiting) -> str:
    """Return the fingerprint of a question, or of a breakpoint: what a step continues, and where."""
    if isinstance(waiting, Interrupt):
        return fingerprint(server_identity, waiting)
    place = [server_identity, waiting.thread_id, waiting.checkpoint_id, "breakpoint", waiting.when]
    return digest([*place, waiting.node, list(waiting.next)])


def fingerprint(server_identity: str, interrupt: Interrupt) -> str:
    """Return the digest that ties a decision to what was shown, where, and at which checkpoint.

    The payload is in it because LangGraph accepts the first id of a task for every later
    question of that task; the thread because copied threads have equal interrupt ids.
    """
    return digest(
        [
            server_identity,
            interrupt.thread_id,
            interrupt.checkpoint_id,
            interrupt.namespace,
            interrupt.task_id,
            interrupt.interrupt_id,
            *interrupt.asked,
        ]
    )
