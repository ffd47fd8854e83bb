"""A checkpoint in a few words: what made it, and what it led to. All returned text is visible."""

from collections import Counter

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
    counts = Counter(checkpoint.ran)
    return ", ".join(
        f"{one_line(node, 60)} ×{count}" if count > 1 else one_line(node, 60)
        for node, count in counts.items()
    )


def what_happened(checkpoint: Checkpoint) -> str:
    """Return what was written to make a checkpoint, and what happened at it."""
    parts = []
    if checkpoint.failed:
        parts.append(f"! {one_line(checkpoint.failed, 200)}")
    if checkpoint.asked:
        parts.append(f"? {', '.join(one_line(node, 60) for node in checkpoint.asked)} asks")
    if checkpoint.wrote:
        parts.append(one_line(checkpoint.wrote, 400))
    return "  ".join(parts)


def follows(checkpoint: Checkpoint) -> str:
    """Return which nodes were to run next."""
    if not checkpoint.next:
        return "the end"
    return f"next: {', '.join(one_line(node, 60) for node in dict.fromkeys(checkpoint.next))}"
