"""The shell commands: one function each, from a desk and arguments to a document and an exit code.

A document is what `--json` prints; `lines` is the same for people. Everything that a graph or a
server said goes through `hitl_engine.visible` on its way to a terminal.
"""

from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from hitl_engine.errors import BadInput, GraphBroken, HitlError, NoLongerWaits, NotTaken, NotThere
from hitl_engine.model import (
    Answer,
    Breakpoint,
    Breakpoints,
    Decision,
    Fault,
    Inbox,
    Interrupt,
    JsonObject,
    JsonValue,
    LogEntry,
    Outcome,
    OutcomeKind,
    Progress,
    Question,
    ThreadView,
    Waiting,
    json_path,
)
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.shell import question_output
from hitl_tui.shell.decision_options import ABSENT, decides, decision_on
from hitl_tui.text.item_summary import breakpoint_line, review_line

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

EXIT_REFUSED = 3
EXIT_UNKNOWN = 6
EXIT_GRAPH_RAISED = 7


class NotConfirmed(NotTaken):
    """It fits, but is it meant? Nothing was sent."""

    title = "Not confirmed"


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
    places = await desk.places(thread)
    asked = [
        await _told(desk, thread, item, places.get(item.interrupt_id, (item.node,)))
        for item in _interrupts(thread)
    ]
    document: JsonObject = {
        "thread_id": thread.thread_id,
        "graph": thread.graph_id,
        "status": thread.status.value,
        "values": thread.values,
        "next": list(thread.next),
        "interrupts": _interrupt_documents(thread),
        "asks": [question_output.document(told) for told in asked],
        "checkpoint_id": thread.checkpoint_id,
        "error": thread.error,
    }
    return Said(document, tuple(_thread_lines(thread, asked)))


async def answer(desk: "Desk", args: Namespace) -> Said:
    """Answer one interrupt, or several of one thread at once."""
    _refuse_a_muddle(args)
    thread = await _thread(desk, args.thread)
    decided = list(_decided(desk, thread, args))
    _refuse_unconfirmed(
        [
            caution
            for question, decision in decided
            for caution in desk.reviews.cautions(question, decision)
        ],
        args,
    )
    outcomes = await desk.decide_all(decided, _ignore)
    mismatched = tuple(each for outcome in outcomes for each in outcome.mismatches)
    said = _outcome(replace(_least_sure(outcomes), mismatches=mismatched))
    answers: list[JsonValue] = [
        {
            "interrupt_id": question.interrupt.interrupt_id,
            "outcome": outcome.kind.value,
            "why": outcome.why,
            "stuck": outcome.stuck,
            "divergences": list(outcome.mismatches),
        }
        for (question, _), outcome in zip(decided, outcomes, strict=True)
    ]
    return _with(said, {"answers": answers})


async def reopen(desk: "Desk", args: Namespace) -> Said:
    """Have a question asked anew whose node failed on an answer."""
    thread = await _thread(desk, args.thread)
    raised = [item for item in _interrupts(thread) if item.task_error is not None]
    one = raised[0].interrupt_id if len(raised) == 1 else None
    item = _the_interrupt(desk, thread, args.interrupt or one)
    seen = await desk.reopening(item)
    if seen.runs_twice and not seen.why_not:
        nodes = ", ".join(seen.runs_twice)
        _refuse_unconfirmed([f"What had finished in this step runs a second time: {nodes}."], args)
    return _with(_outcome(await desk.reopen(item, _ignore)), {"reopening": asdict(seen)})


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
                "sent_as": entry.sent_as,
                "outcome": entry.outcome,
                "why": entry.why,
                "divergences": list(entry.mismatches),
            }
            for entry in entries
        ],
        tuple(chain.from_iterable(map(_entry_lines, entries))) or ("No decisions yet.",),
    )


def refusal(error: HitlError, args: Namespace) -> JsonValue:
    """Return the document of a command that was refused something it would send, or nothing."""
    refused = error.exit_code in (NoLongerWaits.exit_code, NotTaken.exit_code)
    if not refused or args.command not in ("run", "answer", "step", "reopen"):
        return None
    document = _unread(args.thread, OutcomeKind.REFUSED, error.what)
    if isinstance(error, NotTaken):
        faults = error.faults or (Fault((), error.what),)
        document["faults"] = [
            {"path": json_path(fault.path), "why": fault.words} for fault in faults
        ]
    return document


def reasons(error: HitlError) -> tuple[str, ...]:
    """Return why an answer does not fit, a line each where the error itself names only the first."""
    faults = error.faults if isinstance(error, NotTaken) else ()
    return tuple(one_line(str(fault), limit=2000) for fault in faults) if len(faults) > 1 else ()


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


def _interrupts(thread: ThreadView) -> list[Interrupt]:
    return [item for item in thread.waiting if isinstance(item, Interrupt)]


