"""The plans for a write into the state, and for a run from elsewhere: what to confirm."""

from hitl_engine.model import Change, ChangeKind, KeyWrite, Rerun, StateEdit
from hitl_engine.visible import one_line, visible
from hitl_tui.state.plan import Plan
from hitl_tui.text.change_lines import lines_of_changes

_HOW = {
    KeyWrite.MERGES: "in place of the value that its reducer would merge it with",
    KeyWrite.MERGES_MESSAGES: "in place of all messages, which its reducer removes first",
}


def plan_of_edit(edit: StateEdit) -> Plan:
    """Return what a write into the state does, and the difference that it makes."""
    changes = [
        Change((each.key,), ChangeKind.REPLACED, each.before, each.after) for each in edit.changes
    ]
    lines = [visible(line).replace("\t", "→   ") for line in lines_of_changes(changes)]
    lines += [""] if lines else []
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
    title = "Begin a branch with this state?" if edit.is_fork else "Write this into the state?"
    return Plan(
        title,
        tuple(lines),
        tuple(one_line(caution, 400) for caution in edit.cautions),
        shows_answer=False,
        note="no node runs",
        verb="Write",
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


def _names(nodes: tuple[str, ...]) -> str:
    return ", ".join(one_line(node, 60) for node in dict.fromkeys(nodes))
