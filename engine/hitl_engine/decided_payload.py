"""Lets a node check that its answer was given to the very payload that it asks with.

A node calls `decided_on` after `interrupt`. The module imports the standard library alone, so it works
in a deployment that has nothing else of this project (`pip install --no-deps hitl-tui`).

The console notes in the metadata of the config of each run what it answers (`DECIDED`):
`{"checkpoint_id": ID, "answers": {INTERRUPT ID: [digest of the payload, digest of the answer]}}`,
with the answers that earlier runs gave at the same checkpoint, because a node with two questions
runs again for the second. The payload is the one on which was decided, as the server sent it.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from math import isfinite
from typing import Any, Literal, TypeAlias

DECIDED = "hitl_decided"
"""Key in the metadata of a run's config."""
Decided: TypeAlias = Literal["match", "mismatch", "not known"]

_OWN_IDS = (1, 2, 11)
"""The langgraph from which on each question of a node has an id of its own."""
_PLAIN = frozenset({dict, list, tuple, str, int, float, bool, type(None)})
_EXACT = 2**53
"""Whole numbers below it are the same as integers and as floats."""


def decided_on(
    payload: Any, answer: Any, config: Mapping[str, Any], *, ordinal: int = 0
) -> Decided:
    """Return whether this answer was given to this payload.

    `answer` is what `interrupt(payload)` returned, `config` the RunnableConfig of the node.
    `ordinal` counts the calls of `interrupt` in the node from 0, in their order.

    `match`: this program sent this answer, and it was decided on this payload. `mismatch`: on another
    one. `not known`: another client answered, or the payload or the answer is more than plain JSON
    (None, bool, str, integers of 64 bits, finite floats, lists, tuples, and dicts with str keys), or
    langgraph is older than 1.2.11. Never raises for such values.
    """
    claim = _claim(config, ordinal)
    asked, answered = _digest_if_plain(payload), _digest_if_plain(answer)
    if claim is None or asked is None or claim[1] != answered:
        return "not known"
    return "match" if claim[0] == asked else "mismatch"


def json_digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value in 64 hex digits, alike for 1 and 1.0."""
    by_value = json.loads(json.dumps(value), parse_float=_number)
    text = json.dumps(by_value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _number(text: str) -> int | float:
    """Return the number of a text; a whole one as an integer, because some servers store 1.0 as 1."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _claim(config: Mapping[str, Any], ordinal: int) -> tuple[str, str] | None:
    """Return the digests of the payload and the answer that the run tells for a question."""
    match config:
        case {
            "metadata": {"hitl_decided": {"answers": Mapping() as answers}},
            "configurable": {"checkpoint_ns": str(namespace)},
        }:
            match answers.get(_interrupt_id(namespace, ordinal)):
                case [str(asked), str(answered)]:
                    return asked, answered
    return None


def _interrupt_id(namespace: str, ordinal: int) -> str | None:
    """Return the id that LangGraph gives to a question of a task; None if that cannot be told."""
    try:
        from xxhash import xxh3_128_hexdigest  # of langgraph, which makes the ids with it
    except ImportError:
        return None
    if not namespace or not _has_own_ids():
        return None
    return xxh3_128_hexdigest((f"{namespace}|{ordinal}" if ordinal else namespace).encode())


@cache
def _has_own_ids() -> bool:
    from importlib import metadata  # slow, and the console never needs it

    try:
        release = metadata.version("langgraph").split(".")[:3]
        return tuple(map(int, release)) >= _OWN_IDS
    except (metadata.PackageNotFoundError, ValueError):
        return False


def _digest_if_plain(value: Any) -> str | None:
    try:
        return json_digest(value) if _is_plain(value) else None
    except RecursionError:
        return None


def _is_plain(value: Any) -> bool:
    """Whether every server sends `value` as the same JSON.

    Types must be exact: servers may write a subclass in a way of its own.
    """
    if type(value) not in _PLAIN:
        return False
    match value:
        case bool() | None:
            return True
        case str():
            return _is_text(value)
        case int():
            return -(2**63) <= value < 2**63
        case float():
            return isfinite(value) and (abs(value) < _EXACT or not value.is_integer())
        case dict():
            return all(type(key) is str and _is_text(key) for key in value) and all(
                map(_is_plain, value.values())
            )
        case _:
            return all(map(_is_plain, value))


def _is_text(text: str) -> bool:
    """Whether every server sends a text as it is: not with NUL, nor what has no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return "\0" not in text
