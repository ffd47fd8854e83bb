"""Which checkpoint came from which, drawn as lines between the rows of a list, newest first."""

from dataclasses import dataclass

from hitl_engine.model import Checkpoint


@dataclass(frozen=True, slots=True)
class LaneRow:
    """The lines of one row."""

    text: str
    """Two characters for each lane: `●` for the checkpoint, `│` for a branch that passes by."""
    is_head: bool
    """Whether no checkpoint in the list came from this one."""


class BranchLanes:
    """Draws the lines of checkpoints that come one by one, newest first."""

    def __init__(self) -> None:
        self._awaited: list[str] = []
        """The checkpoint that each lane leads to; empty for a free lane."""

    def row(self, checkpoint: Checkpoint) -> LaneRow:
        """Return the lines of the next checkpoint; those of its branches end here but one."""
        ending = [n for n, each in enumerate(self._awaited) if each == checkpoint.checkpoint_id]
        own = ending[0] if ending else self._free_lane()
        text = "".join(self._at(lane, own, ending) for lane in range(len(self._awaited)))
        for lane in ending:
            self._awaited[lane] = ""
        self._awaited[own] = checkpoint.parent_id
        while self._awaited and not self._awaited[-1]:
            self._awaited.pop()
        return LaneRow(text.rstrip(), is_head=not ending)

    def _free_lane(self) -> int:
        if "" not in self._awaited:
            self._awaited.append("")
        return self._awaited.index("")

    def _at(self, lane: int, own: int, ending: list[int]) -> str:
        """Return the two characters of a lane; a line leads from `own` to the last that ends."""
        last = ending[-1] if ending else own
        after = "─" if own <= lane < last else " "
        if lane == own:
            return f"●{after}"
        if lane in ending:
            return f"{'╯' if lane == last else '┴'}{after}"
        if self._awaited[lane]:
            return f"{'┼' if own < lane < last else '│'}{after}"
        return f"{'─' if own < lane < last else ' '}{after}"
