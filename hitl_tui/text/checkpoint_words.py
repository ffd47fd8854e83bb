"""A checkpoint in a few words: what made it, and what it led to. All returned text is visible."""

from collections import Counter
from collections.abc import Iterable

from hitl_engine.model import Checkpoint
from hitl_engine.visible import one_line

_MADE = {
    "input": "input",
    "update": "edit",
    "fork": "again",
    "loop": "start",
}
"""What made a checkpoint for which no node ran, by LangGraph's source."""


def made_by(checkpoint: Checkpoint) -> str:
    """Return the nodes that ran to make a checkpoint, or what else made it."""
    if not checkpoint.ran:
        return _MADE.get(checkpoint.source) or one_line(checkpoint.source, 20) or "unknown"
    return _nodes(checkpoint.ran)


def what_happened(checkpoint: Checkpoint) -> str:
    """Return what was written to make a checkpoint, and what happened at it."""
    parts = []
    if checkpoint.failed:
        parts.append(f"! {one_line(checkpoint.failed, 200)}")
    if checkpoint.asked:
        parts.append(f"? {_nodes(checkpoint.asked)} asks")
    if checkpoint.wrote:
        parts.append(one_line(checkpoint.wrote, 400))
    return "  ".join(parts)


def follows(checkpoint: Checkpoint) -> str:
    """Return which nodes were to run next; where some of them have ended, which are left."""
    if not checkpoint.next:
        return "the end"
    left = (Counter(checkpoint.next) - Counter(checkpoint.ended)).elements()
    return f"next: {_nodes(tuple(left) or checkpoint.next)}"


def _nodes(names: Iterable[str]) -> str:
    """Return each node once, with how many tasks it has where it has several."""
    return ", ".join(
        f"{one_line(node, 60)} ×{count}" if count > 1 else one_line(node, 60)
        for node, count in Counter(names).items()
    )
