"""The use cases: everything that both front ends can ask for.

A screen or a shell command calls one method of `Desk`; what has to happen in which order is
decided here and nowhere else.
"""

import asyncio
import os
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from hitl_engine import payloads
from hitl_engine.deciding import bulk
from hitl_engine.deciding import bulk_sender as many
from hitl_engine.deciding.decider import Decider, OnProgress, answer_of, resume_of
from hitl_engine.deciding.preconditions import kept_answer, refuse_if_something_waits
from hitl_engine.deciding.run_sender import RunSender
from hitl_engine.deciding.task_groups import effect_of
from hitl_engine.errors import BadInput, HitlError, JournalFailed, TargetError
from hitl_engine.fingerprint import fingerprint
from hitl_engine.forms.schema_fields import form_of_input
from hitl_engine.journal import Intent, Journal, open_journal
from hitl_engine.local import server_process
from hitl_engine.local.connection import Connection, key_header
from hitl_engine.local.target import Project, Remote, data_folder, find_target
from hitl_engine.model import (
    Alike,
    Breakpoint,
    Breakpoints,
    Decision,
    Draft,
    Effect,
    Graph,
    Inbox,
    InputForm,
    Interrupt,
    Item,
    JsonObject,
    JsonValue,
    LogEntry,
    Outcome,
    OutcomeKind,
    Planned,
    Question,
    Reopening,
    Same,
    Server,
    ThreadView,
    Waiting,
)
from hitl_engine.reading.change_feed import Feed
from hitl_engine.reading.client import LangGraphServer, StreamEvent
from hitl_engine.reading.inbox import InboxReader
from hitl_engine.reading.thread_reader import ThreadReader
from hitl_engine.strict_json import unwritable

_Given = ParamSpec("_Given")
_Got = TypeVar("_Got")

