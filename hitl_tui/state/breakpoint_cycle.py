"""Which breakpoint a key sets next on a node: before it, after it, or none."""

from dataclasses import replace

from hitl_engine.model import Breakpoints

EVERY = "*"


def next_breakpoints(breakpoints: Breakpoints, node_id: str) -> Breakpoints:
    """Return the breakpoints with the next kind on a node; `*`: on all nodes."""
    is_before, is_after = node_id in breakpoints.before, node_id in breakpoints.after
    without = Breakpoints(
        tuple(node for node in breakpoints.before if node != node_id),
        tuple(node for node in breakpoints.after if node != node_id),
        breakpoints.conditions,
    )
    if is_before:
        return replace(without, after=(*without.after, node_id))
    if is_after:
        return without.with_condition(node_id, "")
    return replace(without, before=(*without.before, node_id))


def breakpoint_words(breakpoints: Breakpoints, node_id: str) -> str:
    """Return what a person should know after this breakpoint was set or removed."""
    where = "all nodes" if node_id == EVERY else node_id
    if condition := breakpoints.condition_at(node_id):
        when = "after" if node_id in breakpoints.after else "before"
        return (
            f"Runs that are followed here stop {when} {where} if this holds: {condition}. "
            "A run that nobody follows stops there each time."
        )
    if node_id in breakpoints.before:
        return f"Runs from here stop before {where}, from the next one on."
    if node_id in breakpoints.after:
        return f"Runs from here stop after {where}, from the next one on."
    return f"No breakpoint is set here on {where}."
