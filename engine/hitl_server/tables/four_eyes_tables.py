"""The tables of answers that need two reviewers: the questions, first answers, and who started runs."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hitl_server.json_encoding import dumps
from hitl_server.reserved_keys import USER_ID

Read: TypeAlias = Callable[[str, Sequence[Any]], list[Any]]
"""Returns the rows of a query: as of the last commit (`Database.read`), or in a transaction."""

NAMES = ("four_eyes_questions", "four_eyes_approvals", "four_eyes_starters")
COPIED = ("four_eyes_questions", "four_eyes_starters")
"""What a copy of a thread gets; first answers belong to the thread that they were sent to."""

_FOUR_EYES = """(
    SELECT CASE WHEN count(*) THEN json_object(
        'needed', 2, 'rules', json_group_object(interrupt_id, json(rules))
    ) END FROM four_eyes_questions AS asked
    WHERE asked.thread_id = threads.thread_id AND waits
)"""
_APPROVALS = """(
    SELECT '[' || shown || ']' FROM four_eyes_approvals AS sent
    WHERE sent.thread_id = threads.thread_id
)"""
SHOWN = {"four_eyes": _FOUR_EYES, "approvals": _APPROVALS}
"""Expressions for fields of a thread. `four_eyes` is `{"needed": 2, "rules": {interrupt id: [names]}}`
while such a question waits; `approvals` a list with the first answer: `{"name", "at",
"answer_digest", "answer"}`."""

_GRAPHS = """
SELECT graph_id FROM threads WHERE thread_id = ?1 AND graph_id IS NOT NULL
UNION SELECT json_extract(metadata, '$.graph_id') FROM runs WHERE thread_id = ?1
UNION SELECT value FROM four_eyes_questions, json_each(graphs) WHERE thread_id = ?1
"""
_STARTERS = f"""
SELECT name FROM four_eyes_starters WHERE thread_id = ?1
UNION SELECT json_extract(metadata, '$.{USER_ID}') FROM runs WHERE thread_id = ?1 AND (
    json_type(kwargs, '$.command.resume') IS NULL
    OR json_type(kwargs, '$.command.update') IS NOT NULL
    OR json_type(kwargs, '$.command.goto') IS NOT NULL
)
"""
_KEEP_QUESTION = """
INSERT INTO four_eyes_questions (thread_id, checkpoint_id, interrupt_id, graphs, rules, waits)
VALUES (?, ?, ?, ?, ?, TRUE)
ON CONFLICT DO UPDATE SET graphs = excluded.graphs, rules = excluded.rules, waits = TRUE
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """The first of two answers."""

    asked: str
    """The digest of what waits on the thread."""
    request: str
    """The digest of the answer, and of all else in its request that changes what runs."""
    name: str
    at: str
    answer: Any

    @property
    def shown(self) -> dict[str, Any]:
        """The approval as clients get it."""
        return {
            "name": self.name,
            "at": self.at,
            "answer_digest": self.request,
            "answer": self.answer,
        }


def reading(connection: sqlite3.Connection) -> Read:
    """Return what reads inside a transaction."""
    return lambda sql, values: connection.execute(sql, values).fetchall()


def waiting_rules(read: Read, thread_id: str) -> dict[str, list[str]]:
    """Return the rules of each protected question that waits on a thread, by interrupt id."""
    sql = "SELECT interrupt_id, rules FROM four_eyes_questions WHERE thread_id = ? AND waits"
    return {name: json.loads(rules) for name, rules in read(sql, (thread_id,))}


def was_protected(read: Read, thread_id: str) -> bool:
    """Whether a protected question was ever asked on a thread."""
    sql = "SELECT 1 FROM four_eyes_questions WHERE thread_id = ? LIMIT 1"
    return bool(read(sql, (thread_id,)))


def asking_row(read: Read, thread_id: str) -> tuple[str | None, dict[str, Any]]:
    """Return (checkpoint, interrupts of each task) of a thread."""
    sql = "SELECT checkpoint_id, interrupts FROM threads WHERE thread_id = ?"
    rows = read(sql, (thread_id,))
    if not rows:
        return None, {}
    checkpoint_id, interrupts = rows[0]
    return checkpoint_id, json.loads(interrupts)  # orjson rounds long integers


def graphs_of(read: Read, thread_id: str) -> set[str]:
    """Return the graphs from which the questions of a thread may come."""
    return {graph for (graph,) in read(_GRAPHS, (thread_id,)) if isinstance(graph, str)}


def keep_questions(
    connection: sqlite3.Connection,
    thread_id: str,
    checkpoint_id: str | None,
    graphs: Iterable[str],
    rules: Mapping[str, Sequence[str]],
) -> None:
    """Write which protected questions wait on a thread now; earlier ones stay, as no longer waiting."""
    connection.execute(
        "UPDATE four_eyes_questions SET waits = FALSE WHERE thread_id = ?", (thread_id,)
    )
    from_graphs = json.dumps(sorted(graphs))
    for interrupt_id, names in rules.items():
        row = (thread_id, checkpoint_id or "", interrupt_id, from_graphs, json.dumps(names))
        connection.execute(_KEEP_QUESTION, row)


def starters(read: Read, thread_id: str) -> set[str]:
    """Return who started or stepped runs of a thread, or wrote into its state."""
    return {name for (name,) in read(_STARTERS, (thread_id,)) if isinstance(name, str)}


def add_starter(connection: sqlite3.Connection, thread_id: str, name: str) -> None:
    """Note who does that."""
    sql = "INSERT OR IGNORE INTO four_eyes_starters VALUES (?, ?)"
    connection.execute(sql, (thread_id, name))


def copy_protection(connection: sqlite3.Connection, thread_id: str, copy_id: str) -> None:
    """Note for a copy who started the original, whose runs the copy does not have."""
    for name in starters(reading(connection), thread_id):
        add_starter(connection, copy_id, name)


def first_answer(read: Read, thread_id: str) -> Approval | None:
    """Return the first answer that a thread has, or None."""
    sql = "SELECT asked, request, shown FROM four_eyes_approvals WHERE thread_id = ?"
    rows = read(sql, (thread_id,))
    if not rows:
        return None
    asked, request, text = rows[0]
    shown = json.loads(text)
    return Approval(asked, request, shown["name"], shown["at"], shown["answer"])


def keep_first_answer(
    connection: sqlite3.Connection, thread_id: str, approval: Approval, time: str
) -> None:
    """Write the first answer, instead of any other, and note at `time` that the thread changed."""
    connection.execute(
        "INSERT OR REPLACE INTO four_eyes_approvals VALUES (?, ?, ?, ?)",
        (thread_id, approval.asked, approval.request, dumps(approval.shown).decode()),
    )
    sql = "UPDATE threads SET updated_at = ? WHERE thread_id = ?"
    connection.execute(sql, (time, thread_id))


def remove_first_answer(connection: sqlite3.Connection, thread_id: str) -> None:
    """Delete the first answer of a thread, if it has one."""
    connection.execute("DELETE FROM four_eyes_approvals WHERE thread_id = ?", (thread_id,))
