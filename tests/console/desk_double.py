"""A scripted desk in memory for tests of screens and widgets, without a server.

Journeys use the real desk; this one can fail, be late and be wrong at a given moment.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from hitl_engine.configuration import LogReasonSettings
from hitl_engine.deciding.answer_queue import Queued, ToSend
from hitl_engine.deciding.bulk_decisions import BulkDecisions
from hitl_engine.deciding.graph_breakpoints import GraphBreakpoints
from hitl_engine.deciding.log_reasons import LogReasons
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.errors import BadInput, HitlError, NotThere
from hitl_engine.fingerprint import fingerprint_of
from hitl_engine.local.project_files import ProjectFiles
from hitl_engine.model import (
    EVERYTHING,
    NO_BREAKPOINTS,
    NO_SETTINGS,
    Breakpoint,
    Breakpoints,
    Change,
    ChangeKind,
    Checkpoint,
    Claim,
    Decision,
    DecisionList,
    Draft,
    EarlierRun,
    FormField,
    Graph,
    HistoryPage,
    Inbox,
    InputForm,
    Interrupt,
    ItemId,
    ItemNote,
    JsonObject,
    JsonValue,
    LogEntry,
    LogFilter,
    Outcome,
    OutcomeKind,
    Person,
    Presence,
    Progress,
    Question,
    ReceivedAnswer,
    Reopening,
    RunSettings,
    Server,
    Snooze,
    SubgraphState,
    ThreadStatus,
    ThreadView,
    Waiting,
    Watched,
    id_of,
)
from hitl_engine.reading.conversation import Conversations
from hitl_engine.reading.state_values import watched

OnProgress: TypeAlias = Callable[[Progress], None]
ToolCall: TypeAlias = tuple[str, JsonObject, str, tuple[str, ...]]
"""(name, args, description, allowed decisions)"""


def interrupt(
    payload: JsonValue,
    *,
    n: int = 1,
    graph: str = "revise",
    node: str = "human_node",
    minutes: float = 2,
    thread: str = "",
    task_id: str = "",
    response_schema: JsonObject | None = None,
    task_error: str | None = None,
) -> Interrupt:
    """Make an interrupt that has been pending for `minutes`."""
    return Interrupt(
        thread_id=thread or f"{n:08x}-7a2b-4c11-9d55-0123456789ab",
        graph_id=graph,
        interrupt_id=f"{n:032x}",
        payload=payload,
        response_schema=response_schema,
        node=node,
        task_id=task_id or f"task-{n}",
        namespace="",
        checkpoint_id=f"checkpoint-{n}",
        since=datetime.now(UTC) - timedelta(minutes=minutes),
        task_error=task_error,
    )


def stop(
    *,
    n: int = 100,
    when: Literal["before", "after", "in"] = "before",
    node: str = "send",
    next: tuple[str, ...] = ("send",),
    minutes: float = 1,
    error: str | None = None,
    reason: str = "",
) -> Breakpoint:
    """Make a breakpoint."""
    return Breakpoint(
        thread_id=f"{n:08x}-7a2b-4c11-9d55-0123456789ab",
        graph_id="breakpoints",
        when=when,
        node=node,
        next=next,
        checkpoint_id=f"checkpoint-{n}",
        since=datetime.now(UTC) - timedelta(minutes=minutes),
        error=error,
        reason=reason,
    )


def tool_request(*calls: ToolCall) -> JsonObject:
    """Make the payload that the middleware sends for these calls."""
    return {
        "action_requests": [
            {"name": name, "args": args, "description": story} for name, args, story, _ in calls
        ],
        "review_configs": [
            {"action_name": name, "allowed_decisions": list(allowed)}
            for name, _, _, allowed in calls
        ],
    }


class DraftsDouble:
    """Keeps drafts in memory, as `(thread id, interrupt id) -> draft`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Draft] = {}

    async def save(self, question: Question, content: JsonObject) -> None:
        asked = question.interrupt
        self.kept[asked.thread_id, asked.interrupt_id] = Draft(
            question.fingerprint,
            asked.thread_id,
            asked.interrupt_id,
            content,
            True,
            datetime.now(UTC),
        )

    async def save_all(self, typed: Sequence[tuple[Question, JsonObject]]) -> None:
        for question, content in typed:
            await self.save(question, content)

    async def find(self, question: Question) -> Draft | None:
        asked = question.interrupt
        found = self.kept.get((asked.thread_id, asked.interrupt_id))
        same = found is not None and found.fingerprint == question.fingerprint
        return replace(found, unchanged=same) if found else None

    async def all(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.kept)

    async def discard(self, question: Question) -> None:
        asked = question.interrupt
        self.kept.pop((asked.thread_id, asked.interrupt_id), None)


