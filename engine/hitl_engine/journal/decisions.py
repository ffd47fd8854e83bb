"""The record of decisions: append-only rows, `intend` before sending and `conclude` after.

Each row has a hash of itself and of all rows before it, see `chain.py`.

A decision that can be taken back for a moment, or is one of many that are sent one after the other,
has a row `queue` before them; if it was not sent, a row `withdraw` follows that one. If a `queue` or
`intend` row cannot be written durably, this raises and nothing is sent. A `conclude` row does not wait
for the disk: a power cut may lose it, and then the outcome counts as unknown.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from hitl_engine.errors import HitlError, JournalFailed, NotTaken
from hitl_engine.fingerprint import digest
from hitl_engine.journal.chain import ROWS, walk
from hitl_engine.journal.database import JournalDatabase
from hitl_engine.journal.used_rules import ALLOWED, BY_RULES, CALLS, applied_rules, used_rules
from hitl_engine.model import (
    EVERYTHING,
    ChainReport,
    Event,
    Interrupt,
    JsonObject,
    JsonValue,
    LogEntry,
    LogFilter,
    Outcome,
    OutcomeKind,
    RuleUse,
    by_rules,
)
from hitl_engine.user_name import user_name


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent."""

    event: Event
    server: str
    graph_id: str
    thread_id: str
    decision: str
    node: str = ""
    interrupt_id: str | None = None
    fingerprint: str | None = None
    task_id: str = ""
    asked: str = ""
    """Digest of the question and its node, from `asked_of`."""
    answer: JsonValue = None
    unseen: int = 0
    """Rows and tool calls that were not on the screen when it was decided, as in `Question`."""
    seconds: float | None = None
    """How long it was on the screen before it was decided, as in `Question`."""
    characters: int = 0
    """How long the JSON is that was asked."""
    tools: tuple[str, ...] = ()
    """The tools of the calls that were decided."""
    asked_at: datetime | None = None
    decision_id: str = field(default_factory=lambda: str(uuid4()))
    sent_as: str = ""
    """The id of the first decision, if several are sent in one request; else empty."""
    rules: tuple[RuleUse, ...] = ()
    """The standing rules that decided; none if a person did."""
    log_reason: str = ""
    """Why it was decided so, or a ticket; it is for the log, and not for the graph."""

    @property
    def run_decision_id(self) -> str:
        """The decision id in the metadata of the run, and so of the checkpoints that it writes."""
        return self.sent_as or self.decision_id


