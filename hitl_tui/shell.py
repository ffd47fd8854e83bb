"""The shell commands: one function each, from a desk and arguments to a document and an exit code.

A document is what `--json` prints; `lines` is the same for people. Everything that a graph or a
server said goes through `engine.visible` on its way to a terminal.
"""

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from engine.errors import BadInput, GraphBroken, HitlError, NoLongerWaits, NotTaken, NotThere
from engine.model import (
    Answer,
    Approve,
    Breakpoint,
    Breakpoints,
    Decision,
    Edit,
    Inbox,
    Interrupt,
    JsonObject,
    JsonValue,
    LogEntry,
    Outcome,
    OutcomeKind,
    Progress,
    Question,
    Reject,
    Respond,
    Revise,
    ThreadView,
    ToolCalls,
    Verdicts,
    Waiting,
)
from engine.visible import json_text, one_line, visible
from hitl_tui.asking import breakpoint_line, review_line

if TYPE_CHECKING:
    from engine.desk import Desk

ABSENT = object()
"""An option that was not given, where `null` and no message are values too."""

EXIT_REFUSED = 3
EXIT_UNKNOWN = 6
EXIT_GRAPH_RAISED = 7


@dataclass(frozen=True, slots=True)
class Said:
    """What a command has to say."""

    document: JsonValue
    lines: tuple[str, ...]
    """For people; safe to print."""
    notes: tuple[str, ...] = ()
    """For standard error, in both forms; safe to print."""
    exit_code: int = 0


async def graphs(desk: "Desk", args: Namespace) -> Said:
    """The graphs of the target."""
    found = await desk.graphs()
    return Said(
        [
            {
                "graph_id": graph.graph_id,
                "assistant_id": graph.assistant_id,
                "name": graph.name,
                "description": graph.description,
            }
            for graph in found
        ],
        tuple(one_line(graph.name) for graph in found),
        notes=tuple(
            f"{error_line(GraphBroken.title, f'{broken.graph_id}: {broken.what}')}\n"
            f"{error_detail(broken.traceback)}"
            for broken in desk.server.broken
        ),
    )


async def run(desk: "Desk", args: Namespace) -> Said:
    """Run a graph on a new thread (or the one given) to its next stop or end."""
    known = await desk.graphs()
    for broken in desk.server.broken:
        if broken.graph_id == args.graph:
            raise GraphBroken(broken.what, hint="Mend it first.", detail=broken.traceback)
    # A graph's own assistant bears its name; others of the same graph have settings of their own.
    named = (graph for graph in known if graph.name == args.graph)
    of_graph = (graph for graph in known if args.graph in (graph.graph_id, graph.assistant_id))
    graph = next(chain(named, of_graph), None)
    if graph is None:
        raise _no_graph(args.graph, (graph.name for graph in known))
    if args.thread is not None:
        await _thread(desk, args.thread)
    breakpoints = Breakpoints(before=args.interrupt_before, after=args.interrupt_after)
    outcome = await desk.start(
        graph, args.input, _ignore, thread_id=args.thread, breakpoints=breakpoints
    )
    return _outcome(outcome)


async def list_waiting(desk: "Desk", args: Namespace) -> Said:
    """What waits for a person, longest waiting first."""
    inbox = await desk.inbox()
    graph_id = await _graph_id(desk, inbox, args.graph)
    items = sorted(
        (item for item in inbox.items if graph_id in (None, item.graph_id)),
        key=lambda item: (item.since or datetime.max.replace(tzinfo=UTC), item.thread_id),
    )
    return Said(
        [_waiting_document(item) for item in items],
        tuple(_waiting_line(desk, item) for item in items) or ("Nothing waits.",),
        notes=tuple(
            error_line("Not read", f"thread {thread}: {why}") for thread, why in inbox.unreadable
        ),
    )


async def show(desk: "Desk", args: Namespace) -> Said:
    """The state of one thread, how its questions were understood, and which answers they take."""
    thread = await _thread(desk, args.thread)
    questions = [desk.question(item) for item in thread.waiting if isinstance(item, Interrupt)]
    asks: list[JsonValue] = [
        {
            "id": question.interrupt.interrupt_id,
            "kind": question.review.kind,
            "answer_schema": desk.answer_schema(question),
        }
        for question in questions
    ]
    document: JsonObject = {
        "thread_id": thread.thread_id,
        "status": thread.status.value,
        "values": thread.values,
        "next": list(thread.next),
        "interrupts": _interrupt_documents(thread),
        "asks": asks,
        "checkpoint_id": thread.checkpoint_id,
        "error": thread.error,
    }
    return Said(document, (json_text(document),))


