"""What the history says of a checkpoint."""

from hitl_engine.model import Checkpoint
from hitl_tui.text.checkpoint_words import follows, made_by, what_happened


def checkpoint(
    ran: tuple[str, ...] = (),
    next: tuple[str, ...] = (),
    asked: tuple[str, ...] = (),
    ended: tuple[str, ...] = (),
) -> Checkpoint:
    return Checkpoint("b", "a", 1, "loop", ran, next, None, "", asked, ended)


def test_a_node_with_many_tasks_is_named_once_with_their_number() -> None:
    assert made_by(checkpoint(ran=("read",) * 50 + ("count",))) == "read ×50, count"
    assert what_happened(checkpoint(asked=("read", "read"))) == "? read ×2 asks"


def test_of_a_step_that_waits_only_the_tasks_that_are_left_come_next() -> None:
    assert follows(checkpoint(next=("read",) * 50, ended=("read",) * 48)) == "next: read ×2"
    assert follows(checkpoint(next=("read",) * 50, ended=("read",) * 50)) == "next: read ×50"
    assert follows(checkpoint()) == "the end"
