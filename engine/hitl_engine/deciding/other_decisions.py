"""Decisions that others took on the server: its runs tell them, and the journal does not.

Read from the newest runs of the threads that changed last, so not all may be found.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from hitl_engine.concurrency import together
from hitl_engine.deciding.answerers import noted_sender
from hitl_engine.errors import BadInput, NotThere
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    DecisionList,
    JsonObject,
    LogEntry,
    LogFilter,
    OtherDecision,
    RunKind,
    in_utc,
)
from hitl_engine.reading.thread_runs import thread_run
from hitl_engine.reading.thread_search import search_page
from hitl_engine.reading.wire import LOG_REASON, WireRun, WireThread

_THREADS = 100
"""So many threads are read at most."""
_RUNS = 50
"""So many of the newest runs of each."""
_AT_ONCE = 8
_EVENTS: dict[RunKind, Literal["answer", "step", "reopen", "rerun", "goto", "run"]] = {
    RunKind.ANSWER: "answer",
    RunKind.STEP: "step",
    RunKind.REOPEN: "reopen",
    RunKind.RERUN: "rerun",
    RunKind.GOTO: "goto",
    RunKind.UNKNOWN: "run",
}


async def log_with_others(
    session: ServerSession, log: DecisionLog, wanted: LogFilter, *, limit: int
) -> DecisionList:
    """Return the newest `limit` decisions of the journal and of others that a filter wants.

    Raises TargetError, NotThere for a wanted thread that is gone, JournalFailed, and BadInput where
    the server does not tell what runs were sent with.
    """
    if not session.api.can.tells_requests:
        raise BadInput(
            "This server does not tell what its runs were sent with, so the answers of others cannot "
            "be told from other runs.",
            hint="The log without them is complete.",
        )
    threads, more = await _threads(session, wanted)
    runs: list[tuple[WireThread, tuple[WireRun, ...]]] = []
    for first in range(0, len(threads), _AT_ONCE):
        some = threads[first : first + _AT_ONCE]
        found = await together(_runs_of(session, row) for row in some)
        runs += zip(some, found, strict=True)
    decided = [each for row, many in runs for each in _decided(session, row, many)]
    ours = await log.known(each.decision_id for each in decided)
    others = [each for each in decided if each.decision_id not in ours and _fits(each, wanted)]
    long = sum(
        len(many) == _RUNS and _may_be_wanted(many[-1].created_at, wanted) for _, many in runs
    )
    both: list[LogEntry | OtherDecision] = [*others, *await log.log(wanted, limit=limit)]
    both.sort(key=lambda each: each.at, reverse=True)
    return DecisionList(tuple(both[:limit]), _not_read(len(threads) if more else 0, long))


async def _threads(session: ServerSession, wanted: LogFilter) -> tuple[list[WireThread], bool]:
    """Return the threads to look at, last changed first, and whether there are more of them."""
    if wanted.thread_id:
        return [await session.api.thread(wanted.thread_id)], False
    query: JsonObject = {"metadata": {"graph_id": wanted.graph_id}} if wanted.graph_id else {}
    select = ("thread_id", "updated_at", "metadata")
    page = await search_page(session.api, query, limit=_THREADS + 1, offset=0, select=select)
    more = len(page) > _THREADS or len(page) == session.api.can.thread_page
    fresh = [row for row in page[:_THREADS] if _may_be_wanted(row.updated_at, wanted)]
    return fresh, more and len(fresh) == len(page[:_THREADS])


async def _runs_of(session: ServerSession, row: WireThread) -> tuple[WireRun, ...]:
    try:
        return await session.api.runs(row.thread_id, limit=_RUNS)
    except NotThere:  # deleted since it was listed
        return ()


def _decided(
    session: ServerSession, row: WireThread, runs: Iterable[WireRun]
) -> Iterator[OtherDecision]:
    for run in runs:
        told = thread_run(run, is_told_in_full=True)
        if told.kind in _EVENTS and told.began is not None:
            yield OtherDecision(
                at=in_utc(told.began),
                who=noted_sender(run),
                event=_EVENTS[told.kind],
                server=session.server.label,
                graph_id=str(run.metadata.get("graph_id") or row.graph_id),
                thread_id=row.thread_id,
                run_id=told.run_id,
                answer=told.sent,
                status=told.status,
                ended=None if told.is_under_way else told.changed,
                error=told.error,
                decision_id=told.decision_id,
                log_reason=str(run.metadata.get(LOG_REASON) or ""),
            )


def _may_be_wanted(at: datetime | None, wanted: LogFilter) -> bool:
    """Whether what happened until then may be wanted."""
    return wanted.since is None or at is None or in_utc(at) >= wanted.since


def _fits(decision: OtherDecision, wanted: LogFilter) -> bool:
    return (
        _may_be_wanted(decision.at, wanted)
        and wanted.graph_id in ("", decision.graph_id)
        and wanted.who.lower() in decision.who.lower()
        and wanted.log_reason.lower() in decision.log_reason.lower()
    )


def _not_read(threads: int, long: int) -> str:
    """Tell what was left out: threads after the first `threads`, older runs of `long` threads."""
    parts = [f"the {threads} threads that changed last"] if threads else []
    parts += [f"the newest {_RUNS} runs of a thread"] if long else []
    return f"Of others, only {' and '.join(parts)} were read." if parts else ""