class DecisionLog:
    """The decisions that were sent from here, and their outcomes.

    Everything that changes something is written down here before it is sent. So this is where it is
    refused if nothing may be sent: `refuses` makes the error then. `reviewer` returns the user's
    name; `through` is written beside it.
    """

    def __init__(
        self,
        database: JournalDatabase,
        refuses: Callable[[], HitlError] | None,
        through: str,
        reviewer: Callable[[], str],
    ) -> None:
        self._database = database
        self._reviewer = reviewer
        self._refuses = refuses
        self._through = through
        self._journal_id = ""

    async def _id(self) -> str:
        """Return the id of the journal; a new journal gets one. Raises JournalFailed."""
        if self._journal_id:
            return self._journal_id
        read = "SELECT id FROM journal"
        if not (rows := await self._database.rows(read, ())):
            await self._database.write(
                "INSERT OR IGNORE INTO journal (one, id) VALUES (1, ?)", [uuid4().hex]
            )
            rows = await self._database.rows(read, ())
        self._journal_id = rows[0][0]
        return self._journal_id

    async def intend(self, *intents: Intent) -> str:
        """Record what is about to be sent; all or none is durable. Return the head of the journal.

        The head is `ID:HASH`: the id of the journal, and the hash of the newest row. Raises
        JournalFailed, what `refuses` makes, NotTaken for a queued decision that was withdrawn, and
        for one of rules that would exceed a limit, or whose question rules answered before.
        """
        if self._refuses is not None:
            raise self._refuses()
        with _nothing_sent():
            rows = await self._write("intend", self._bodies(intents), unless="withdraw")
        if not rows and any(each.rules for each in intents):
            raise NotTaken(
                "The limit of a rule is reached, or a rule answered this; nothing was sent."
            )
        if not rows:
            raise NotTaken("This answer was taken back; nothing was sent.")
        return f"{await self._id()}:{rows[-1]}"

    async def queue(self, *intents: Intent, due: datetime) -> None:
        """Record what is sent at `due`, unless it is withdrawn before. Raises as `intend`."""
        if self._refuses is not None:
            raise self._refuses()
        rows = {
            each: {**body, "due": due.isoformat()} for each, body in self._bodies(intents).items()
        }
        with _nothing_sent():
            await self._write("queue", rows)

    async def postpone(self, *decision_ids: str, due: datetime) -> None:
        """Let queued decisions be due later than their rows tell. Raises JournalFailed."""
        await self._database.write_soon(
            "INSERT OR REPLACE INTO postponed (decision_id, due) SELECT value, ? FROM json_each(?)",
            (due.isoformat(), json.dumps(decision_ids)),
        )

    async def forget_postponed(self, *, before: datetime) -> None:
        """Forget what was due before this time: it was sent or withdrawn. Raises JournalFailed."""
        await self._database.write_soon(
            "DELETE FROM postponed WHERE due < ?", (before.isoformat(),)
        )

    async def withdraw(self, *decision_ids: str) -> bool:
        """Record that queued decisions are not sent, all or none.

        False if one of them is sent already, or withdrawn. Raises JournalFailed.
        """
        rows: dict[str, JsonObject] = {each: {} for each in decision_ids}
        return bool(await self._write("withdraw", rows, unless="intend"))

    async def overdue(self, *, before: datetime) -> tuple[LogEntry, ...]:
        """Return decisions that were due before this time, and were neither sent nor withdrawn."""
        rows = await self._database.rows(
            """SELECT decision_id, at, body, NULL FROM decision AS queue
               WHERE event = 'queue' AND coalesce(
                       (SELECT due FROM postponed WHERE decision_id = queue.decision_id),
                       json_extract(body, '$.due')) < ?
                   AND NOT EXISTS (
                       SELECT 1 FROM decision WHERE decision_id = queue.decision_id
                           AND event IN ('intend', 'withdraw'))
               ORDER BY seq""",
            (before.isoformat(),),
        )
        return tuple(_entry(*row) for row in rows)

    async def without_outcome(self, *, before: datetime) -> tuple[LogEntry, ...]:
        """Return decisions that were sent before this time, and have no outcome; oldest first."""
        rows = await self._database.rows(
            """SELECT decision_id, at, body, NULL FROM decision AS intend
               WHERE event = 'intend' AND at < ? AND NOT EXISTS (
                   SELECT 1 FROM decision WHERE decision_id = intend.decision_id
                       AND event = 'conclude')
               ORDER BY seq""",
            (before.isoformat(),),
        )
        return tuple(_entry(*row) for row in rows)

    async def settle(self, decision_id: str, outcome: Outcome) -> None:
        """Record an outcome that was found later, unless there is one. Raises JournalFailed."""
        body: JsonObject = {"outcome": outcome.kind.value, "why": outcome.why, "found_later": True}
        await self._write("conclude", {decision_id: body}, unless="conclude")

    async def conclude(self, intent: Intent, outcome: Outcome, run_id: str | None) -> None:
        """Record its outcome, without waiting for the disk. Raises JournalFailed."""
        body: JsonObject = {"outcome": outcome.kind.value, "why": outcome.why, "run_id": run_id}
        if outcome.stuck:
            body["stuck"] = True
        if outcome.mismatches:
            body["divergences"] = list(outcome.mismatches)
        if outcome.error:
            body["error"] = outcome.error
            body["traceback"] = outcome.thread.traceback if outcome.thread else ""
        row = _rows("conclude", {intent.decision_id: body}, unless="conclude")
        await self._database.write_soon(*row)

    async def is_stuck(self, thread_id: str, interrupt_id: str) -> bool:
        """Whether an answer to this question was found to be stuck."""
        rows = await self._database.rows(
            """SELECT 1 FROM decision AS intend JOIN decision AS conclude
                    ON conclude.decision_id = intend.decision_id AND conclude.event = 'conclude'
               WHERE intend.event = 'intend'
                   AND json_extract(intend.body, '$.thread_id') = ?
                   AND json_extract(intend.body, '$.interrupt_id') = ?
                   AND json_extract(conclude.body, '$.stuck') LIMIT 1""",
            (thread_id, interrupt_id),
        )
        return bool(rows)

    async def answered(self, interrupt: Interrupt) -> datetime | None:
        """Return when an answer from here to the same question of the same task was last applied."""
        rows = await self._database.rows(
            """SELECT intend.at FROM decision AS intend JOIN decision AS conclude
                    ON conclude.decision_id = intend.decision_id AND conclude.event = 'conclude'
               WHERE intend.event = 'intend'
                   AND json_extract(intend.body, '$.thread_id') = ?
                   AND json_extract(intend.body, '$.event') = 'answer'
                   AND json_extract(intend.body, '$.task_id') = ?
                   AND json_extract(intend.body, '$.asked') = ?
                   AND json_extract(conclude.body, '$.outcome') = ?
               ORDER BY intend.seq DESC LIMIT 1""",
            (
                interrupt.thread_id,
                interrupt.task_id,
                asked_of(interrupt),
                OutcomeKind.APPLIED.value,
            ),
        )
        return datetime.fromisoformat(rows[0][0]) if rows else None

    async def calls_by_rules(self) -> dict[str, int]:
        """Return how many calls each rule has answered, by its digest. Raises JournalFailed."""
        rows = await self._database.rows(f"SELECT digest, sum(calls) FROM ({CALLS}) GROUP BY 1", ())
        return {found: int(calls) for found, calls in rows}

    async def answered_by_rules(self, fingerprint: str) -> LogEntry | None:
        """Return the decision by rules on what was shown with this fingerprint, if there is one."""
        rows = await self._database.rows(
            f"""SELECT intend.decision_id, intend.at, intend.body, conclude.body
               FROM decision AS intend
               LEFT JOIN decision AS conclude
                    ON conclude.decision_id = intend.decision_id AND conclude.event = 'conclude'
               WHERE {BY_RULES.format(row="intend")}
                   AND json_extract(intend.body, '$.fingerprint') = ?""",
            (fingerprint,),
        )
        return _entry(*rows[0]) if rows else None

    async def who_sent(self, decision_id: str) -> str:
        """Return who sent a decision from here; empty if it is not in this journal."""
        rows = await self._database.rows(
            "SELECT json_extract(body, '$.who') FROM decision"
            " WHERE decision_id = ? AND event = 'intend'",
            (decision_id,),
        )
        return str(rows[0][0]) if rows else ""

    async def known(self, decision_ids: Iterable[str]) -> frozenset[str]:
        """Return those of these decisions that were sent from here. Raises JournalFailed."""
        rows = await self._database.rows(
            "SELECT decision_id FROM decision WHERE event = 'intend'"
            " AND decision_id IN (SELECT value FROM json_each(?))",
            (json.dumps([*decision_ids]),),
        )
        return frozenset(each for (each,) in rows)

    async def log(self, wanted: LogFilter = EVERYTHING, *, limit: int) -> tuple[LogEntry, ...]:
        """Return the newest `limit` decisions that a filter wants, newest first."""
        conditions, values = _conditions(wanted)
        rows = await self._database.rows(
            f"""SELECT intend.decision_id, intend.at, intend.body, conclude.body
               FROM decision AS intend
               LEFT JOIN decision AS conclude
                    ON conclude.decision_id = intend.decision_id AND conclude.event = 'conclude'
               WHERE {" AND ".join(["intend.event = 'intend'", *conditions])}
               ORDER BY intend.seq DESC LIMIT ?""",
            (*values, limit),
        )
        return tuple(_entry(*row) for row in rows)

    async def verify(self) -> ChainReport:
        """Compare each row with its hash. Raises JournalFailed."""
        rows = await self._database.rows(ROWS, ())
        return await asyncio.to_thread(walk, await self._id(), rows)

    def _bodies(self, intents: Iterable[Intent]) -> dict[str, JsonObject]:
        name, user = self._reviewer(), user_name()
        who = f"{name} ({self._through})" if self._through else name
        origin = _origin(os.environ, user if user != name else "")
        return {each.decision_id: _body(each, who, origin) for each in intents}

    async def _write(
        self, event: str, bodies: dict[str, JsonObject], *, unless: str | None = None
    ) -> list[str]:
        """Add durable rows, see `_rows`; return the hashes of those that were added."""
        await self._id()  # the first row is linked to it
        rows = await self._database.write(*_rows(event, bodies, unless=unless))
        return [found for _, found in sorted(rows)]


