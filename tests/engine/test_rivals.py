"""Which of two runs counted that began at the same checkpoint."""

import pytest

from hitl_engine.deciding.rivals import Race, race_of
from hitl_engine.reading.wire import WireCheckpoint, WireState


def state(number: int, parent: int, run: str) -> WireState:
    """A state whose checkpoint was written by a run."""
    return WireState(
        checkpoint=WireCheckpoint(checkpoint_id=str(number)),
        parent_checkpoint=WireCheckpoint(checkpoint_id=str(parent)),
        metadata={"run_id": run},
    )


BEFORE = state(1, 0, "earlier")


@pytest.mark.parametrize(
    ("history", "race"),
    [
        ([BEFORE], Race.ALONE),
        ([state(2, 1, "ours"), BEFORE], Race.ALONE),
        ([state(4, 3, "later"), state(3, 2, "ours"), state(2, 1, "ours"), BEFORE], Race.ALONE),
        ([state(3, 1, "theirs"), state(2, 1, "ours"), BEFORE], Race.LOST),
        ([state(3, 1, "ours"), state(2, 1, "theirs"), BEFORE], Race.WON),
        ([state(2, 1, "theirs"), BEFORE], Race.LOST),
        (
            [
                state(5, 3, "ours"),
                state(4, 2, "theirs"),
                state(3, 1, "ours"),
                state(2, 1, "theirs"),
            ],
            Race.WON,
        ),
        ([], Race.ALONE),
    ],
)
def test_the_branch_of_the_newest_checkpoint_counts(history: list[WireState], race: Race) -> None:
    assert race_of("ours", "1", history) is race
