"""What the flows do again and again, as one call each."""

from hitl_engine.desk import Desk
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Breakpoint,
    Breakpoints,
    Decision,
    Interrupt,
    JsonObject,
    Outcome,
    OutcomeKind,
    Question,
    ThreadView,
)


async def start(
    desk: Desk, graph_id: str, input: JsonObject, breakpoints: Breakpoints = NO_BREAKPOINTS
) -> ThreadView:
    """Start a run on a new thread; return the thread at its first stop, or at its end."""
    [graph] = [each for each in await desk.graphs() if each.graph_id == graph_id]
    return thread_of(await desk.start(graph, input, ignore, breakpoints=breakpoints))


async def decide(desk: Desk, thread: ThreadView, *decisions: Decision) -> ThreadView:
    """Decide on all questions of a thread, at once; return the thread afterwards."""
    decided = zip(questions_of(desk, thread), decisions, strict=True)
    return [thread_of(outcome) for outcome in await desk.decide_all([*decided], ignore)][-1]


async def step(desk: Desk, thread: ThreadView) -> ThreadView:
    """Step past the breakpoint of a thread; return the thread afterwards."""
    return thread_of(await desk.step(stop_of(thread), ignore))


def stop_of(thread: ThreadView) -> Breakpoint:
    """Return the breakpoint at which a thread waits."""
    [stop] = thread.waiting
    assert isinstance(stop, Breakpoint), stop
    return stop


def questions_of(desk: Desk, thread: ThreadView) -> list[Question]:
    """Return what a thread asks."""
    asked = [item for item in thread.waiting if isinstance(item, Interrupt)]
    assert len(asked) == len(thread.waiting), thread.waiting
    return [desk.reviews.question(item) for item in asked]


def thread_of(outcome: Outcome) -> ThreadView:
    """Return the thread of an outcome that was applied."""
    assert outcome.kind is OutcomeKind.APPLIED, outcome
    assert outcome.thread is not None, outcome
    return outcome.thread


async def who_answered(desk: Desk, interrupt: Interrupt) -> str:
    """Return who answered a question; nothing if nothing tells it."""
    given = await desk.answer_given(interrupt)
    return given.who if given is not None else ""


def ignore(progress: object) -> None:
    """No flow looks at what a run reports on its way."""