_LOOK_SECONDS = 1.0
"""Between two looks at the inbox."""
_LONGEST_PAUSE = 15.0
"""Between two tries to reach a server that is away."""
_DRAFT_KEPT = timedelta(days=1)
"""How long at least a draft outlives its question: somebody else may have answered just now."""


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
            return server_process.serve_command(
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
        self._drafts_are_clean = False
        self._decider = Decider(connection, journal, self._recover)
        self._use_server()

    def _use_server(self) -> None:
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
        self._decider.use_server(self._reader)

    @property
    def server(self) -> Server:
        """Which server one is on."""
        return self._connection.server

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The threads to which something was sent whose outcome is not known yet.

        A cancelled `decide`, `step` or `start` leaves its thread here if it may have sent.
        """
        return self._decider.unsettled

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
                await self._clean_drafts(inbox)
                if first or inbox != last:
                    first, last = False, inbox
                    yield inbox
                named = await feed.wait(pause)
                if last.error is not None:
                    await self._recover()

    async def thread(self, thread_id: str) -> ThreadView:
        """Read one thread. Raises NotThere, TargetError."""
        return (await self._reader.snapshot(thread_id)).view()

    async def places(self, thread: ThreadView) -> dict[str, tuple[str, ...]]:
        """Return where each question of a thread is asked: its id -> nodes, outermost first.

        Reads the subgraphs only where one asks. Raises TargetError.
        """
        asked = [item for item in thread.waiting if isinstance(item, Interrupt)]
        if not any(item.namespace for item in asked):
            return {item.interrupt_id: (item.node,) for item in asked}
        return await self._reader.places(thread.thread_id)

    @_at_work
    async def follow(self, thread_id: str, on_progress: OnProgress) -> ThreadView:
        """Watch the run that is under way on a thread; return the thread when it stands still.

        Raises NotThere, TargetError.
        """
        runs = RunSender(self._connection.api, self._recover)
        await runs.follow(thread_id, on_progress)
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
        return answer_of(question, decision)

    def cautions(self, question: Question, decision: Decision) -> tuple[str, ...]:
        """Return what a person should confirm before `decide`, one sentence each."""
        kept = kept_answer(question.interrupt)
        return (*payloads.cautions(question.review, decision), *([kept] if kept else []))

    def answer_schema(self, question: Question) -> JsonObject:
        """Return which answers a question expects, as JSON Schema; `{}` for anything."""
        asked = question.interrupt
        return payloads.answer_schema(asked.payload, asked.response_schema)

    def resume_of(
        self, waiting: Sequence[Waiting], decided: Sequence[tuple[Question, Decision]]
    ) -> JsonObject:
        """Return the exact JSON of `decide_all`: id of a question -> its answer. Raises NotTaken."""
        pending = [item for item in waiting if isinstance(item, Interrupt)]
        return resume_of(decided, pending)

    def effect(self, thread: ThreadView, answered: Sequence[Question]) -> Effect:
        """Return which nodes run when these questions of a thread are answered in one map."""
        pending = [item for item in thread.waiting if isinstance(item, Interrupt)]
        return effect_of(pending, {question.interrupt.interrupt_id for question in answered})

    @_at_work
    async def decide(
        self, question: Question, decision: Decision, on_progress: OnProgress
    ) -> Outcome:
        """Send one decision, once; return when the thread stands still again.

        Raises NotTaken, NoLongerWaits, JournalFailed or TargetError when nothing was sent, or
        the server refused it before taking anything; what was typed is kept then.
        """
        (found,) = await self._decided([(question, decision)], on_progress)
        return found

    @_at_work
    async def decide_all(
        self, decided: Sequence[tuple[Question, Decision]], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        """Send decisions on several questions of one thread as one, once; return one outcome each.

        Nothing is sent unless all fit, all are still what was shown, and no task is answered in
        part. Raises as `decide`, naming which, and BadInput for questions of several threads.
        """
        return await self._decided(decided, on_progress)

    async def reopening(self, interrupt: Interrupt) -> Reopening:
        """Return what `reopen` would do. Raises NoLongerWaits, JournalFailed, TargetError."""
        return await self._decider.reopening(self.question(interrupt))

    @_at_work
    async def reopen(self, interrupt: Interrupt, on_progress: OnProgress) -> Outcome:
        """Have a question asked anew whose node failed on an answer.

        All answers of its step are forgotten, and its nodes run again up to their questions; see
        `reopening`. Applied: it is asked again, under a new id. Raises as `decide`.
        """
        return await self._decider.reopen(self.question(interrupt), on_progress)

    @_at_work
    async def step(self, breakpoint: Breakpoint, on_progress: OnProgress) -> Outcome:
        """Step past a breakpoint to the next stop or the end, with input `None`. Raises as `decide`."""
        return await self._decider.step(breakpoint, on_progress)

    async def input_form(self, graph: Graph) -> InputForm:
        """Return how the input of a graph is asked for. Raises TargetError."""
        schemas, nodes = await asyncio.gather(
            self._connection.api.schemas(graph.assistant_id),
            self._reader.marked(graph.assistant_id),
        )
        form = form_of_input(schemas.input_schema or schemas.state_schema or {})
        return InputForm(graph, form, tuple(nodes))

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
            refuse_if_something_waits(before)
            unchanged = self._decider.decided_on(before.checkpoint_id, [])
        else:
            unchanged = {}
            made = await self._connection.api.create_thread({"graph_id": graph.graph_id})
            thread_id = made.thread_id
        intent = Intent(
            event="start",
            server=self.server.label,
            graph_id=graph.graph_id,
            thread_id=thread_id,
            decision="start",
        )
        request: JsonObject = {"assistant_id": graph.assistant_id, "input": input, **unchanged}
        if breakpoints:
            request["interrupt_before"] = _named(breakpoints.before)
            request["interrupt_after"] = _named(breakpoints.after)
        return await self._decider.run(intent, request, on_progress)

    # Many at once

    def item(self, waiting: Waiting) -> Item:
        """Return what one decides on where this waits. Never fails."""
        return waiting if isinstance(waiting, Breakpoint) else self.question(waiting)

    def same_kind(self, chosen: Waiting, others: Iterable[Waiting]) -> tuple[Waiting, ...]:
        """Return those of `others` that ask the same kind of thing and take the same answers.

        Stuck questions and machines' requests are no kind.
        """
        found = bulk.same_kind(self.item(chosen), map(self.item, others))
        return tuple(each.interrupt if isinstance(each, Question) else each for each in found)

    def alike(self, items: Sequence[Item]) -> Alike:
        """Return which ways to decide all of these take, and who prevents the others."""
        return bulk.alike(items)

    def plan(self, items: Sequence[Item], same: Same) -> tuple[Planned, ...]:
        """Return what each item gets, exactly, when the same is decided for all of them."""
        return bulk.plan(items, same, self.answer_of, self.cautions)

    @_at_work
    async def decide_each(
        self,
        planned: Sequence[Planned],
        on_progress: OnProgress,
        *,
        on_begun: Callable[[int], None],
        on_ended: Callable[[int, many.Result], None],
        stopped: Callable[[], bool],
    ) -> None:
        """Carry out many decisions, each of its own: a few at once, one at a time on a thread.

        Tells by its place when each begins and how it ended: with its outcome, or with the error
        for which nothing was sent. Nothing more begins once `stopped` says so.
        """

        async def send(lot: bulk.Lot) -> Sequence[Outcome]:
            its = [planned[place] for place in lot]
            if isinstance(stop := its[0].item, Breakpoint):
                return [await self.step(stop, on_progress)]
            decided = [
                (each.item, each.decision)
                for each in its
                if isinstance(each.item, Question) and each.decision is not None
            ]
            return await self.decide_all(decided, on_progress)

        await many.carry_out(
            bulk.lots([each.item for each in planned]),
            send,
            on_begun=on_begun,
            on_ended=on_ended,
            stopped=stopped,
        )

    # What was typed, and what was decided

    async def save_draft(self, question: Question, content: JsonObject) -> None:
        """Keep what was typed, durable when this returns. Raises JournalFailed."""
        await self._journal.save_draft(self.server.identity, question, content)

    async def draft(self, question: Question) -> Draft | None:
        """Return what was typed for this question before, if anything.

        A question that is asked anew, under another id, takes over what was typed for the one that
        is gone.
        """
        found = await self._journal.draft(self.server.identity, question)
        if found is None and await self._takes_over(question.interrupt):
            found = await self._journal.draft(self.server.identity, question)
        return found

    async def answered_before(self, question: Question) -> datetime | None:
        """Return when an answer given here to this same question was applied; it is asked again.

        The same: asked by the same task in the same words. Raises JournalFailed.
        """
        return await self._journal.answered(question.interrupt)

    async def discard_draft(self, question: Question) -> None:
        """Forget what was typed."""
        await self._journal.discard_draft(self.server.identity, question.interrupt)

    async def log(self, *, limit: int = 200) -> tuple[LogEntry, ...]:
        """Return the decisions of this target's journal, newest first."""
        return await self._journal.log(limit=limit)

    # Within

    async def _decided(
        self, decided: Sequence[tuple[Question, Decision]], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        outcomes = await self._decider.answer(decided, on_progress)
        for (question, _), found in zip(decided, outcomes, strict=True):
            if found.kind is OutcomeKind.APPLIED:
                with suppress(JournalFailed):  # a draft too many does no harm
                    await self.discard_draft(question)
        return outcomes

    async def _takes_over(self, asked: Interrupt) -> bool:
        """Whether there was a draft for the same question under an id that waits no more."""
        alike = await self._journal.alike(self.server.identity, asked)
        if not alike:
            return False
        with suppress(TargetError):
            now = await self._reader.snapshot(asked.thread_id)
            waiting = {each.interrupt_id for each in now.interrupts}
            for gone in alike:
                if gone not in waiting:
                    await self._journal.hand_over(self.server.identity, gone, asked)
                    return True
        return False

    async def _clean_drafts(self, inbox: Inbox) -> None:
        """Forget the drafts of questions that are gone, once, when all that waits is known."""
        if self._drafts_are_clean or inbox.error or inbox.unreadable or inbox.busy:
            return
        waiting = [item for item in inbox.items if isinstance(item, Interrupt)]
        with suppress(JournalFailed):
            await self._journal.discard_drafts_of_the_gone(
                self.server.identity, waiting, older_than=_DRAFT_KEPT
            )
            self._drafts_are_clean = True

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

    def _changes(self) -> AsyncIterator[StreamEvent] | None:
        tells = self._connection.flags.get("changes")
        return self._connection.api.changes() if tells else None

    @asynccontextmanager
    async def _engine_kept(self) -> AsyncIterator[None]:
        """Keep a local engine until the block ends, whatever its starter does."""
        async with self._connection.at_work():
            self._use_server()
            yield

    async def _recover(self) -> LangGraphServer:
        """Open the server anew if a local engine went away, and return the one to ask now.

        A failure shows at the next look.
        """
        with suppress(HitlError):
            await self._connection.recover()
        self._use_server()
        return self._connection.api


def _named(nodes: tuple[str, ...]) -> JsonValue:
    return "*" if "*" in nodes else list(nodes)