async def answer(desk: "Desk", args: Namespace) -> Said:
    """Answer one interrupt."""
    thread = await _thread(desk, args.thread)
    question = desk.question(_the_interrupt(desk, thread, args.interrupt))
    outcome = await desk.decide(question, _decision(question, args), _ignore)
    return _outcome(outcome)


async def step(desk: "Desk", args: Namespace) -> Said:
    """Step past a breakpoint to the next stop or the end."""
    thread = await _thread(desk, args.thread)
    match thread.waiting:
        case (Breakpoint() as breakpoint,):
            return _outcome(await desk.step(breakpoint, _ignore))
        case ():
            raise NoLongerWaits(
                f"Thread {thread.thread_id} is {thread.status}; it stands at no breakpoint.",
                kept="Nothing was sent.",
            )
        case _:
            raise NoLongerWaits(
                f"Thread {thread.thread_id} waits for an answer, not at a breakpoint.",
                kept="Nothing was sent.",
                hint="Use hitl-tui answer.",
            )


def log(entries: Iterable[LogEntry]) -> Said:
    """The decisions made here, newest first."""
    entries = tuple(entries)
    return Said(
        [
            {
                "decision_id": entry.decision_id,
                "at": entry.at.isoformat(),
                "who": entry.who,
                "event": entry.event,
                "server": entry.server,
                "graph": entry.graph_id,
                "thread_id": entry.thread_id,
                "node": entry.node,
                "interrupt_id": entry.interrupt_id,
                "decision": entry.decision,
                "answer": entry.answer,
                "outcome": entry.outcome,
                "why": entry.why,
            }
            for entry in entries
        ],
        tuple(
            f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}  {entry.outcome or 'no outcome':<10}  "
            f"{one_line(entry.thread_id)}  {one_line(f'{entry.graph_id} ▸ {entry.node}: {entry.decision}')}"
            for entry in entries
        )
        or ("No decisions yet.",),
    )


def refusal(error: HitlError, args: Namespace) -> JsonValue:
    """Return the document of a run, answer or step that was refused, or nothing."""
    refused = error.exit_code in (NoLongerWaits.exit_code, NotTaken.exit_code)
    if not refused or args.command not in ("run", "answer", "step"):
        return None
    return _unread(args.thread, OutcomeKind.REFUSED, error.what)


def left(thread_id: str) -> Said:
    """Say what is known of a run that was sent and not awaited."""
    what = "You left before the run ended, so its outcome is unknown."
    document = _unread(thread_id, OutcomeKind.UNKNOWN, what)
    hint = f"It is in the journal. See where it stands: hitl-tui show {thread_id}"
    note = error_line("Interrupted", f"{what} {hint}")
    return Said(document, (json_text(document),), (note,), EXIT_UNKNOWN)


async def _graph_id(desk: "Desk", inbox: Inbox, name: str | None) -> str | None:
    """Return the id of the graph that is meant. Threads of a graph that is gone still wait."""
    if name is None:
        return None
    by_name = {graph.name: graph.graph_id for graph in await desk.graphs()}
    ids = {*by_name.values(), *(broken.graph_id for broken in desk.server.broken)}
    ids |= {item.graph_id for item in inbox.items}
    if name not in ids and name not in by_name:
        raise _no_graph(name, {*by_name, *ids})
    return name if name in ids else by_name[name]


def _no_graph(name: str, known: Iterable[str]) -> BadInput:
    names = ", ".join(sorted(known)) or "none"
    return BadInput(f"There is no graph {name}.", hint=f"The target has: {names}.")


async def _thread(desk: "Desk", thread_id: str) -> ThreadView:
    """Read a thread; one that was never there is no fault of the target."""
    try:
        UUID(thread_id)
        return await desk.thread(thread_id)
    except (ValueError, NotThere) as error:
        raise NoLongerWaits(
            f"There is no thread {thread_id}.", hint="hitl-tui list shows what waits."
        ) from error


def _the_interrupt(desk: "Desk", thread: ThreadView, interrupt_id: str | None) -> Interrupt:
    pending = [item for item in thread.waiting if isinstance(item, Interrupt)]
    if interrupt_id is None and len(pending) > 1:
        raise BadInput(
            f"{len(pending)} interrupts wait on this thread.",
            kept="Nothing was sent.",
            hint="Say which with --interrupt ID:",
            detail="\n".join(
                f"{item.interrupt_id}  {one_line(item.node)}: "
                f"{one_line(review_line(desk.question(item).review))}"
                for item in pending
            ),
        )
    for item in pending:
        if interrupt_id in (None, item.interrupt_id):
            return item
    hint = "It stands at a breakpoint: use hitl-tui step." if thread.waiting and not pending else ""
    what = f"interrupt {interrupt_id}" if interrupt_id else "interrupt"
    raise NoLongerWaits(
        f"No {what} waits on thread {thread.thread_id}, which is {thread.status}.",
        kept="Nothing was sent.",
        hint=hint,
    )


