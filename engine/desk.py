"""The use cases: everything that both front ends can ask for.

A screen or a shell command calls one method of `Desk`; what has to happen in which order is
decided here and nowhere else.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from engine import local, outcome, payloads
from engine.api.client import LangGraphServer, StreamEvent
from engine.api.wire import WireRun
from engine.connection import Connection, key_header
from engine.errors import (
    BadInput,
    HitlError,
    JournalFailed,
    NoLongerWaits,
    NotTaken,
    StillWaits,
    TargetError,
    Unreachable,
)
from engine.feed import Feed
from engine.fingerprint import fingerprint
from engine.forms.drawing import fields_of
from engine.inbox import InboxReader
from engine.journal import Intent, Journal, open_journal
from engine.model import (
    Breakpoint,
    Breakpoints,
    Decision,
    Draft,
    Edit,
    Graph,
    Inbox,
    InputForm,
    Interrupt,
    JsonObject,
    JsonValue,
    LogEntry,
    Outcome,
    OutcomeKind,
    Progress,
    Question,
    Server,
    ThreadStatus,
    ThreadView,
    Verdict,
    Verdicts,
    Waiting,
)
from engine.reader import ThreadReader
from engine.runs import Ended, RunSender, again
from engine.strict_json import unwritable
from engine.target import Project, Remote, data_folder, find_target
from engine.threads import Snapshot

OnProgress = Callable[[Progress], None]
_Given = ParamSpec("_Given")
_Got = TypeVar("_Got")

_LOOK_SECONDS = 1.0
"""Between two looks at the inbox."""
_LONGEST_PAUSE = 15.0
"""Between two tries to reach a server that is away."""


@asynccontextmanager
async def open_desk(
    target: str | None,
    *,
    data_dir: Path | None = None,
    headers: Mapping[str, str] | None = None,
    api_key_env: str | None = None,
    python: str | None = None,
) -> AsyncIterator["Desk"]:
    """Open the desk of a target; for a local one, find or start its engine.

    `target` is a URL, a `langgraph.json` or `file.py:graph`; None means HITL_TUI_TARGET, then
    `./langgraph.json`. `headers` and `api_key_env` are for a URL, `python` (an interpreter) for
    a project. Raises BadTarget, BadInput, TargetError, JournalFailed.
    """
    found = find_target(target, environ=os.environ)
    key = key_header(os.environ, api_key_env)
    if api_key_env and not key:
        raise BadInput(
            f"The environment variable {api_key_env} is not set, or empty.",
            hint="Let it hold the API key, or leave out --api-key-env.",
        )
    folder = data_folder(found, data_dir)
    sent = {**key, **(headers or {})}
    async with open_journal(folder) as journal:
        connection = await Connection(found, folder, sent, python).open()
        try:
            yield Desk(connection, journal)
        finally:
            await connection.aclose()


async def read_log(
    target: str | None, *, data_dir: Path | None = None, limit: int = 200
) -> tuple[LogEntry, ...]:
    """Return the decisions of a target's journal, newest first; its server may be away.

    Raises BadTarget, JournalFailed.
    """
    folder = data_folder(find_target(target, environ=os.environ), data_dir)
    async with open_journal(folder) as journal:
        return await journal.log(limit=limit)


def serve_command(
    target: str | None,
    *,
    data_dir: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 2024,
    tokens: Path | None = None,
    python: str | None = None,
) -> list[str]:
    """Return the command that runs the engine of a target alone. Raises BadTarget.

    A single token is not part of it, for all users see commands: it goes into the environment,
    as HITL_TUI_TOKEN. `tokens` is a file.
    """
    found = find_target(target, environ=os.environ)
    match found:
        case Project(spec=spec):
            folder = data_folder(found, data_dir)
            return local.serve_command(
                spec, folder, host=host, port=port, tokens=tokens, python=python
            )
        case Remote(label=label):
            raise BadInput(f"{label} is a server already.", hint="Serve a langgraph.json.")


def _at_work(
    use: Callable[Concatenate["Desk", _Given], Awaitable[_Got]],
) -> Callable[Concatenate["Desk", _Given], Coroutine[Any, Any, _Got]]:
    """Keep a local engine while this is done: its run must not end with another console."""

    @wraps(use)
    async def used(desk: "Desk", /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Got:
        async with desk._engine_kept():
            return await use(desk, *args, **kwargs)

    return used


class Desk:
    """One server and one journal, and everything a person can do with them."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal
        self._api: LangGraphServer | None = None
        self._unsettled: dict[str, str] = {}
        self._meet()

    def _meet(self) -> None:
        """Take up the server, where it is another one than before."""
        connection = self._connection
        if self._api is connection.api:
            return
        self._api = connection.api
        self._reader = ThreadReader(
            connection.api, rows_hold_runs=bool(connection.flags.get("last_run"))
        )
        self._inbox = InboxReader(
            connection.api,
            self._reader,
            rows_hold_state=bool(connection.flags.get("derived_status")),
        )
        self._runs = RunSender(connection.api, self._journal, self._recover)

    @property
    def server(self) -> Server:
        """Which server one is on."""
        return self._connection.server

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The threads to which something was sent whose outcome is not known yet.

        A cancelled `decide`, `step` or `start` leaves its thread here if it may have sent.
        """
        return tuple(self._unsettled.values())

    # Looking

    async def graphs(self) -> tuple[Graph, ...]:
        """Return the graphs of the server, by name. Raises TargetError."""
        found = (
            Graph(
                assistant_id=assistant.assistant_id,
                graph_id=assistant.graph_id,
                name=assistant.name or assistant.graph_id,
                description=assistant.description,
            )
            for assistant in await self._connection.api.assistants()
        )
        return tuple(sorted(found, key=lambda graph: (graph.name, graph.assistant_id)))

    async def inbox(self) -> Inbox:
        """Look once: everything that waits, unordered. Raises TargetError."""
        return await self._inbox.look()

    async def watch(self) -> AsyncIterator[Inbox]:
        """Look again and again; yield at once, and then whenever the inbox has changed.

        Never raises for a server that is away: yields the old items with `error` set, and
        reconnects (a local engine that went away is started again). So whoever watches holds the
        engine of another console only for the time of a run.
        """
        self._connection.rest()
        last = Inbox(items=(), busy=0)
        first = True
        pause = _LOOK_SECONDS
        named: frozenset[str] = frozenset()
        async with Feed(self._changes) as feed:
            while True:
                try:
                    inbox = await self._inbox.look(named)
                    pause = _LOOK_SECONDS
                except TargetError as error:
                    inbox = replace(last, error=str(error))
                    pause = min(pause * 2, _LONGEST_PAUSE)
                if first or inbox != last:
                    first, last = False, inbox
                    yield inbox
                named = await feed.wait(pause)
                if last.error is not None:
                    await self._recover()

    async def thread(self, thread_id: str) -> ThreadView:
        """Read one thread. Raises NotThere, TargetError."""
        return (await self._reader.snapshot(thread_id)).view()

    @_at_work
    async def follow(self, thread_id: str, on_progress: OnProgress) -> ThreadView:
        """Watch the run that is under way on a thread; return the thread when it stands still.

        Raises NotThere, TargetError.
        """
        await self._runs.follow(thread_id, on_progress)
        return await self.thread(thread_id)

    def engine_log(self, *, limit: int = 200_000) -> str | None:
        """Return the last `limit` bytes of the engine's log (what graphs print).

        None for a remote server, whose log is not here.
        """
        path = self._connection.log
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - limit))
                return file.read().decode(errors="replace")
        except OSError as error:
            return f"The log {path} cannot be read: {error}."

    # Deciding

    def question(self, interrupt: Interrupt) -> Question:
        """Understand an interrupt and fingerprint it. Never fails."""
        return Question(
            interrupt=interrupt,
            review=payloads.recognise(interrupt.payload, interrupt.response_schema),
            fingerprint=fingerprint(self.server.identity, interrupt),
        )

    def answer_of(self, question: Question, decision: Decision) -> JsonValue:
        """Return the exact JSON that `decide` would send.

        Raises NotTaken, with every fault at its place.
        """
        asked = question.interrupt
        answer = payloads.encode(asked.payload, decision, asked.response_schema)
        if fault := unwritable(answer):
            raise NotTaken(f"The answer cannot be written as JSON: {fault}.")
        return answer

    def cautions(self, question: Question, decision: Decision) -> tuple[str, ...]:
        """Return what a person should confirm before `decide`, one sentence each."""
        return payloads.cautions(question.review, decision)

    def answer_schema(self, question: Question) -> JsonObject:
        """Return which answers a question expects, as JSON Schema; `{}` for anything."""
        asked = question.interrupt
        return payloads.answer_schema(asked.payload, asked.response_schema)

    @_at_work
    async def decide(
        self, question: Question, decision: Decision, on_progress: OnProgress
    ) -> Outcome:
        """Send one decision, once; return when the thread stands still again.

        Raises NotTaken, NoLongerWaits, JournalFailed or TargetError when nothing was sent, or
        the server refused it before taking anything; what was typed is kept then.
        """
        interrupt = question.interrupt
        answer = self.answer_of(question, decision)
        before, last_run = await self._reader.with_last_run(interrupt.thread_id)
        self._refuse_if_changed(question, before)
        intent = Intent(
            decision_id=str(uuid4()),
            event="answer",
            server=self.server.label,
            graph_id=interrupt.graph_id,
            thread_id=interrupt.thread_id,
            node=interrupt.node,
            interrupt_id=interrupt.interrupt_id,
            fingerprint=question.fingerprint,
            decision=_name(decision),
            answer=answer,
        )
        request = await self._again(last_run, interrupt, strict=True)
        request["command"] = {"resume": {interrupt.interrupt_id: answer}}
        request |= self._decided_on(interrupt.checkpoint_id, [interrupt.interrupt_id])
        with self._accounted_for(intent):
            ended = await self._runs.send(intent, request, on_progress)

            async def judge(after: Snapshot) -> Outcome:
                recorded = not ended.finished and await self._runs.is_recorded(intent)
                return outcome.of_answer(interrupt, ended, after, recorded=recorded)

            found = await self._judged(intent, ended, judge)
        if found.kind is OutcomeKind.APPLIED:
            with suppress(JournalFailed):  # a draft too many does no harm
                await self.discard_draft(question)
        return found

    @_at_work
    async def step(self, breakpoint: Breakpoint, on_progress: OnProgress) -> Outcome:
        """Step past a breakpoint to the next stop or the end, with input `None`. Raises as `decide`."""
        before, last_run = await self._reader.with_last_run(breakpoint.thread_id)
        if before.checkpoint_id != breakpoint.checkpoint_id or before.waiting != (breakpoint,):
            raise NoLongerWaits(
                f"The thread is {before.status} now; it no longer stands at this breakpoint.",
                kept="Nothing was sent.",
                hint="Look at the thread again.",
            )
        intent = Intent(
            decision_id=str(uuid4()),
            event="step",
            server=self.server.label,
            graph_id=breakpoint.graph_id,
            thread_id=breakpoint.thread_id,
            node=breakpoint.node,
            interrupt_id=None,
            fingerprint=None,
            decision="step",
            answer=None,
        )
        request = await self._again(last_run, breakpoint, strict=False)
        request["input"] = None
        request |= self._decided_on(breakpoint.checkpoint_id, [])
        return await self._run(intent, request, on_progress)

    async def input_form(self, graph: Graph) -> InputForm:
        """Return how the input of a graph is asked for. Raises TargetError."""
        schemas, nodes = await asyncio.gather(
            self._connection.api.schemas(graph.assistant_id),
            self._reader.marked(graph.assistant_id),
        )
        fields = fields_of(schemas.input_schema or schemas.state_schema)
        return InputForm(graph, fields, tuple(nodes))

    @_at_work
    async def start(
        self,
        graph: Graph,
        input: JsonValue,
        on_progress: OnProgress,
        *,
        thread_id: str | None = None,
        breakpoints: Breakpoints | None = None,
    ) -> Outcome:
        """Start a run (on a new thread unless one is given); return at its next stop or end.

        Raises NotThere for an unknown thread, StillWaits where something waits on it (a new
        input would silently take its place), Conflict where a run is under way, BadInput for
        breakpoints at nodes that the graph does not have, and as `decide`.
        """
        if fault := unwritable(input):
            raise BadInput(f"The input cannot be written as JSON: {fault}.")
        if breakpoints:
            await self._refuse_unknown_nodes(graph, breakpoints)
        if thread_id is not None:
            before = await self._reader.snapshot(thread_id)
            _refuse_if_something_waits(before)
            unchanged = self._decided_on(before.checkpoint_id, [])
        else:
            unchanged = {}
            made = await self._connection.api.create_thread({"graph_id": graph.graph_id})
            thread_id = made.thread_id
        intent = Intent(
            decision_id=str(uuid4()),
            event="start",
            server=self.server.label,
            graph_id=graph.graph_id,
            thread_id=thread_id,
            node="",
            interrupt_id=None,
            fingerprint=None,
            decision="start",
            answer=None,
        )
        request: JsonObject = {"assistant_id": graph.assistant_id, "input": input, **unchanged}
        if breakpoints:
            request["interrupt_before"] = _named(breakpoints.before)
            request["interrupt_after"] = _named(breakpoints.after)
        return await self._run(intent, request, on_progress)

    # What was typed, and what was decided

    async def save_draft(self, question: Question, content: JsonObject) -> None:
        """Keep what was typed, durable when this returns. Raises JournalFailed."""
        await self._journal.save_draft(self.server.identity, question, content)

    async def draft(self, question: Question) -> Draft | None:
        """Return what was typed for this interrupt before, if anything."""
        return await self._journal.draft(self.server.identity, question)

    async def discard_draft(self, question: Question) -> None:
        """Forget what was typed."""
        await self._journal.discard_draft(self.server.identity, question.interrupt)

    async def log(self, *, limit: int = 200) -> tuple[LogEntry, ...]:
        """Return the decisions of this target's journal, newest first."""
        return await self._journal.log(limit=limit)

    # Within

    async def _run(self, intent: Intent, request: JsonObject, on_progress: OnProgress) -> Outcome:
        with self._accounted_for(intent):
            ended = await self._runs.send(intent, request, on_progress)

            async def judge(after: Snapshot) -> Outcome:
                return outcome.of_run(ended, after)

            return await self._judged(intent, ended, judge)

    @contextmanager
    def _accounted_for(self, intent: Intent) -> Iterator[None]:
        """Keep the thread in `unsettled` until the outcome, or that nothing was sent, is known."""
        self._unsettled[intent.decision_id] = intent.thread_id
        try:
            yield
        except HitlError:
            del self._unsettled[intent.decision_id]
            raise
        del self._unsettled[intent.decision_id]

    def _decided_on(self, checkpoint_id: str, interrupt_ids: list[JsonValue]) -> JsonObject:
        """Return what lets the server refuse a run when its thread has moved on meanwhile.

        Between our last look and the run others may be faster; only the server can look and
        begin in one go. One that cannot (`preconditions` in its flags) still refuses a thread
        with a run under way, and ids that are not pending.
        """
        if not self._connection.flags.get("preconditions"):
            return {}
        seen: JsonObject = {"checkpoint_id": checkpoint_id or None, "interrupt_ids": interrupt_ids}
        return {"preconditions": seen}

    async def _again(self, last: WireRun | None, waiting: Waiting, *, strict: bool) -> JsonObject:
        """Return the request that goes on where `last` stopped.

        A copied thread has no run yet; its metadata names the assistant, whose settings count.
        """
        otherwise = waiting.graph_id
        if last is None:
            row = await self._connection.api.thread(waiting.thread_id)
            otherwise = str(row.metadata.get("assistant_id") or otherwise)
        return again(last, otherwise, strict=strict)

    async def _refuse_unknown_nodes(self, graph: Graph, breakpoints: Breakpoints) -> None:
        named = {*breakpoints.before, *breakpoints.after} - {"*"}
        if not named:
            return
        nodes = await self._reader.marked(graph.assistant_id)
        if unknown := sorted(named - nodes.keys()):
            raise BadInput(
                f"{graph.name} has no node {', '.join(unknown)}.",
                kept="Nothing was sent.",
                hint=f"Its nodes are: {', '.join(nodes) or 'none'}.",
            )

    async def _judged(
        self, intent: Intent, ended: Ended, judge: Callable[[Snapshot], Awaitable[Outcome]]
    ) -> Outcome:
        """Read run and thread back, judge, and write the outcome down."""
        try:
            found = await judge(await self._settled(intent, ended))
        except TargetError as error:
            found = Outcome(
                OutcomeKind.UNKNOWN,
                f"The thread could not be read back: {error.what}",
                thread=None,
                error=ended.error,
                thread_id=intent.thread_id,
            )
        try:
            await self._journal.conclude(intent.decision_id, found.kind, found.why, ended.run_id)
        except JournalFailed as error:
            found = replace(found, why=f"{found.why} This could not be recorded: {error.what}")
        return found

    async def _settled(self, intent: Intent, ended: Ended) -> Snapshot:
        """Return the thread when the run is over, as far as that can be awaited."""
        with suppress(Unreachable):  # an engine that died is replaced while the run is settled
            after, last_run = await self._reader.with_last_run(intent.thread_id)
            if ended.is_settled_by(last_run):
                return after
        await self._runs.settle(intent, ended)
        return await self._reader.snapshot(intent.thread_id)

    def _refuse_if_changed(self, question: Question, before: Snapshot) -> None:
        shown = question.interrupt
        if before.status is ThreadStatus.BUSY:
            raise NoLongerWaits(
                "A run is under way on this thread: somebody else is answering.",
                kept="Nothing was sent; what you typed is kept.",
                hint="Wait until it has ended.",
            )
        now = next(
            (
                interrupt
                for interrupt in before.interrupts
                if interrupt.interrupt_id == shown.interrupt_id
                and interrupt.task_id == shown.task_id
            ),
            None,
        )
        if now is None:
            raise NoLongerWaits(
                "This question was answered or replaced meanwhile.",
                kept="Nothing was sent; what you typed is kept.",
                hint="Look at the thread again.",
            )
        if fingerprint(self.server.identity, now) != question.fingerprint:
            raise NoLongerWaits(
                "The question changed while you read it.",
                kept="Nothing was sent; what you typed is kept.",
                hint="Read it again.",
                detail=json.dumps(now.payload, indent=2, ensure_ascii=False),
            )

    def _changes(self) -> AsyncIterator[StreamEvent] | None:
        tells = self._connection.flags.get("changes")
        return self._connection.api.changes() if tells else None

    @asynccontextmanager
    async def _engine_kept(self) -> AsyncIterator[None]:
        """Keep a local engine until the block ends, whatever its starter does."""
        async with self._connection.at_work():
            self._meet()
            yield

    async def _recover(self) -> LangGraphServer:
        """Open the server anew if a local engine went away, and return the one to ask now.

        A failure shows at the next look.
        """
        with suppress(HitlError):
            await self._connection.recover()
        self._meet()
        return self._connection.api


def _refuse_if_something_waits(thread: Snapshot) -> None:
    match thread.waiting:
        case ():
            return
        case (Breakpoint(when=when, node=node),):
            what, hint = f"stands at a breakpoint, {when} {node}", "Step past it first"
        case questions:
            nodes = ", ".join(item.node for item in questions)
            count = "a question" if len(questions) == 1 else f"{len(questions)} questions"
            what, hint = f"waits for an answer: {count} ({nodes})", "Answer first"
    raise StillWaits(
        f"Thread {thread.thread_id} {what}.",
        kept="Nothing was sent; a run with new input would replace what waits.",
        hint=f"{hint}, or run on a new thread.",
    )


def _name(decision: Decision) -> str:
    if isinstance(decision, Verdicts):
        return ", ".join(map(_verdict_name, decision.verdicts))
    return decision.kind


def _verdict_name(verdict: Verdict) -> str:
    to_another = isinstance(verdict, Edit) and verdict.name is not None
    return f"{verdict.kind} to another tool" if to_another else verdict.kind


def _named(nodes: tuple[str, ...]) -> JsonValue:
    return "*" if "*" in nodes else list(nodes)
