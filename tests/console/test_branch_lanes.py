"""The lines between checkpoints."""

from hypothesis import given
from hypothesis import strategies as st

from hitl_engine.model import Checkpoint
from hitl_tui.text.branch_lanes import BranchLanes, LaneRow


def drawn(*pairs: tuple[str, str]) -> list[LaneRow]:
    """Return the rows of checkpoints, each given with its parent, newest first."""
    lanes = BranchLanes()
    return [
        lanes.row(Checkpoint(one, parent, 0, "loop", (), (), None, "")) for one, parent in pairs
    ]


def test_a_thread_without_branches_is_one_line() -> None:
    rows = drawn(("c", "b"), ("b", "a"), ("a", ""))
    assert [row.text for row in rows] == ["●", "●", "●"]
    assert [row.is_head for row in rows] == [True, False, False]


def test_branches_meet_at_the_checkpoint_that_they_came_from() -> None:
    rows = drawn(("f", "b"), ("e", "b"), ("d", "c"), ("c", "b"), ("b", "a"), ("a", ""))
    assert [row.text for row in rows] == ["●", "│ ●", "│ │ ●", "│ │ ●", "●─┴─╯", "●"]
    assert [row.is_head for row in rows] == [True, True, True, False, False, False]


def test_a_branch_that_goes_further_back_passes_by() -> None:
    rows = drawn(("e", "a"), ("d", "b"), ("c", "b"), ("b", "a"), ("a", ""))
    assert [row.text for row in rows] == ["●", "│ ●", "│ │ ●", "│ ●─╯", "●─╯"]


@given(st.lists(st.integers(0, 30), max_size=40))
def test_each_row_has_one_checkpoint_and_all_lanes_end(parents: list[int]) -> None:
    pairs = [(str(n + 1), str(min(parent, n) or "")) for n, parent in enumerate(parents)][::-1]
    lanes = BranchLanes()
    rows = [lanes.row(Checkpoint(one, up, 0, "loop", (), (), None, "")) for one, up in pairs]
    assert all(row.text.count("●") == 1 for row in rows)
    heads = {one for one, _ in pairs} - {up for _, up in pairs}
    assert [row.is_head for row in rows] == [one in heads for one, _ in pairs]