def _decision(question: Question, args: Namespace) -> Decision:
    """Read the decision; a verdict without arguments of its own holds for every call."""
    if args.text is not None:
        return Revise(args.text)
    if args.value is not ABSENT:
        return Answer(args.value)
    calls = question.review.calls if isinstance(question.review, ToolCalls) else ()
    count = max(len(calls), 1)
    if args.approve:
        return Verdicts((Approve(),) * count)
    if args.reject is not ABSENT:
        return Verdicts((Reject(args.reject),) * count)
    if count > 1:
        raise BadInput(
            f"{count} tool calls wait in this request, so it is not clear which is meant.",
            kept="Nothing was sent.",
            hint="Give a decision for each: --value '{\"decisions\": [...]}'.",
        )
    if args.respond is not None:
        return Verdicts((Respond(args.respond),))
    return Verdicts((Edit(args.edit),))


def _outcome(outcome: Outcome) -> Said:
    thread = outcome.thread
    document: JsonObject = {
        **_unread(outcome.thread_id, outcome.kind, outcome.error),
        "status": "error" if outcome.error else thread.status.value if thread else None,
        "values": thread.values if thread else None,
        "interrupts": _interrupt_documents(thread),
        "next": list(thread.next) if thread else [],
    }
    applied = outcome.kind is OutcomeKind.APPLIED
    notes = [error_line(outcome.kind.capitalize(), outcome.why)] if not applied else []
    if outcome.error:
        notes.append(error_line("The graph raised", outcome.error))
    return Said(document, (json_text(document),), tuple(notes), _exit_code(outcome))


def _unread(thread_id: str | None, kind: OutcomeKind, error: str | None) -> JsonObject:
    """Return the document of an outcome whose thread was not read."""
    return {
        "thread_id": thread_id,
        "outcome": kind.value,
        "status": None,
        "values": None,
        "interrupts": [],
        "next": [],
        "error": error,
    }


def _exit_code(outcome: Outcome) -> int:
    match outcome:
        case Outcome(error=str()):
            return EXIT_GRAPH_RAISED
        case Outcome(kind=OutcomeKind.APPLIED):
            return 0
        case Outcome(kind=OutcomeKind.REFUSED):
            return EXIT_REFUSED
        case _:
            return EXIT_UNKNOWN


def _interrupt_documents(thread: ThreadView | None) -> list[JsonValue]:
    waiting: Iterable[Waiting] = thread.waiting if thread else ()
    return [
        {"id": item.interrupt_id, "value": item.payload, "node": item.node}
        for item in waiting
        if isinstance(item, Interrupt)
    ]


def _waiting_document(item: Waiting) -> JsonValue:
    asked = item if isinstance(item, Interrupt) else None
    stop = item if isinstance(item, Breakpoint) else None
    return {
        "thread_id": item.thread_id,
        "graph": item.graph_id,
        "kind": "interrupt" if asked else "breakpoint",
        "node": item.node,
        "interrupt_id": asked.interrupt_id if asked else None,
        "payload": asked.payload if asked else None,
        "when": stop.when if stop else None,
        "next": list(stop.next) if stop else [asked.node] if asked else [],
        "waiting_since": item.since.isoformat() if item.since else None,
    }


def _waiting_line(desk: "Desk", item: Waiting) -> str:
    since = f"{item.since.astimezone():%Y-%m-%d %H:%M:%S}" if item.since else "?"
    place = one_line(f"{item.graph_id} ▸ {item.node}")
    match item:
        case Interrupt():
            said = f"interrupt   {place}: {review_line(desk.question(item).review)}"
        case Breakpoint():
            said = f"breakpoint  {item.when} {place}: {breakpoint_line(item)}"
    return f"{since}  {one_line(item.thread_id)}  {said}"


def error_line(title: str, text: str) -> str:
    """Return an error as the one line that a shell command prints."""
    return one_line(f"hitl-tui: {title}: {text}", limit=2000)


def error_detail(detail: str) -> str:
    """Return the lines below an error, safe to print."""
    return visible(detail.rstrip())


def _ignore(progress: Progress) -> None:
    """A shell command prints the end, not the way."""
