"""The checkpoints of a thread as the result of `hitl-tui history`."""

from collections.abc import Sequence

from hitl_engine.model import Checkpoint, JsonObject
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.branch_lanes import BranchLanes, LaneRow
from hitl_tui.text.checkpoint_words import follows, made_by, what_happened
from hitl_tui.text.fitting import counted


def history_result(
    thread_id: str, checkpoints: Sequence[Checkpoint], *, more: bool
) -> CommandResult:
    """Return checkpoints, newest first, with the lines of their branches; `more`: older ones follow."""
    lanes = BranchLanes()
    rows = [lanes.row(each) for each in checkpoints]
    document: JsonObject = {
        "thread_id": thread_id,
        "checkpoints": [_document(*pair) for pair in zip(checkpoints, rows, strict=True)],
        "more": more,
    }
    width = max((len(row.text) for row in rows), default=0)
    lines = tuple(_line(each, row, width) for each, row in zip(checkpoints, rows, strict=True))
    note = (
        f"hitl-tui: {counted(len(rows), 'checkpoint')}; there are older ones. --limit lists more."
    )
    return CommandResult(document, lines or ("No checkpoints.",), (note,) if more else ())


def _document(checkpoint: Checkpoint, row: LaneRow) -> JsonObject:
    return {
        "checkpoint_id": checkpoint.checkpoint_id,
        "parent_id": checkpoint.parent_id or None,
        "step": checkpoint.step,
        "source": checkpoint.source,
        "ran": list(checkpoint.ran),
        "next": list(checkpoint.next),
        "at": checkpoint.at.isoformat() if checkpoint.at else None,
        "wrote": checkpoint.wrote,
        "asked": list(checkpoint.asked),
        "failed": checkpoint.failed or None,
        "who": checkpoint.who or None,
        "run_id": checkpoint.run_id or None,
        "is_head": row.is_head,
    }


def _line(checkpoint: Checkpoint, row: LaneRow, width: int) -> str:
    lane = row.text.replace("●", "◆") if row.is_head else row.text
    step = "" if checkpoint.step is None else str(checkpoint.step)
    time = f"{checkpoint.at.astimezone():%Y-%m-%d %H:%M:%S}" if checkpoint.at else "?"
    words = "  ".join(
        part for part in (what_happened(checkpoint), f"({follows(checkpoint)})") if part
    )
    who = f" by {one_line(checkpoint.who, 60)}" if checkpoint.who else ""
    return (
        f"{lane:<{width}}  {step:>3}  {time}  {one_line(checkpoint.checkpoint_id)}  "
        f"{made_by(checkpoint)}{who}: {words}"
    )