_ADD = f"""
WITH RECURSIVE
    added (n, decision_id, event, at, body) AS (
        SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]'),
            json_extract(value, '$[2]'), json_extract(value, '$[3]')
        FROM json_each(?)
    ),
    link (n, hash) AS (
        SELECT -1, coalesce(
            (SELECT hash FROM decision WHERE hash != '' ORDER BY seq DESC LIMIT 1),
            (SELECT id FROM journal))
        UNION ALL
        SELECT added.n, linked(link.hash, decision_id, event, at, body)
        FROM link JOIN added ON added.n = link.n + 1
    )
INSERT INTO decision (decision_id, event, at, body, hash)
SELECT decision_id, event, at, body, hash FROM added JOIN link USING (n)
WHERE NOT EXISTS (
    SELECT 1 FROM decision JOIN added USING (decision_id) WHERE decision.event IN (?, ?))
AND {ALLOWED}
ORDER BY n
RETURNING seq, hash
"""
"""One statement, so one transaction: several programs that add rows at once never exceed a limit."""


def _rows(
    event: str, bodies: dict[str, JsonObject], *, unless: str | None = None
) -> tuple[str, tuple[str, ...]]:
    """Return the statement that adds a row for each decision, and its values.

    It adds none if one of them has a row of the event `unless`, or then already one of `event`.
    """
    at = datetime.now(UTC).isoformat()
    rows = [[each, event, at, json.dumps(body)] for each, body in bodies.items()]
    return _ADD, (json.dumps(rows), *(("", "") if unless is None else (event, unless)))