def _the_interrupt(desk: "Desk", thread: ThreadView, interrupt_id: str | None) -> Interrupt:
    pending = _interrupts(thread)
    if interrupt_id is None and len(pending) > 1:
        raise BadInput(
            f"{len(pending)} interrupts wait on this thread.",
            kept="Nothing was sent.",
            hint="Say which with --interrupt ID, or answer several with --interrupt ID=JSON:",
            detail="\n".join(
                f"{item.interrupt_id}  {one_line(item.node)}: "
                f"{one_line(review_line(desk.reviews.question(item).review))}"
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


def _refuse_a_muddle(args: Namespace) -> None:
    """Refuse options that do not say one thing: an answer, or an answer for each interrupt."""
    bare = [interrupt_id for interrupt_id, value in args.interrupt if value is ABSENT]
    one = decides(args)
    if one and len(args.interrupt) > len(bare):
        what = "--interrupt ID=JSON is an answer already."
    elif one and len(bare) > 1:
        what = "One answer answers one interrupt."
    elif not one and (bare or not args.interrupt):
        what = "There is no answer in this."
    else:
        return
    raise BadInput(what, kept="Nothing was sent.", hint="See hitl-tui answer --help.")


def _decided(
    desk: "Desk", thread: ThreadView, args: Namespace
) -> Iterator[tuple[Question, Decision]]:
    if decides(args):
        interrupt_id = args.interrupt[0][0] if args.interrupt else None
        question = desk.reviews.question(_the_interrupt(desk, thread, interrupt_id))
        yield question, decision_on(question, args)
    else:
        for interrupt_id, value in args.interrupt:
            yield desk.reviews.question(_the_interrupt(desk, thread, interrupt_id)), Answer(value)


def _refuse_unconfirmed(cautions: Sequence[str], args: Namespace) -> None:
    if cautions and not args.yes:
        raise NotConfirmed(
            " ".join(cautions),
            hint="With --yes it is sent all the same.",
            faults=tuple(Fault((), caution) for caution in cautions),
        )


async def _told(
    desk: "Desk", thread: ThreadView, item: Interrupt, place: tuple[str, ...]
) -> question_output.Told:
    question = desk.reviews.question(item)
    return question_output.Told(
        question,
        place,
        desk.reviews.answer_schema(question),
        together=tuple(
            other.interrupt_id
            for other in _interrupts(thread)
            if other.task_id == item.task_id and other is not item
        ),
        reopening=await desk.reopening(item) if item.task_error is not None else None,
        answered_before=await desk.answered_before(question),
    )


def _thread_lines(thread: ThreadView, asked: Sequence[question_output.Told]) -> Iterator[str]:
    yield f"Thread {one_line(thread.thread_id)} of {one_line(thread.graph_id) or 'no graph'}"
    yield f"  status     {thread.status}"
    if thread.next:
        yield f"  next       {', '.join(map(one_line, thread.next))}"
    yield f"  checkpoint {one_line(thread.checkpoint_id) or 'none'}"
    if thread.error:
        yield f"  error      {one_line(thread.error, 2000)}"
    for number, told in enumerate(asked, 1):
        yield ""
        yield f"Question {number} of {len(asked)}: {one_line(told.question.interrupt.interrupt_id)}"
        yield from question_output.lines(told)
    for item in thread.waiting:
        if isinstance(item, Breakpoint):
            yield ""
            yield f"Stopped {item.when} {one_line(item.node)}; {breakpoint_line(item)}"
            yield "  go on with hitl-tui step"
    yield ""
    yield "Values"
    yield from json_text(thread.values).split("\n")


def _entry_lines(entry: LogEntry) -> Iterator[str]:
    what = one_line(f"{entry.graph_id} ▸ {entry.node}: {entry.decision}")
    yield (
        f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}  {entry.outcome or 'no outcome':<10}  "
        f"{one_line(entry.thread_id)}  {what}"
    )
    for each in entry.mismatches:
        yield f"    otherwise than decided: {one_line(each, 400)}"


def _least_sure(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome that speaks for all: applied only if every one was."""
    sure = (OutcomeKind.UNKNOWN, OutcomeKind.REFUSED, OutcomeKind.APPLIED)
    return min(outcomes, key=lambda outcome: sure.index(outcome.kind))


def _with(said: Said, more: JsonObject) -> Said:
    """Say more in the document, of which people get the same."""
    assert isinstance(said.document, dict), "of an outcome"
    document = {**said.document, **more}
    return replace(said, document=document, lines=(json_text(document),))


def _outcome(outcome: Outcome) -> Said:
    thread = outcome.thread
    document: JsonObject = {
        **_unread(outcome.thread_id, outcome.kind, outcome.error),
        "status": "error" if outcome.error else thread.status.value if thread else None,
        "values": thread.values if thread else None,
        "interrupts": _interrupt_documents(thread),
        "next": list(thread.next) if thread else [],
        "divergences": list(outcome.mismatches),
    }
    applied = outcome.kind is OutcomeKind.APPLIED
    notes = [error_line(outcome.kind.capitalize(), outcome.why)] if not applied else []
    if outcome.error:
        notes.append(error_line("The graph raised", outcome.error))
    notes += [error_line("Otherwise than decided", each) for each in outcome.mismatches]
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
        "divergences": [],
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
            said = f"interrupt   {place}: {review_line(desk.reviews.question(item).review)}"
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
