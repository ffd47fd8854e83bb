"""Runs from an older checkpoint, which begin a branch there, and runs at another node."""

from collections.abc import Iterator

from hitl_engine.debugging.planning import (
    NOTHING_SENT,
    cautions_about,
    refuse_if_busy,
    refuse_if_changed,
    refuse_unknown_node,
)
from hitl_engine.deciding.decider import Decider
from hitl_engine.errors import BadInput, NotTaken
from hitl_engine.journal.decisions import Intent
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Event, JsonObject, OnProgress, Outcome, Rerun
from hitl_engine.reading.client import going_on_at
from hitl_engine.reading.history import History
from hitl_engine.reading.snapshot import Snapshot


class Reruns:
    """Starts runs that go back or elsewhere. Methods raise NotThere, TargetError."""

    def __init__(self, session: ServerSession, decider: Decider, history: History) -> None:
        self._session = session
        self._decider = decider
        self._history = history

    async def plan_again(self, thread_id: str, checkpoint_id: str) -> Rerun:
        """Return what a run from a checkpoint would do. Raises BadInput where nothing follows it."""
        now = await self._session.reader.snapshot(thread_id)
        refuse_if_busy(now)
        at = await self._history.state(thread_id, checkpoint_id)
        if not at.next:
            raise BadInput(
                "Nothing follows this checkpoint, so nothing can run again from it.",
                kept=NOTHING_SENT,
                hint="Choose one before it, or start a new run on the thread.",
            )
        is_fork = checkpoint_id != now.checkpoint_id
        return Rerun(
            thread_id=thread_id,
            graph_id=now.graph_id,
            newest_id=now.checkpoint_id,
            pending_ids=tuple(now.pending_ids),
            runs=at.next,
            checkpoint_id=checkpoint_id,
            cautions=tuple(cautions_about(now, is_fork=is_fork)),
        )

    async def plan_goto(self, thread_id: str, node: str) -> Rerun:
        """Return what a run at another node would do.

        Raises BadInput for a node that the graph does not have, NotTaken while a question waits:
        LangGraph would run the node beside the one that asks.
        """
        now = await self._session.reader.snapshot(thread_id)
        refuse_if_busy(now)
        known = await self._session.reader.known_nodes(now.graph_id)
        refuse_unknown_node(now.graph_id, node, known, why="; LangGraph would ignore it")
        if now.interrupts:
            raise NotTaken(
                f"A question waits, and LangGraph would run {node} beside the node that asks.",
                hint="Answer it, or write into the state as the node that asks, which skips it.",
            )
        return Rerun(
            thread_id=thread_id,
            graph_id=now.graph_id,
            newest_id=now.checkpoint_id,
            pending_ids=tuple(now.pending_ids),
            runs=(node,),
            goto=node,
            cautions=tuple(_beside(node, now)),
        )

    async def run(self, rerun: Rerun, on_progress: OnProgress) -> Outcome:
        """Run what was planned, and return at its next stop or end.

        Raises NoLongerWaits where the thread has changed since it was planned, Conflict,
        JournalFailed.
        """
        async with self._session.keep_running():
            now, last = await self._session.reader.with_last_run(rerun.thread_id)
            refuse_if_changed(now, rerun.newest_id, rerun.pending_ids)
            request = await self._decider.continuing_request(
                last, rerun.thread_id, rerun.graph_id, strict=False
            )
            request |= _request_of(rerun)
            request |= self._decider.decided_on(rerun.newest_id, [*rerun.pending_ids])
            kind: Event = "goto" if rerun.goto else "rerun"
            intent = Intent(
                event=kind,
                server=self._session.server.label,
                graph_id=rerun.graph_id,
                thread_id=rerun.thread_id,
                node=", ".join(rerun.runs),
                decision=kind,
                answer=rerun.checkpoint_id or None,
            )
            return await self._decider.run(intent, request, on_progress)


def _request_of(rerun: Rerun) -> JsonObject:
    if rerun.goto:
        return {"command": {"goto": rerun.goto}}
    return going_on_at(rerun.checkpoint_id)


def _beside(node: str, now: Snapshot) -> Iterator[str]:
    if others := ", ".join(each for each in now.next if each != node):
        yield f"{node} runs beside {others}, which is next, and not instead of it."
