"""Sends a run once, watches it, and finds out how it ended if the connection breaks.

A request is never sent again. If its reply is lost, our run is found among the runs of the
thread: it has the decision id in its metadata. It is also looked for if the request was refused: a
proxy may have sent it twice, and passed on the refusal of the second.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, TypeVar

from hitl_engine.deciding.rivals import Race, race_of
from hitl_engine.errors import (
    Conflict,
    Denied,
    FirstOfTwo,
    NotThere,
    ServerRefused,
    TargetError,
    Unreachable,
)
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import JsonObject, Progress, as_object
from hitl_engine.reading.capabilities import TOKENS
from hitl_engine.reading.client import StreamEvent, printed_line, thread_of_event
from hitl_engine.reading.message_shapes import token_of
from hitl_engine.reading.retries import Deadline, retried
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.wire import (
    DECISION_ID,
    KEPT_IN_CONFIG,
    WireRun,
    WireThread,
    error_text,
)

_Read = TypeVar("_Read")

_BREAKPOINTS = ("interrupt_before", "interrupt_after")
_STREAM_MODES = ("tasks", "custom")
_OF_NODES = frozenset({"tasks", "custom", "messages", "printed"})
"""The events of nodes that run."""
UNDER_WAY = frozenset({"pending", "running"})
"""The statuses of a run that has not ended."""
_OVER = frozenset({"success", "error", "interrupted", "timeout"})
_NEWEST = 20
"""So many runs and checkpoints are read to find one that was sent just now."""
_QUIET_SECONDS = 20.0
"""After so long without an event, a stream may have missed the end of its run."""
_SETTLE_PAUSE = 0.1
_SETTLE_SECONDS = 60.0
"""Seconds to wait for a broken connection before the outcome counts as unknown."""
NOT_PENDING = "UnknownInterruptError"
"""The error of a run that answers a question which no longer waits (strict resume)."""


@dataclass(frozen=True, slots=True)
class SentRun:
    """A run that was sent, and how to find it again."""

    thread_id: str
    decision_id: str
    """The decision id in the metadata of the run; empty for a run of another client."""


@dataclass(slots=True)
class ObservedRun:
    """What was seen of a run that was sent, until its end if possible."""

    run_id: str | None = None
    status: str | None = None
    """`success`, `error`, `interrupted` (cancelled), `timeout`; None: the server does not know the run."""
    error: str | None = None
    """What the run failed with, from the stream."""
    error_kind: str | None = None
    fault: str | None = None
    """Why the server did not begin the run, if so: the graph raised nothing."""
    finished: dict[str, frozenset[str]] = field(default_factory=dict)
    """Tasks that returned a result in this run, each with the ids of its next questions."""
    moved: bool | None = None
    """Whether a task finished, also in a subgraph; None if not all of the run was seen."""
    ran: bool = False
    """Whether an event of a node was seen."""
    server_died: bool = False
    """Whether the server process ended during this run; the graph then raised nothing."""
    thread: WireThread | None = None
    """The row of its thread after its end, where the server sends that with the stream."""
    attempts: int = 1
    """How often the server has begun it: after a failure of its own it may run a run again."""
    events: int = 0
    """How many events of its stream were seen."""
    last_event_id: str = ""
    """The last one that has an id; a stream that is joined again continues after it."""
    deadline: Deadline = field(default_factory=lambda: Deadline(_SETTLE_SECONDS))
    """Until when a server that cannot be reached is waited for."""

    @property
    def was_refused(self) -> bool:
        """Whether all of the run was seen, and LangGraph refused its answer before any node ran.

        A node can raise an error of the same name: then the answer was taken.
        """
        return self.error_kind == NOT_PENDING and self.moved is False and not self.ran

    def take(self, run: WireRun) -> None:
        """Take status and id from the row of this run."""
        self.run_id, self.status, self.server_died = run.run_id, run.status, run.server_died

    def is_settled_by(self, run: WireRun | None) -> bool:
        """Update from `run` if it is this run and has ended; return whether it was."""
        if run is None or run.run_id != self.run_id or run.status not in _OVER:
            return False
        self.take(run)
        return True


class RunSender:
    """Starts runs on the server in use, and follows them there."""

    def __init__(self, session: ServerSession) -> None:
        self._session = session

    @property
    def _stream_modes(self) -> list[str]:
        tokens = [TOKENS] if self._session.api.can.streams_tokens else []
        return [*_STREAM_MODES, *tokens]

    async def last(self, thread_id: str) -> WireRun | None:
        """Return the newest run of a thread, if it has any. Raises TargetError."""
        runs = await self._session.api.runs(thread_id, limit=1)
        return runs[0] if runs else None

    async def send(
        self, sent: SentRun, request: JsonObject, on_progress: Callable[[Progress], None]
    ) -> ObservedRun:
        """Send the request once, and return what was seen of the run.

        `settle` finds out whether and how the run ended. Raises TargetError if the server took
        nothing.
        """
        request = {
            **request,
            **_marked(request, sent.decision_id, tells=self._session.api.can.tells_requests),
            "multitask_strategy": "reject",
            "on_disconnect": "continue",
            "stream_mode": [*self._stream_modes],
            "stream_subgraphs": True,
            "stream_resumable": True,
            **({"stream_printed": True} if self._session.api.can.streams_printed else {}),
            **({"stream_thread": True} if self._session.supports("stream_thread") else {}),
        }
        observed = ObservedRun()
        try:
            events = self._session.api.stream_run(
                sent.thread_id, request, idempotency_key=sent.decision_id
            )
            if await self._watched(events, sent, observed, on_progress):
                observed.moved = bool(observed.moved)
        except TargetError as error:
            if nothing_was_taken(error) and not await self._may_be_taken(sent, observed, error):
                raise
            await self._find_again(sent, observed, on_progress)
        if observed.error_kind == NOT_PENDING:
            return await self._first_of_two(sent, observed, on_progress)
        return observed

    async def settle(
        self, sent: SentRun, observed: ObservedRun, until: frozenset[str] = _OVER
    ) -> None:
        """Look at the run until its status is one of `until`.

        A server that cannot be reached gets a minute; the server that replaces it knows how far the
        run got. A run that the server does not know has no status.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(observed.deadline.left):
                while not await self._is_settled(sent, observed, until):
                    await asyncio.sleep(_SETTLE_PAUSE)

    async def _is_settled(
        self, sent: SentRun, observed: ObservedRun, until: frozenset[str]
    ) -> bool:
        try:
            run = await self.find(sent, observed.run_id)
        except Unreachable:
            await self._session.recover()
            return False
        except TargetError:
            return False
        if run is None:
            return True
        observed.take(run)
        return run.status in until

    async def read_back(self, observed: ObservedRun, read: Callable[[], Awaitable[_Read]]) -> _Read:
        """Return what `read` returns; a server that fails gets what is left of the same minute.

        Raises the last TargetError of `read`.
        """
        return await retried(
            read,
            observed.deadline,
            passes=lambda error: error.may_pass,
            before_again=self._session.recover,
        )

    async def is_recorded(self, sent: SentRun, *, among: int = _NEWEST) -> bool:
        """Whether one of the newest checkpoints of the thread was written by this run."""
        with suppress(TargetError):
            states = await self._session.api.history(sent.thread_id, limit=among)
            return any(state.metadata.get(DECISION_ID) == sent.decision_id for state in states)
        return False

    async def until_others_end(self, thread_id: str) -> None:
        """Wait, for a minute at most, until no run is under way on a thread."""
        with suppress(TimeoutError, TargetError):
            async with asyncio.timeout(_SETTLE_SECONDS):
                while any(
                    run.status in UNDER_WAY
                    for run in await self._session.api.runs(thread_id, limit=10)
                ):
                    await asyncio.sleep(_SETTLE_PAUSE)

    async def race(self, observed: ObservedRun, before: Snapshot) -> Race:
        """Return what became of a run that began at `before`, if others began there too."""
        with suppress(TargetError):
            history = await self._session.api.history(before.thread_id, limit=50)
            return race_of(observed.run_id, before.checkpoint_id, history)
        return Race.ALONE

    async def follow(self, thread_id: str, on_progress: Callable[[Progress], None]) -> None:
        """Watch the run in progress on a thread, if there is one, to its end.

        Returns also when its server has been away for a minute. Raises TargetError if the thread
        cannot be read at first.
        """
        run = await self.last(thread_id)
        if run is not None and run.status in UNDER_WAY:
            sent = SentRun(thread_id, str(run.metadata.get(DECISION_ID) or ""))
            observed = ObservedRun(run_id=run.run_id)
            await self._find_again(sent, observed, on_progress)
            await self.settle(sent, observed)

    async def _may_be_taken(
        self, sent: SentRun, observed: ObservedRun, refusal: TargetError
    ) -> bool:
        """Whether the request may have begun a run although it was refused.

        The refusal may be that of a copy, or a proxy's. A server that cannot be read gets a minute;
        after that it is not known.
        """
        if isinstance(refusal, Unreachable):
            return False  # nothing was sent
        try:
            return await self.read_back(observed, lambda: self.find(sent)) is not None
        except Denied:
            return False
        except TargetError:
            return True

    async def _first_of_two(
        self, sent: SentRun, observed: ObservedRun, on_progress: Callable[[Progress], None]
    ) -> ObservedRun:
        """Return the run that took the answer, if a copy of the request began it before this one."""
        with suppress(TargetError):
            for run in await self._ours(sent):
                if run.run_id != observed.run_id:
                    observed = ObservedRun(run_id=run.run_id)
                    await self._find_again(sent, observed, on_progress)
                    break
        return observed

    async def _find_again(
        self, sent: SentRun, observed: ObservedRun, on_progress: Callable[[Progress], None]
    ) -> None:
        """Find the run, and join its stream, as often as the connection breaks."""
        sent_to = self._session.api
        while True:
            await self.settle(sent, observed, until=UNDER_WAY | _OVER)
            if observed.run_id is None or self._session.api is not sent_to:
                return  # a successor has no stream of it
            if observed.deadline.left <= 0:
                return  # the server is silent
            was_over, seen = observed.status in _OVER, observed.events
            events = self._session.api.join_stream(
                sent.thread_id,
                observed.run_id,
                after=observed.last_event_id,
            )
            with suppress(TargetError):
                await self._watched(events, sent, observed, on_progress)
            if was_over or observed.events == seen:
                return
            observed.deadline.renew()

    async def _watched(
        self,
        events: AsyncGenerator[StreamEvent, None],
        sent: SentRun,
        observed: ObservedRun,
        on_progress: Callable[[Progress], None],
    ) -> bool:
        """Follow a stream to its end and return True; return False if only its run has ended.

        A proxy or a server may keep a stream open that ends nothing. Raises TargetError.
        """
        try:
            async with asyncio.timeout(None) as until:
                ending = asyncio.create_task(self._end_after_run(sent, observed, until))
                try:
                    async with aclosing(events):
                        await _watch(events, sent.thread_id, observed, on_progress)
                finally:
                    ending.cancel()
        except TimeoutError:
            return False
        return True

    async def _end_after_run(
        self, sent: SentRun, observed: ObservedRun, until: asyncio.Timeout
    ) -> None:
        """End a stream that has no events for some time, although its run has ended."""
        while True:
            seen = observed.events
            await asyncio.sleep(_QUIET_SECONDS)
            if observed.events > seen:
                continue
            with suppress(TargetError):
                run = await self.find(sent, observed.run_id)
                if run is not None and run.status in _OVER:
                    until.reschedule(asyncio.get_running_loop().time())
                    return

    async def find(
        self, sent: SentRun, run_id: str | None = None, *, among: int = _NEWEST
    ) -> WireRun | None:
        """Return the run; without its id the first with our decision id, which took the answer.

        That is looked for among the newest runs of the thread. None if the server does not have
        it. Raises TargetError.
        """
        if run_id is not None:
            with suppress(NotThere):
                return await self._session.api.run(sent.thread_id, run_id)
            return None
        return next(iter(await self._ours(sent, among)), None)

    async def _ours(self, sent: SentRun, among: int = _NEWEST) -> list[WireRun]:
        """Return the runs with our decision id, the oldest first."""
        runs = await self._session.api.runs(sent.thread_id, limit=among)
        ours = [run for run in runs if run.metadata.get(DECISION_ID) == sent.decision_id]
        return ours[::-1]