def _conditions(wanted: LogFilter) -> tuple[list[str], list[str]]:
    """Return SQL conditions on the rows `intend` and `conclude`, and their values."""
    found: list[tuple[str, str]] = []
    if wanted.since is not None:
        found.append(("intend.at >= ?", wanted.since.astimezone(UTC).isoformat()))
    for name in ("thread_id", "graph_id"):
        if value := getattr(wanted, name):
            found.append((f"json_extract(intend.body, '$.{name}') = ?", value))
    for name in ("who", "log_reason"):
        if value := getattr(wanted, name):
            found.append((f"instr(lower(json_extract(intend.body, '$.{name}')), lower(?))", value))
    if wanted.outcome is not None:
        outcome = "coalesce(json_extract(conclude.body, '$.outcome'), 'none') = ?"
        found.append((outcome, str(wanted.outcome)))
    return [condition for condition, _ in found], [value for _, value in found]


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Tell with each JournalFailed of the block that nothing was sent."""
    try:
        yield
    except JournalFailed as error:
        error.kept = "Nothing was sent."
        raise


def _origin(environ: Mapping[str, str], user: str) -> str:
    """Return from where the user came, as the system tells: another user, another machine.

    `user` is the system's name of a user who is not written down by it.
    """
    address = environ.get("SSH_CONNECTION", "").partition(" ")[0]
    by = environ.get("SUDO_USER", "")
    parts = (("system user", user), ("sudo by", by), ("ssh from", address))
    return ", ".join(f"{word} {value}" for word, value in parts if value)


def _body(intent: Intent, who: str, origin: str) -> JsonObject:
    through = by_rules(use.rule.name for use in intent.rules)
    return {
        "who": f"{who} {through}" if through else who,
        "origin": origin,
        "event": intent.event,
        "server": intent.server,
        "graph_id": intent.graph_id,
        "thread_id": intent.thread_id,
        "node": intent.node,
        "interrupt_id": intent.interrupt_id,
        "fingerprint": intent.fingerprint,
        "task_id": intent.task_id,
        "asked": intent.asked,
        "decision": intent.decision,
        "answer": intent.answer,
        "unseen": intent.unseen,
        "seconds": intent.seconds,
        "characters": intent.characters,
        "tools": list(intent.tools),
        "asked_at": intent.asked_at.isoformat() if intent.asked_at else None,
        "sent_as": intent.run_decision_id,
        "log_reason": intent.log_reason,
        **used_rules(intent.rules),
    }


def asked_of(interrupt: Interrupt) -> str:
    """Return the digest of what is asked and by which node, whatever its id."""
    return digest([interrupt.node, *interrupt.asked])


def _entry(decision_id: str, at: str, intend: str, conclude: str | None) -> LogEntry:
    body = json.loads(intend)
    end = json.loads(conclude) if conclude else {}
    return LogEntry(
        decision_id=decision_id,
        at=datetime.fromisoformat(at),
        who=body["who"],
        event=body["event"],
        server=body["server"],
        graph_id=body["graph_id"],
        thread_id=body["thread_id"],
        node=body["node"],
        interrupt_id=body["interrupt_id"],
        decision=body["decision"],
        answer=body["answer"],
        unseen=body.get("unseen", 0),
        seconds=body.get("seconds"),
        characters=body.get("characters", 0),
        tools=tuple(body.get("tools", ())),
        asked_at=datetime.fromisoformat(body["asked_at"]) if body.get("asked_at") else None,
        origin=body.get("origin", ""),
        sent_as=body.get("sent_as", decision_id),
        outcome=OutcomeKind(end["outcome"]) if end else None,
        why=end.get("why", "No outcome was recorded."),
        mismatches=tuple(end.get("divergences", ())),
        error=end.get("error", ""),
        traceback=end.get("traceback", ""),
        rules=applied_rules(body),
        log_reason=body.get("log_reason", ""),
    )
