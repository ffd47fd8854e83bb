"""The digest of what an interrupt asks, by which a client proves that it has seen it.

It is the SHA-256, in hexadecimal digits, of `[value, response_schema or null]` in canonical JSON; a
value that JSON cannot carry exactly adds a third item: `[path, text]` of each of its `exact_values`.
All of them are taken from the JSON that clients get. Canonical JSON: keys sorted by code point, no
spaces, every character beyond ASCII escaped as `\\uXXXX`, numbers as Python writes them. The console
has the same function, in a package of its own.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hitl_server.json_types import JsonObject


def payload_digest(interrupt: JsonObject) -> str:
    """Return the digest of an interrupt, given as clients get it."""
    asked = [interrupt.get("value"), interrupt.get("response_schema")]
    if exact := interrupt.get("exact_values"):
        asked.append([[each["path"], each["value"]] for each in exact])
    return json_digest(asked)


def json_digest(value: Any) -> str:
    """Return the SHA-256 of canonical JSON, in hexadecimal digits: equal values have the same."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def ask_the_same(pending: Mapping[str, Sequence[JsonObject]], digests: Mapping[str, str]) -> bool:
    """Whether the tasks that ask these interrupts ask the same as the client has seen, and no more.

    `pending` has the interrupts of each task. An answer to one interrupt runs the whole task again,
    so that every interrupt of the task counts. An id that two interrupts share never fits.
    """
    found: list[tuple[str, str]] = []
    for interrupts in pending.values():
        if any(each["id"] in digests for each in interrupts):
            found += [(each["id"], payload_digest(each)) for each in interrupts]
    return sorted(found) == sorted(digests.items())
