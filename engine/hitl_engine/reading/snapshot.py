"""What a thread's row and state contain: interrupts, breakpoints, status. Pure functions.

The state decides. On some servers a row's own `status` and `interrupts` can differ from it, so
they are used only if there is no state. Source: measured on langgraph-api 0.16.7.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from hitl_engine.model import (
    Breakpoint,
    ExactValue,
    Interrupt,
    ThreadStatus,
    ThreadView,
    TwoReviewers,
    Waiting,
)
from hitl_engine.reading.tool_context import in_context
from hitl_engine.reading.wire import WireInterrupt, WireTask, error_text

_NO_ID = "placeholder-id"
"""The id of every `NodeInterrupt`, and of an `Interrupt` that a node makes itself (langgraph 1.2)."""
_GONE = (
    "is gone from the code of the graph, which has changed since. An answer or a step is refused: "
    "LangGraph would drop what waits."
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A thread's row and its state, read at one time, in one shape for every server."""

    thread_id: str
    graph_id: str
    row_status: str | None
    row_error: Any
    values: Any
    next: tuple[str, ...]
    tasks: tuple[WireTask, ...]
    checkpoint_id: str
    since: datetime | None
    """Since when everything has waited, if an interrupt has no time of its own."""
    when: Literal["before", "after"] | None = None
    node: str = ""
    """Where a run stopped without a question, if known; inside subgraphs the path of nodes."""
    stop_next: tuple[str, ...] = ()
    """The nodes that run after a stop inside subgraphs, each as its path."""
    traceback: str = ""
    """Where the graph's own code failed in the last run, if the server tells it."""
    gone: tuple[str, ...] = ()
    """The next nodes that the code of the graph no longer has."""
    lacks_tasks: bool = False
    """Whether the state was read, and has none of the tasks that ask."""
    remark: str = ""
    """Why the state is missing and the row alone is shown; empty if the state was read."""
    caution: str = ""
    """What a person has to confirm before a step."""
    code_changed: str = ""
    """That the server runs old code of the graph; empty if it does not, or does not tell."""
    busy_since: datetime | None = None
    """When the row of a busy thread last changed, on a server whose workers can die."""
    target: str = ""
    """The name of the target that was read; each item carries it."""
    two_reviewers: TwoReviewers | None = None
    """Set where an answer needs two reviewers."""
    changed: datetime | None = None
    """When the row last changed."""

    @property
    def interrupts(self) -> tuple[Interrupt, ...]:
        """All unanswered questions, in the order of their tasks, which is that of `Send`s."""
        found = {
            (task.id, asked.id): Interrupt(
                thread_id=self.thread_id,
                graph_id=self.graph_id,
                interrupt_id=asked.id,
                payload=asked.value,
                response_schema=asked.response_schema,
                node=task.name,
                task_id=task.id,
                namespace=_namespace(task),
                checkpoint_id=self.checkpoint_id,
                since=asked.since or self.since,
                task_error=None if task.error is None else str(task.error),
                exact_values=tuple(
                    ExactValue(exact.path, exact.value) for exact in asked.exact_values
                ),
                may_be_lost=self.lacks_tasks,
                remark=self.remark or self._remark_on_code([task.name]) or self._remark_beside(),
                target=self.target,
                two_reviewers=self.two_reviewers,
                changed=self.changed,
            )
            for task, asked in self._asked()
            if asked.id != _NO_ID
        }
        return tuple(found.values())

    @property
    def raised(self) -> tuple[tuple[str, str], ...]:
        """(node, what it gave) of each `NodeInterrupt`: it has no id, and takes no answer."""
        return tuple(
            (task.name, _as_text(asked.value))
            for task, asked in self._asked()
            if asked.id == _NO_ID
        )

    @property
    def all_ask(self) -> bool:
        """Whether every task that has no result asks: its run went as far as it could.

        The status of the run does not tell it: on some servers it is that of a cancelled run.
        """
        unfinished = [task for task in self.tasks if task.result is None]
        return bool(unfinished) and all(task.interrupts for task in unfinished)

    @property
    def pending_ids(self) -> list[str]:
        """The ids of everything that interrupts the thread, as a server's preconditions name it."""
        return [asked.id for _, asked in self._asked()]

    def _asked(self) -> Iterator[tuple[WireTask, WireInterrupt]]:
        for task in self.tasks:
            if task.result is None:
                yield from ((task, asked) for asked in task.interrupts)

    @property
    def order_is_unknown(self) -> bool:
        """Whether a subgraph asks several questions: LangGraph records these in any order."""
        return any(
            len(task.interrupts) > 1 and task.checkpoint is not None and task.result is None
            for task in self.tasks
        )

    @property
    def may_be_inside(self) -> bool:
        """Whether a stop without a question may be inside a subgraph of a next node."""
        return any(task.checkpoint is not None and task.result is None for task in self.tasks)

    @property
    def error(self) -> str | None:
        """What went wrong in the last run, in one line, or None."""
        for task in self.tasks:
            if task.error is not None:
                return f"{task.name}: {task.error}"
        return error_text(self.row_error) if self.row_error else None

    @property
    def status(self) -> ThreadStatus:
        """The status of the thread."""
        if self.row_status == "busy":
            return ThreadStatus.BUSY
        if self.interrupts:
            return ThreadStatus.INTERRUPTED
        if self.raised:
            return ThreadStatus.BREAKPOINT
        if self.row_status == "error" or any(task.error is not None for task in self.tasks):
            return ThreadStatus.ERROR
        return ThreadStatus.BREAKPOINT if self.next else ThreadStatus.DONE

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The interrupts, or the breakpoint at which the thread stopped.

        Nothing waits on a thread with a run in progress: its questions are being answered.
        """
        if self.status is ThreadStatus.BUSY:
            return ()
        if self.status is ThreadStatus.BREAKPOINT and self.stop is not None:
            return (self.stop,)
        return in_context(self.interrupts, self.values, self.tasks)

    @property
    def stop(self) -> Breakpoint | None:
        """Where a step goes on; None if a run is in progress, a question waits, or nothing is left.

        After an error nothing waits, but a step runs the failed nodes again.
        """
        if self.status is ThreadStatus.BUSY or self.interrupts or not (self.next or self.raised):
            return None
        stop = Breakpoint(
            thread_id=self.thread_id,
            graph_id=self.graph_id,
            when=self.when or "before",
            node=self.node or ", ".join(self.next),
            next=self.stop_next or self.next,
            checkpoint_id=self.checkpoint_id,
            since=self.since,
            error=self.error,
            remark=self._remark_on_code(self.next),
            caution=self.caution,
            target=self.target,
            changed=self.changed,
        )
        return self._inside(stop) if self.raised else stop

    def _inside(self, stop: Breakpoint) -> Breakpoint:
        """Return the stop of nodes that raised `NodeInterrupt`."""
        nodes = tuple(dict.fromkeys(node for node, _ in self.raised))
        reasons = [given if len(nodes) == 1 else f"{node}: {given}" for node, given in self.raised]
        return replace(
            stop, when="in", node=", ".join(nodes), reason="\n".join(dict.fromkeys(reasons))
        )

    def _remark_beside(self) -> str:
        if not self.raised:
            return ""
        stopped = "; ".join(f"{node}: {given}" for node, given in self.raised)
        return f"Beside it, nodes raised NodeInterrupt, and run again with an answer: {stopped}"

    def _remark_on_code(self, nodes: Iterable[str]) -> str:
        gone = ", ".join(node for node in nodes if node in self.gone)
        return f"{gone} {_GONE}" if gone else ""

    def view(self) -> ThreadView:
        """Return the thread as the front ends see it."""
        return ThreadView(
            thread_id=self.thread_id,
            graph_id=self.graph_id,
            status=self.status,
            values=self.values,
            next=self.next,
            waiting=self.waiting,
            checkpoint_id=self.checkpoint_id,
            error=self.error,
            traceback=self.traceback,
            code_changed=self.code_changed,
            busy_since=self.busy_since,
            stop=self.stop,
        )


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _namespace(task: WireTask) -> str:
    return (task.checkpoint and task.checkpoint.checkpoint_ns) or ""