class ItemNotesDouble:
    """Keeps notes about items in memory."""

    def __init__(self) -> None:
        self.kept: dict[ItemId, ItemNote] = {}

    async def all(self) -> dict[ItemId, ItemNote]:
        return dict(self.kept)

    async def flag(self, item: Waiting, is_flagged: bool) -> None:
        self._note(item, replace(self._of(item), is_flagged=is_flagged))

    async def snooze(self, item: Waiting, until: datetime | None) -> None:
        snooze = Snooze(fingerprint_of("test", item), until)
        self._note(item, replace(self._of(item), snooze=snooze))

    async def wake(self, item: Waiting) -> None:
        self._note(item, replace(self._of(item), snooze=None))

    def _of(self, item: Waiting) -> ItemNote:
        return self.kept.get(id_of(item), ItemNote())

    def _note(self, item: Waiting, note: ItemNote) -> None:
        self.kept[id_of(item)] = note


class StateValuesDouble:
    """What the last step of every thread changed, and the states of its subgraphs."""

    def __init__(self) -> None:
        self.changed: tuple[Change, ...] = ()
        self.inside: tuple[SubgraphState, ...] = ()

    async def changes(self, thread_id: str, checkpoint_id: str) -> tuple[Change, ...]:
        return self.changed

    async def of_subgraphs(self, thread_id: str, checkpoint_id: str) -> tuple[SubgraphState, ...]:
        return self.inside

    async def watched(self, values: JsonValue, expressions: Iterable[str]) -> tuple[Watched, ...]:
        return tuple(watched(each, values) for each in expressions)


class HistoryDouble:
    """The same few checkpoints for every thread."""

    def __init__(self) -> None:
        self.checkpoints = (
            Checkpoint("c", "b", 1, "loop", ("revise",), (), None, 'some_text: "now"'),
            Checkpoint("b", "a", 0, "loop", (), ("revise",), None, ""),
            Checkpoint("a", "", -1, "input", (), ("__start__",), None, 'some_text: "then"'),
        )

    async def page(self, thread_id: str, *, before: str = "", limit: int = 30) -> HistoryPage:
        return HistoryPage(self.checkpoints, is_last=True)

    async def moment(self, thread_id: str, checkpoint_id: str) -> ThreadView:
        values: JsonValue = {"some_text": "then"}
        done = ThreadStatus.DONE
        return ThreadView(thread_id, "revise", done, values, (), (), checkpoint_id, None)

    async def compare(self, thread_id: str, before_id: str, after_id: str) -> tuple[Change, ...]:
        return (Change(("some_text",), ChangeKind.REPLACED, "then", "now"),)


class PeopleDouble:
    """Knows nobody, until a test says so; claims are taken at once."""

    def __init__(self) -> None:
        self.me = Person("me", "client")
        self.are_told = False
        self.on: dict[str, Presence] = {}
        self.opened: list[str] = []

    def of(self, thread_id: str) -> Presence:
        return self.on.get(thread_id, Presence())

    def caution(self, thread_id: str) -> str:
        claim = self.of(thread_id).others_claim
        return f"{claim.person.name} has this." if claim else ""

    def open(self, thread_id: str) -> None:
        if thread_id not in self.opened:
            self.opened.append(thread_id)

    def close(self, thread_id: str) -> None:
        if thread_id in self.opened:
            self.opened.remove(thread_id)

    async def claim(self, thread_id: str, *, instead_of: Claim | None = None) -> Claim:
        now = datetime.now(UTC)
        claim = Claim("id", self.me, now, now + timedelta(minutes=30))
        self.on[thread_id] = Presence((), claim, is_mine=True)
        return claim

    async def release(self, thread_id: str) -> None:
        del self.on[thread_id]


