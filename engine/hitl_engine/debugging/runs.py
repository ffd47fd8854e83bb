"""The runs of threads: listed, followed event by event, paused, cancelled."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from hitl_engine.debugging.recorded import recorded
from hitl_engine.errors import BadInput, NoLongerWaits, NotThere, ServerRefused
from hitl_engine.journal.decisions import DecisionLog, Intent
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Event, Outcome, RunEvent, ThreadRun
from hitl_engine.reading.thread_runs import UNDER_WAY, thread_run
from hitl_engine.reading.wire import WireRun

_PAUSE = 0.1
_SECONDS = 20.0
"""How long the end of a cancelled run is waited for: a node that blocks holds it up."""
_DELETING_SECONDS = 3.0
"""How long it is waited for that a server deletes a run that has ended."""
_KEPT = "The run is cancelled. What its finished nodes wrote is kept."
_TAKEN_BACK = "The run is cancelled and deleted, with what it wrote into the state."


class Runs:
    """The runs of one server. Methods raise TargetError, and NotThere for a thread that is gone."""

    def __init__(self, session: ServerSession, log: DecisionLog) -> None:
        self._session = session
        self._log = log

    async def of(self, thread_id: str, *, limit: int = 50) -> tuple[ThreadRun, ...]:
        """Return the newest runs of a thread, newest first."""
        return tuple(map(self._told, await self._session.api.runs(thread_id, limit=limit)))

    async def under_way(self, thread_id: str) -> ThreadRun | None:
        """Return the run in progress on a thread, or that waits to begin."""
        run = await self._under_way(thread_id)
        return self._told(run) if run else None

    async def events(self, thread_id: str) -> AsyncIterator[RunEvent]:
        """Yield the events of the run in progress until its end, also of one that others began.

        From its beginning where the server kept them, else from now on. Raises NoLongerWaits if no
        run is in progress.
        """
        run = await self._required(thread_id)
        stream = self._session.api.join_stream(thread_id, run.run_id)
        async for event in stream:
            yield RunEvent(event.name, event.namespace, event.data, event.id)

    async def cancel(self, thread_id: str, *, rollback: bool = False) -> Outcome:
        """Cancel the run in progress, and wait for its end.

        What its nodes have done outside of the state is not undone. With `rollback`, the run is
        deleted, with its checkpoints. Raises NoLongerWaits if no run is in progress, ServerRefused
        where the server cannot take back a run, JournalFailed.
        """
        what = "cancel and take back" if rollback else "cancel"

        async def send(run: WireRun) -> str:
            await self._send(run, rollback=rollback)
            return await self._ended(run, rollback=rollback)

        async def was_done(run: WireRun) -> str | None:
            found = await self._ended(run, rollback=rollback)
            return found if found in (_KEPT, _TAKEN_BACK) else None

        return await self._recorded(thread_id, "cancel", what, send, was_done)

    @property
    def can_pause(self) -> bool:
        """Whether the server can pause a run: only our own can."""
        return self._session.supports("pause")

    async def pause(self, thread_id: str) -> Outcome:
        """Stop the run in progress before its next step, and wait for that.

        Nodes that run now end first; the thread is then at a breakpoint, and a step goes on. Raises
        BadInput where the server cannot do it, NoLongerWaits if no run is in progress, JournalFailed.
        """
        if not self.can_pause:
            raise BadInput(
                "This server cannot pause a run.",
                kept="Nothing was changed.",
                hint="Cancel the run, or start it with breakpoints.",
            )

        async def send(run: WireRun) -> str:
            await self._session.api.pause_run(thread_id, run.run_id)
            return await self._paused(run)

        return await self._recorded(thread_id, "pause", "pause", send, self._paused)

    async def _recorded(
        self,
        thread_id: str,
        event: Event,
        what: str,
        send: Callable[[WireRun], Awaitable[str]],
        was_done: Callable[[WireRun], Awaitable[str | None]],
    ) -> Outcome:
        """Do something to the run in progress, once; it is in the journal."""
        async with self._session.keep_running():
            run = await self._required(thread_id)
            row = await self._session.api.thread(thread_id)
            intent = Intent(
                event=event,
                server=self._session.server.label,
                graph_id=row.graph_id,
                thread_id=thread_id,
                decision=what,
            )
            return await recorded(self._log, intent, lambda: send(run), lambda: was_done(run))

    async def _paused(self, run: WireRun) -> str:
        """Wait for the end of a run that was paused; return what became of it."""
        try:
            async with asyncio.timeout(_SECONDS):
                while await self._status(run) in UNDER_WAY:
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            return "The run stops as soon as the nodes that run now have ended."
        row = await self._session.api.thread(run.thread_id)
        if row.next:
            return "The run has stopped."
        return "The run came to its end before it could stop."

    async def _send(self, run: WireRun, *, rollback: bool) -> None:
        action = "rollback" if rollback else "interrupt"
        try:
            await self._session.api.cancel_run(run.thread_id, run.run_id, action=action)
        except ServerRefused as error:
            if rollback and error.status in (400, 422):
                error.what = "This server cannot take back what a run wrote."
                error.hint = "Cancel the run without that."
            raise

    async def _ended(self, run: WireRun, *, rollback: bool) -> str:
        """Wait for the end of a run that was cancelled; return what became of it."""
        status = run.status
        try:
            async with asyncio.timeout(_SECONDS):
                while (status := await self._status(run)) in UNDER_WAY:
                    await asyncio.sleep(_PAUSE)
            async with asyncio.timeout(_DELETING_SECONDS if rollback else 0):
                while rollback:  # it is deleted a moment after it has ended
                    status = await self._status(run)
                    await asyncio.sleep(_PAUSE)
        except NotThere:
            return _TAKEN_BACK
        except TimeoutError:
            if status in UNDER_WAY:
                return "The run is being cancelled. Its node has not stopped yet."
        if rollback:
            return "The run has ended, but the server did not take back what it wrote."
        if status == "interrupted":
            return _KEPT
        return "The run came to its end before it was cancelled."

    async def _status(self, run: WireRun) -> str:
        return (await self._session.api.run(run.thread_id, run.run_id)).status

    async def _required(self, thread_id: str) -> WireRun:
        run = await self._under_way(thread_id)
        if run is None:
            raise NoLongerWaits(
                "No run is in progress on this thread.", kept="Nothing was changed."
            )
        return run

    async def _under_way(self, thread_id: str) -> WireRun | None:
        runs = await self._session.api.runs(thread_id, limit=10)
        found = [run for run in runs if run.status in UNDER_WAY]
        return found[-1] if found else None

    def _told(self, run: WireRun) -> ThreadRun:
        return thread_run(run, is_told_in_full=self._session.api.can.tells_requests)
