"""Decisions that a program sent, or was about to send, when it ended: their outcome is looked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hitl_engine.deciding.outcome import not_seen, of_lost_answer, of_run
from hitl_engine.deciding.run_sender import UNDER_WAY, ObservedRun, RunSender, SentRun
from hitl_engine.errors import NotThere
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Event, LogEntry, Outcome

_YOUNG = timedelta(seconds=60)
"""The outcome of younger ones may still be written by the program that sent them."""
_READ = 200
"""Newest runs and checkpoints of a thread among which those of a decision are looked for."""
_RUN: frozenset[Event] = frozenset({"step", "start", "reopen", "rerun", "goto"})
"""What starts a run that answers nothing."""


class OpenDecisions:
    """Settles the decisions of a journal that have no outcome, by looking at their threads."""

    def __init__(self, session: ServerSession, log: DecisionLog) -> None:
        self._session = session
        self._log = log
        self._runs = RunSender(session)

    async def settle(self) -> tuple[LogEntry, ...]:
        """Look for the outcome of each, and write it down; return them, the oldest first.

        One whose run is under way has no outcome yet. Raises TargetError and JournalFailed; what was
        settled before that stays so.
        """
        looked_for = []
        for entry in await self._log.without_outcome(before=datetime.now(UTC) - _YOUNG):
            if entry.server != self._session.server.label:
                continue
            found = await self._outcome(entry)
            if found is not None:
                await self._log.settle(entry.decision_id, found)
                entry = replace(entry, outcome=found.kind, why=found.why)
            looked_for.append(entry)
        return tuple(looked_for)

    async def _outcome(self, entry: LogEntry) -> Outcome | None:
        """Return what can be known now; None while the run is under way."""
        sent, observed = SentRun(entry.thread_id, entry.sent_as), ObservedRun()
        try:
            if (run := await self._runs.find(sent, among=_READ)) is not None:
                observed.take(run)
            now = await self._session.reader.snapshot(entry.thread_id)
        except NotThere:
            return not_seen("Its thread was deleted.", entry.thread_id)
        if observed.status in UNDER_WAY:
            return None
        if entry.event in _RUN:
            return of_run(observed, now)
        if entry.event != "answer":
            return not_seen("Nothing shows now whether this was done.", entry.thread_id)
        recorded = await self._runs.is_recorded(sent, among=_READ)
        asked = entry.interrupt_id or ""
        return of_lost_answer(asked, entry.answer, observed, now, recorded=recorded)
