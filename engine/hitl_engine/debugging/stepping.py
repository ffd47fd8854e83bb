"""Steps, one after the other, up to a node, until a condition holds, or to the end of the run."""

from collections.abc import Sequence
from dataclasses import replace

from hitl_engine.debugging.planning import NOTHING_SENT, refuse_unknown_node
from hitl_engine.deciding.decider import Decider
from hitl_engine.deciding.graph_breakpoints import GraphBreakpoints
from hitl_engine.errors import BadInput, NoLongerWaits
from hitl_engine.json_paths import holds, places
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Breakpoint,
    Breakpoints,
    OnProgress,
    Outcome,
    OutcomeKind,
    StepGoal,
    ThreadStatus,
    ThreadView,
)

_EVERY_NODE = Breakpoints(before=("*",))


class Stepping:
    """Steps on until a goal is reached, and past the breakpoints on the way.

    A question, an error, the end of the run, and a breakpoint whose condition holds stop it too.
    """

    def __init__(
        self, session: ServerSession, decider: Decider, breakpoints: GraphBreakpoints
    ) -> None:
        self._session = session
        self._decider = decider
        self._breakpoints = breakpoints

    async def break_where(self, graph_id: str, conditions: Sequence[tuple[str, str]]) -> None:
        """Set breakpoints before nodes, each with a condition.

        Raises BadInput for a node that the graph does not have or a wrong condition, TargetError.
        """
        known = await self._session.reader.known_nodes(graph_id) if conditions else None
        breakpoints = self._breakpoints.of(graph_id)
        for node, condition in conditions:
            refuse_unknown_node(graph_id, node, known)
            breakpoints = breakpoints.with_condition(node, condition)
        self._breakpoints.set(graph_id, breakpoints)

    async def run_on(
        self, thread: ThreadView, goal: StepGoal, on_progress: OnProgress, *, log_reason: str = ""
    ) -> Outcome:
        """Step on from where a thread stopped; return the last step, and whether it is the goal.

        `log_reason`: why, for the log of each step. Raises BadInput for a node that the graph does
        not have, a condition that is none, or a goal that is reached already; NoLongerWaits where the
        thread is not stopped; NotTaken without a reason that it needs; TargetError, JournalFailed.
        What was done before an error stays done.
        """
        begin = thread
        await self._check(thread, goal)
        self._decider.require_log_reason(replace(_stop_of(thread), log_reason=log_reason))
        async with self._session.keep_running():
            while True:
                stop = replace(_stop_of(thread), log_reason=log_reason)
                outcome = await self._decider.step_once(stop, on_progress, also_at=_stops_for(goal))
                thread = outcome.thread or thread
                if (ended := self._ended(outcome, goal, begin)) is not None:
                    return ended

    def _ended(self, outcome: Outcome, goal: StepGoal, begin: ThreadView) -> Outcome | None:
        """Return the outcome of the last step, with why it was the last; None: there is a next one."""
        thread = outcome.thread
        if outcome.kind is not OutcomeKind.APPLIED or outcome.error or thread is None:
            return outcome
        if _is_reached(thread, goal, begin):
            return replace(outcome, why=f"It stopped {goal.words}.")
        if thread.status is ThreadStatus.BREAKPOINT and thread.stop is not None:
            if condition := self._decider.conditional_stops.holding_at(thread):
                return replace(outcome, why=f"It stopped at a breakpoint where {condition}.")
            return None
        if goal.is_end:
            return outcome
        return replace(outcome, why=f"It did not stop {goal.words}: the thread is {thread.status}.")

    async def _check(self, thread: ThreadView, goal: StepGoal) -> None:
        if goal.node:
            known = await self._session.reader.known_nodes(thread.graph_id)
            refuse_unknown_node(thread.graph_id, goal.node, known)
        if _is_reached(thread, goal, thread):
            raise BadInput(f"The thread is there already: {goal.words}.", kept=NOTHING_SENT)


def _stop_of(thread: ThreadView) -> Breakpoint:
    if thread.stop is None:
        raise NoLongerWaits(
            f"Thread {thread.thread_id} is {thread.status}; it is not at a breakpoint.",
            kept=NOTHING_SENT,
        )
    return thread.stop


def _stops_for(goal: StepGoal) -> Breakpoints:
    if goal.until or goal.until_changed:
        return _EVERY_NODE
    return Breakpoints(before=(goal.node,)) if goal.node else NO_BREAKPOINTS


def _is_reached(thread: ThreadView, goal: StepGoal, begin: ThreadView) -> bool:
    if goal.until_changed:
        return places(goal.until_changed, thread.values) != places(goal.until_changed, begin.values)
    if goal.until:
        return holds(goal.until, thread.values)
    return goal.node in thread.next if goal.node else False
