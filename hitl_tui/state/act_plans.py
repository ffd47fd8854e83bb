"""The plans for what changes a thread other than by answering it: confirmed before it is sent."""

from collections.abc import Iterator

from hitl_engine.model import Interrupt, ThreadStatus, ThreadView
from hitl_engine.visible import one_line
from hitl_tui.state.plan import Plan
from hitl_tui.text.fitting import counted


def plan_of_deletion(thread: ThreadView) -> Plan:
    """Return what to confirm before a thread is deleted."""
    graph = one_line(thread.graph_id, 80)
    of_graph = f", of the graph {graph}," if graph else ""
    return Plan(
        "Delete a thread",
        (
            f"Thread {one_line(thread.thread_id, 60)}{of_graph} will be deleted.",
            "Its state, its history and its runs go with it. Nothing brings them back.",
        ),
        tuple(_lost(thread)),
        shows_answer=False,
        verb="Delete",
    )


def plan_of_cancellation(thread_id: str, *, rollback: bool) -> Plan:
    """Return what to confirm before the run in progress is cancelled."""
    what = (
        "It is deleted, and the state is again as it was before it."
        if rollback
        else "What its finished nodes wrote into the state is kept, and the thread can go on from there."
    )
    return Plan(
        "Cancel and take back the run" if rollback else "Cancel the run",
        (f"The run in progress on thread {one_line(thread_id, 60)} will be cancelled.", what),
        ("What its nodes have done elsewhere (sent, written, paid) is not undone.",),
        shows_answer=False,
        verb="Cancel it",
    )


def _lost(thread: ThreadView) -> Iterator[str]:
    if thread.status is ThreadStatus.BUSY:
        yield "A run is in progress on it, and is cancelled."
    asked = [item for item in thread.waiting if isinstance(item, Interrupt)]
    if asked:
        wait = "waits" if len(asked) == 1 else "wait"
        yield f"{counted(len(asked), 'question')} on it {wait} for an answer."
    elif thread.status is ThreadStatus.BREAKPOINT:
        yield "It is at a breakpoint; what comes after that does not run."
