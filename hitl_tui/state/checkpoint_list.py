"""The checkpoints of a thread as far as they were read: their lines, and the one marked to compare."""

from collections.abc import Iterable

from hitl_engine.model import Checkpoint
from hitl_tui.text.branch_lanes import BranchLanes, LaneRow


class CheckpointList:
    """Checkpoints of all branches of a thread, newest first."""

    def __init__(self) -> None:
        self.all: list[Checkpoint] = []
        self.is_complete = False
        """Whether the first checkpoint of the thread is among them."""
        self.marked = ""
        """The checkpoint to compare with."""
        self._index: dict[str, int] = {}
        self._rows: list[LaneRow] = []
        self._lanes = BranchLanes()

    def replace(self, checkpoints: Iterable[Checkpoint], *, is_complete: bool) -> None:
        """Begin again with the newest checkpoints."""
        self.all, self._rows, self._index, self._lanes = [], [], {}, BranchLanes()
        self.add(checkpoints, is_complete=is_complete)

    def add(self, older: Iterable[Checkpoint], *, is_complete: bool) -> None:
        """Add checkpoints that are older than all others."""
        for each in older:
            self._index[each.checkpoint_id] = len(self.all)
            self.all.append(each)
            self._rows.append(self._lanes.row(each))
        self.is_complete = is_complete

    def lane_row(self, index: int) -> LaneRow:
        """Return the lines of a checkpoint."""
        return self._rows[index]

    def index_of(self, checkpoint_id: str) -> int:
        """Return where a checkpoint is in the list; 0 if it is not there."""
        return self._index.get(checkpoint_id, 0)

    def toggle_mark(self, checkpoint: Checkpoint) -> None:
        """Mark a checkpoint to compare with, or unmark it."""
        chosen = checkpoint.checkpoint_id
        self.marked = "" if self.marked == chosen else chosen

    def compared_with(self, checkpoint: Checkpoint) -> str:
        """Return what a checkpoint is compared with: the marked one, or the one that it came from."""
        other = self.marked if self.marked != checkpoint.checkpoint_id else ""
        return other or checkpoint.parent_id

    def place_of(self, checkpoint: Checkpoint) -> str:
        """Return which step of how many a checkpoint is, as LangGraph numbers them."""
        steps = [each.step for each in self.all[:1] if each.step is not None]
        if checkpoint.source == "input":
            return "the input"
        if checkpoint.step is None or not steps:
            return ""
        return f"step {checkpoint.step} of {max(steps[0], checkpoint.step)}"
