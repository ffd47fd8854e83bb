"""The plans for a write into the state, and for a run from elsewhere: what to confirm."""

from hitl_engine.model import Change, ChangeKind, KeyWrite, Rerun, StateEdit, StepGoal, ThreadView
from hitl_engine.visible import one_line
from hitl_tui.state.plan import Plan
from hitl_tui.text.change_lines import lines_of_changes

_HOW = {
    KeyWrite.MERGES: "in place of the value that its reducer would merge it with",
    KeyWrite.MERGES_MESSAGES: "in place of all messages, which its reducer removes first",
}


def plan_of_edit(edit: StateEdit, *, goes_on: bool = False) -> Plan:
    """Return what a write into the state does, and the difference that it makes.

    With `goes_on`, the nodes that are then next run.
    """
    changes = [
        Change((each.key,), ChangeKind.REPLACED, each.before, each.after) for each in edit.changes
    ]
    difference = tuple(lines_of_changes(changes))
    lines = [""] if difference else []
    lines += [
        f"{one_line(each.key, 60)} is sent {_HOW[each.write]}."
        for each in edit.changes
        if each.write in _HOW
    ]
    if edit.skips:
        lines.append(f"{_names(edit.skips)} counts as done and does not run.")
    elif edit.as_node:
        lines.append(
            f"It counts as written by {one_line(edit.as_node, 60)}; what follows it is next."
        )
    if edit.is_fork:
        lines.append("A branch begins at this checkpoint. The present one stays in the history.")
    title = "Begin a branch with this state" if edit.is_fork else "Write this into the state"
    if edit.asks_again:
        lines.append(
            f"Then {_names(edit.asks_again)} runs on and asks again: an answer to the question as it"
            " waits now would be lost."
        )
    elif goes_on:
        lines.append("Then the thread runs on from there, to the next stop or the end.")
    return Plan(
        f"{title}, and go on?" if goes_on else f"{title}?",
        tuple(lines),
        tuple(one_line(caution, 400) for caution in edit.cautions),
        shows_answer=False,
        note="" if goes_on else "no node runs",
        verb="Write and run" if goes_on else "Write",
        difference=difference,
    )


def plan_of_rerun(rerun: Rerun) -> Plan:
    """Return what a run from elsewhere does."""
    runs = _names(rerun.runs)
    lines = [f"{runs} runs, and what follows, to the next stop or the end."]
    if rerun.checkpoint_id and rerun.checkpoint_id != rerun.newest_id:
        lines.append("A branch begins at this checkpoint. The present one stays in the history.")
    lines.append("Nodes that ran after it run again, with their side effects.")
    return Plan(
        "Run again from here?" if not rerun.goto else f"Go to {runs}?",
        tuple(lines),
        tuple(one_line(caution, 400) for caution in rerun.cautions),
        shows_answer=False,
        verb="Run",
    )


def plan_of_running_on(thread: ThreadView, goal: StepGoal) -> Plan:
    """Return what stepping on to a goal does."""
    stop = thread.stop
    begins = _names(stop.next) if stop is not None and stop.next else "what comes next"
    if goal.until:
        lines = [
            f"Runs from {begins}, node by node, until this holds for the state:",
            f"  {one_line(goal.until, 400)}",
            "A question, an error and the end of the run stop it too.",
        ]
    elif goal.until_changed:
        lines = [
            f"Runs from {begins}, node by node, until these values of the state change:",
            f"  {one_line(goal.until_changed, 400)}",
            "A question, an error and the end of the run stop it too.",
        ]
    else:
        to = f"up to before {_names((goal.node,))}" if goal.node else "to the end"
        lines = [
            f"Runs from {begins} {to}, past the breakpoints on the way.",
            "A question and an error stop it too.",
        ]
    cautions = (one_line(stop.caution, 400),) if stop is not None and stop.caution else ()
    return Plan("Run on?", tuple(lines), cautions, shows_answer=False, verb="Run")


def _names(nodes: tuple[str, ...]) -> str:
    return ", ".join(one_line(node, 60) for node in dict.fromkeys(nodes))
