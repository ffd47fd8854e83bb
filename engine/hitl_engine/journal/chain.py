"""The chain of the record of decisions: each row has a hash of itself and of all rows before it.

A row that is changed, removed, added or moved breaks the chain. Rows that are removed at the end, or a
record that is written anew, do not: so each run that is sent carries the newest hash in its metadata,
and the server keeps it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from hitl_engine.model import ChainReport

ROWS = "SELECT seq, decision_id, event, at, body, hash FROM decision ORDER BY seq"
"""The rows that `walk` takes."""


def linked(before: str, decision_id: str, event: str, at: str, body: str) -> str:
    """Return the hash of a row that follows the row with the hash `before`."""
    content = json.dumps([before, decision_id, event, at, body])
    return hashlib.sha256(content.encode()).hexdigest()


def walk(journal_id: str, rows: Iterable[Sequence[Any]]) -> ChainReport:
    """Compare rows (number, decision id, event, time, body, hash) with their hashes, in their order."""
    head, earlier = journal_id, 0
    heads: set[str] = set()
    fault = ""
    for number, *row, found in rows:
        if not found and not heads:
            earlier += 1
            continue
        following = linked(head, *row)
        if found != following:
            fault = f"row {number} is not as it was written, or one before it is missing"
            break
        head = following
        heads.add(head)
    return ChainReport(journal_id, len(heads), earlier, frozenset(heads), head, fault)