class DeskDouble:
    """Holds pending items in memory; the results of requests are scripted."""

    def __init__(self, *items: Waiting) -> None:
        self.server = Server("local: sample_graphs", "http://127.0.0.1:1", True, "0.1.0", "test")
        self.items: tuple[Waiting, ...] = items
        self.busy = 0
        self.error: str | None = None
        self.unread = 0
        """How many threads are still to be read."""
        self.changed = asyncio.Event()
        self.script: list[Outcome | Exception | Waiting | None] = []
        """The results of the next requests; None: the item is gone, an item: it is pending instead."""
        self.progress: tuple[Progress, ...] = ()
        self.hold: asyncio.Event | None = None
        """Requests wait for this event."""
        self.sent: list[tuple[str, JsonValue]] = []
        self.overdue: list[tuple[LogEntry, ...]] = []
        """What the next looks for decisions find that another console queued and did not send."""
        self.refuses: HitlError | None = None
        """Why nothing can be queued."""
        self.withdrawn: list[ToSend] = []
        """What was taken back."""
        self.unseen: list[int] = []
        """How much of each question that was answered was not on the screen."""
        self.people = PeopleDouble()
        self.reviews = Reviews(
            lambda _: self.server.identity, lambda waiting: self.people.caution(waiting.thread_id)
        )
        self.log_reasons_given: list[str] = []
        """The reason for the log of each answer and step."""
        self.log_reasons = LogReasons(LogReasonSettings())
        self.drafts = DraftsDouble()
        self.item_notes = ItemNotesDouble()
        self.history = HistoryDouble()
        self.breakpoints = GraphBreakpoints()
        self.bulk = BulkDecisions(self.reviews, self)
        self.conversations = Conversations()
        self.files = ProjectFiles(None)
        self.state_values = StateValuesDouble()
        self.above: tuple[str, ...] = ()
        """The nodes of the outer graphs of all questions."""
        self.entries: tuple[LogEntry, ...] = ()
        self.others: DecisionList | None = None
        """Decisions of others; None: the server does not tell them."""
        self.answered_at: datetime | None = None
        """When an earlier answer to each question was applied."""
        self.unsettled: tuple[str, ...] = ()
        self.answerer = ""
        """Who answered questions that are gone."""
        self.compiled: Breakpoints | None = NO_BREAKPOINTS
        """The breakpoints that every graph was compiled with."""
        self.values: JsonValue = {"some_text": "original text", "steps": [1, 2, 3]}

    @asynccontextmanager
    async def open(self) -> AsyncIterator["DeskDouble"]:
        yield self

    def keep_running(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def publish(self) -> None:
        """Let `watch` yield a new inbox."""
        self.changed.set()

    async def graphs(self) -> tuple[Graph, ...]:
        return (
            Graph("a-1", "revise", "revise", "Asks a person to revise a text."),
            Graph("a-2", "tool_agent", "tool_agent", "An agent whose tool calls wait."),
            Graph("a-3", "breakpoints", "breakpoints"),
        )

    async def watch(self) -> AsyncGenerator[Inbox]:
        while True:
            self.changed.clear()
            presence = {
                (item.target, item.thread_id): found
                for item in self.items
                if (found := self.people.of(item.thread_id)) != Presence()
            }
            yield Inbox(self.items, self.busy, (), self.error, self.unread, presence=presence)
            await self.changed.wait()

    def _view(self, thread_id: str, status: ThreadStatus | None = None) -> ThreadView:
        waiting = tuple(item for item in self.items if item.thread_id == thread_id)
        if status is None:
            match waiting:
                case (Breakpoint(), *_):
                    status = ThreadStatus.BREAKPOINT
                case ():
                    status = ThreadStatus.DONE
                case _:
                    status = ThreadStatus.INTERRUPTED
        graph = waiting[0].graph_id if waiting else "revise"
        return ThreadView(thread_id, graph, status, self.values, (), waiting, "c", None)

    async def thread(self, thread_id: str) -> ThreadView:
        if thread_id == "gone":
            raise NotThere("There is no such thread.")
        return self._view(thread_id)

    async def places(self, thread: ThreadView) -> dict[str, tuple[str, ...]]:
        asked = [item for item in thread.waiting if isinstance(item, Interrupt)]
        return {item.interrupt_id: (*self.above, item.node) for item in asked}

    async def _run(
        self, thread_id: str, items: Sequence[Waiting], on_progress: OnProgress
    ) -> Outcome:
        for each in self.progress:
            on_progress(replace(each, thread_id=thread_id))
        if self.hold is not None:
            await self.hold.wait()
        result = self.script.pop(0) if self.script else None
        if isinstance(result, Exception):
            raise result
        if isinstance(result, Outcome):
            return result
        self.items = tuple(each for each in self.items if not any(each is item for item in items))
        if result is not None:
            self.items = (*self.items, result)
        self.publish()
        view = self._view(thread_id)
        return Outcome(OutcomeKind.APPLIED, "The state shows it.", view, thread_id=thread_id)

    async def decide_all(
        self, decided: Sequence[tuple[Question, Decision]], on_progress: OnProgress
    ) -> tuple[Outcome, ...]:
        self.sent += [("answer", self.reviews.answer_of(*each)) for each in decided]
        self.unseen += [question.unseen for question, _ in decided]
        self.log_reasons_given += [question.log_reason for question, _ in decided]
        items = [question.interrupt for question, _ in decided]
        outcome = await self._run(items[0].thread_id, items, on_progress)
        return (outcome,) * len(decided)

    async def queue(self, requests: Sequence[ToSend], *, wait: timedelta) -> tuple[Queued, ...]:
        if self.refuses is not None:
            raise self.refuses
        return tuple(Queued(each, (), datetime.now(UTC) + wait) for each in requests)

    async def withdraw(self, queued: Sequence[Queued]) -> bool:
        self.withdrawn += [each.to_send for each in queued]
        return True

    @asynccontextmanager
    async def sending(self, queued: Sequence[Queued]) -> AsyncIterator[None]:
        yield

    async def send_queued(self, queued: Queued, on_progress: OnProgress) -> tuple[Outcome, ...]:
        if isinstance(queued.to_send, Breakpoint):
            return (await self.step(queued.to_send, on_progress),)
        return await self.decide_all(queued.to_send, on_progress)

    async def expire_queued(self) -> tuple[LogEntry, ...]:
        return self.overdue.pop(0) if self.overdue else ()

    async def settle_open(self) -> tuple[LogEntry, ...]:
        return ()

    async def reopening(self, interrupt: Interrupt) -> Reopening:
        return Reopening((interrupt.node,), ("sibling",), interrupt.task_error or "", stuck=False)

    async def reopen(self, interrupt: Interrupt, on_progress: OnProgress) -> Outcome:
        self.sent.append(("reopen", interrupt.interrupt_id))
        return await self._run(interrupt.thread_id, [interrupt], on_progress)

    async def step(self, breakpoint: Breakpoint, on_progress: OnProgress) -> Outcome:
        self.sent.append(("step", None))
        self.log_reasons_given.append(breakpoint.log_reason)
        held = [item for item in self.items if item == breakpoint]
        return await self._run(breakpoint.thread_id, held, on_progress)

    async def input_forms(self, graph: Graph) -> AsyncIterator[InputForm]:
        fields: tuple[FormField, ...] = (
            FormField("some_text", "Some text", "text", required=True, description="What to edit"),
            FormField("times", "Times", "integer", required=False, default=2, has_default=True),
            FormField("tone", "Tone", "choice", required=False, choices=("calm", "bold")),
            FormField("urgent", "Urgent", "boolean", required=False),
        )
        if graph.graph_id == "tool_agent":
            fields = (FormField("messages", "Messages", "long_text", required=True, is_chat=True),)
        form = FormField("", "", "object", required=True, fields=fields)
        if graph.graph_id == "breakpoints":
            form = FormField("", "", "json", required=True, beyond="It takes any JSON.")
        yield InputForm(graph, form, ("a", "b", "c"), self.compiled)

    async def earlier_run(self, thread_id: str) -> EarlierRun:
        graph = (await self.graphs())[0]
        given: JsonObject = {"some_text": "as before", "times": 3}
        return EarlierRun(graph, given, Breakpoints(before=("b",)), has_context=True)

    async def start(
        self,
        graph: Graph,
        input: JsonValue,
        on_progress: OnProgress,
        *,
        thread_id: str | None = None,
        breakpoints: Breakpoints = NO_BREAKPOINTS,
        replace_compiled: bool = False,
        settings: RunSettings = NO_SETTINGS,
    ) -> Outcome:
        self.sent.append(("start", input))
        return await self._run(f"{99:08x}-7a2b-4c11-9d55-0123456789ab", [], on_progress)

    async def follow(self, thread_id: str, on_progress: OnProgress) -> ThreadView:
        return self._view(thread_id)

    async def answer_given(self, interrupt: Interrupt) -> ReceivedAnswer | None:
        return ReceivedAnswer(self.answerer) if self.answerer else None

    async def answered_before(self, question: Question) -> datetime | None:
        return self.answered_at

    async def take_up_code(self, *, by_itself: bool = False) -> None:
        """Run the code as it is now."""
        self.server = replace(self.server, changed=())

    async def log(self, *, limit: int = 200) -> tuple[LogEntry, ...]:
        return self.entries

    async def log_with_others(
        self, wanted: LogFilter = EVERYTHING, *, limit: int = 200
    ) -> DecisionList:
        if self.others is None:
            raise BadInput("This server does not tell what its runs were sent with.")
        return replace(self.others, entries=(*self.others.entries, *self.entries))

    def server_log(self, *, limit: int = 200_000) -> str | None:
        return "server started\nprinted by a node\n"