def _marked(request: JsonObject, decision_id: str, *, tells: bool) -> JsonObject:
    """Return `metadata` and `config` of a request, both with its notes and the decision id.

    Aegra drops the metadata of a run, but keeps its config, whose metadata LangGraph writes into
    checkpoints. `tells`: whether the server keeps the breakpoints of a run; else the config has these
    too. `WireRun` finds them there.
    """
    notes: JsonObject = {**as_object(request.get("metadata")), DECISION_ID: decision_id}
    config = as_object(request.get("config"))
    kept: JsonObject = {name: request[name] for name in _BREAKPOINTS if name in request}
    sent_with: JsonObject = {KEPT_IN_CONFIG: kept} if kept and not tells else {}
    return {
        "metadata": notes,
        "config": {
            **config,
            "metadata": {**as_object(config.get("metadata")), **notes, **sent_with},
        },
    }


def nothing_was_taken(error: TargetError) -> bool:
    """Whether the server refused, or received nothing, before a run could begin.

    A proxy answers 408 when it has waited too long for a request, or for the reply to one that it
    has passed on, and may still deliver it.
    """
    match error:
        case Unreachable(sent=sent):
            return not sent
        case ServerRefused(status=status):
            return status < 500 and status != HTTPStatus.REQUEST_TIMEOUT
        case _:
            return isinstance(error, Conflict | Denied | FirstOfTwo | NotThere)


