"""Many approvals within a minute are told, once."""

from hitl_engine.model import Approve, Reject, Revise, Verdicts
from hitl_tui.state.approval_pace import MANY, ApprovalPace

APPROVED = Verdicts((Approve(), Approve()))


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def notices(decisions: int, pause: float) -> int:
    """Return how many of so many approvals, with a pause between two, were told."""
    clock = Clock()
    pace = ApprovalPace(clock)
    told = 0
    for _ in range(decisions):
        told += bool(pace.notice(APPROVED))
        clock.seconds += pause
    return told


def test_many_approvals_are_told_once_and_again_after_as_many() -> None:
    assert (notices(MANY - 1, 1), notices(MANY, 1), notices(2 * MANY - 1, 1)) == (0, 1, 1)
    assert notices(2 * MANY, 1) == 2


def test_slow_approvals_are_not_told() -> None:
    assert notices(100, 3.5) == 0


def test_only_approvals_count() -> None:
    pace = ApprovalPace(Clock())
    others = (Verdicts((Approve(), Reject("no"))), Revise("text"))
    assert not any(pace.notice(others[number % 2]) for number in range(3 * MANY))
