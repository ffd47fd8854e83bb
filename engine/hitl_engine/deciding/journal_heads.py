"""Heads of the journal in the metadata of runs: by them, rows that are gone from its end are missed."""

from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import ChainReport, Event, HeadsReport, JsonObject, RunHead
from hitl_engine.reading.wire import EVENT, JOURNAL_HEAD, REVIEWER

_RUNS = 100
"""So many of the newest runs of a thread are read."""


def with_head(request: JsonObject, head: str, event: Event, reviewer: str = "") -> JsonObject:
    """Return the request of a run that carries the head of the journal it is recorded in.

    It also carries what it is sent for, and the name of the `reviewer`, if there is one to tell.
    """
    metadata = request.get("metadata")
    noted = metadata if isinstance(metadata, dict) else {}
    by: JsonObject = {REVIEWER: reviewer} if reviewer else {}
    return {**request, "metadata": {**noted, JOURNAL_HEAD: head, EVENT: event, **by}}


async def compared_heads(
    session: ServerSession, chain: ChainReport, thread_ids: list[str]
) -> HeadsReport:
    """Look for the heads that runs of these threads carry. Raises TargetError."""
    carried = 0
    missing: list[RunHead] = []
    for thread_id in thread_ids:
        for run in await session.api.runs(thread_id, limit=_RUNS):
            journal_id, _, head = str(run.metadata.get(JOURNAL_HEAD) or "").partition(":")
            if journal_id != chain.journal_id or not head:
                continue
            carried += 1
            if head not in chain.heads:
                missing.append(RunHead(thread_id, run.run_id))
    return HeadsReport(carried, tuple(missing))