async def _watch(
    events: AsyncIterator[StreamEvent],
    thread_id: str,
    observed: ObservedRun,
    on_progress: Callable[[Progress], None],
) -> None:
    async for event in events:
        observed.events += 1
        observed.last_event_id = event.id or observed.last_event_id
        observed.ran = observed.ran or event.name in _OF_NODES
        match event.name, event.data:
            case "thread", {"thread_id": str()}:
                observed.thread = thread_of_event(event.data)
            case "metadata", {"run_id": str(run_id), **more}:
                observed.run_id = run_id
                if isinstance(attempt := more.get("attempt"), int):
                    observed.attempts = max(observed.attempts, attempt)
            case "error", {"error": kind, **others}:
                observed.error_kind = str(kind)
                observed.error = f"{kind}: {others.get('message', '')}"
                on_progress(Progress(thread_id, "failed", "", observed.error, event.at))
            case "tasks", {"id": str(task_id), "name": str(name), **task}:
                path = _path(event.namespace, name)
                progress, asks = _of_task(thread_id, path, task, event.at)
                if asks is not None and not event.namespace:
                    observed.finished[task_id] = asks
                observed.moved = observed.moved or progress.kind == "finished" or None
                on_progress(progress)
            case "messages", [piece, *_] if token := token_of(piece):
                path = _path(event.namespace, "")
                on_progress(Progress(thread_id, "token", path, token, event.at))
            case "custom", data:
                path = _path(event.namespace, "")
                on_progress(Progress(thread_id, "custom", path, data, event.at))
            case "printed", data:
                line = printed_line(data)
                path, at = _path(line.namespace, line.node), line.at.timestamp()
                on_progress(Progress(thread_id, "printed", path, line.text, at))


def _of_task(
    thread_id: str, path: str, task: Mapping[Any, Any], at: float
) -> tuple[Progress, frozenset[str] | None]:
    """Return the progress of a task event, and the ids of its questions if the task has a result."""
    if "input" in task:
        return Progress(thread_id, "started", path, at=at), None
    if task.get("error") is not None:
        return Progress(thread_id, "failed", path, error_text(task["error"]), at), None
    interrupts = task.get("interrupts") or ()
    asks = frozenset(str(asked.get("id")) for asked in interrupts if isinstance(asked, dict))
    kind: Literal["stopped", "finished"] = "stopped" if asks else "finished"
    return Progress(thread_id, kind, path, task.get("result"), at), asks


def _path(namespace: tuple[str, ...], name: str) -> str:
    return " ▸ ".join([*(part.split(":")[0] for part in namespace), *([name] if name else [])])
