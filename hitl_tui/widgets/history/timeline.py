"""The checkpoints of a thread as a list, newest first, with the branches as lines."""

from collections.abc import Hashable, Iterator
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from hitl_engine.model import Checkpoint
from hitl_engine.visible import one_line
from hitl_tui.messages import (
    CheckpointsCompared,
    CheckpointSelected,
    ForkRequested,
    OlderCheckpointsWanted,
    RerunRequested,
)
from hitl_tui.state.checkpoint_list import CheckpointList
from hitl_tui.text.checkpoint_words import made_by, what_happened
from hitl_tui.text.fitting import padded
from hitl_tui.text.item_summary import waited
from hitl_tui.widgets.item_list import ItemList, moving_keys

_AHEAD = 15
"""Older checkpoints are wanted when the selection is this near to the last one."""
_MOST_LANES = 12
"""Cells for the lines of branches."""


class _Columns(NamedTuple):
    """The width of each column in cells; 0 leaves the column out."""

    lanes: int
    step: int
    made: int
    wrote: int
    who: int
    age: int


class Timeline(ItemList):
    """Shows checkpoints, one row each; posts `CheckpointSelected` as the selection moves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--heading",
        "timeline--selected",
        "timeline--lane",
        "timeline--head",
        "timeline--muted",
        "timeline--asks",
        "timeline--failed",
        "timeline--mark",
    }
    DEFAULT_CSS = """
    Timeline {
        padding-right: 1;
        & > .timeline--heading { color: $foreground 50%; }
        & > .timeline--selected { background: $panel; text-style: bold; }
        &:focus > .timeline--selected { background: $primary 15%; text-style: bold; }
        & > .timeline--lane { color: $foreground 60%; }
        & > .timeline--head { color: $text-accent; }
        & > .timeline--muted { color: $foreground 60%; }
        & > .timeline--asks { color: $text-accent; }
        & > .timeline--failed { color: $text-error; }
        & > .timeline--mark { color: $text-warning; text-style: bold; }
    }
    """
    HELP = """\
    ### The history of the thread
    Each row is a checkpoint, newest first: its step, the nodes that ran to make it, and what they
    wrote. All views show the thread as it was at the selected one; nothing can be answered there.
    **0** goes back to now.

    Lines show which checkpoint came from which: `◆` is the newest of its branch.
    `input`, `edit` and `again` are checkpoints that no node made.

    **=** shows what a checkpoint changed; **space** marks one to compare another with.
    **r** runs again from the selected checkpoint, **f** begins a branch there with another state.
    Both keep the present branch.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving_keys("history", "checkpoint"),
        Binding("0", "newest", "Now", tooltip="Show the thread as it is now", id="history.now"),
        Binding(
            "equals_sign",
            "compare",
            "Changes",
            key_display="=",
            tooltip="Show the differences to the marked checkpoint, or to the one before",
            id="history.compare",
        ),
        Binding(
            "space",
            "mark",
            "Mark",
            tooltip="Mark this checkpoint to compare another with it",
            id="history.mark",
        ),
        Binding(
            "r",
            "run_again",
            "Run again",
            tooltip="Run again from this checkpoint; the present branch is kept",
            id="history.run_again",
        ),
        Binding(
            "f",
            "fork",
            "Fork",
            tooltip="Begin a branch here with another state; the present branch is kept",
            id="history.fork",
        ),
    ]

    def __init__(self, checkpoints: CheckpointList, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._list = checkpoints
        self._columns = _Columns(2, 4, 12, 20, 0, 5)

    def show(self, index: int) -> None:
        """Show the list, which has changed, with the checkpoint at `index` selected."""
        self.items_changed(index)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The selected checkpoint."""
        return self._list.all[self.selected] if self._list.all else None

    # Rows

    @property
    def length(self) -> int:
        """How many checkpoints were read."""
        return len(self._list.all)

    def fit_columns(self, width: int) -> None:
        """Divide the width: lines, step, what made it and what it wrote always, then age and who."""
        lanes = max((len(self._list.lane_row(n).text) for n in range(self.length)), default=1)
        made = max((len(made_by(each)) for each in self._list.all[:200]), default=8)
        lanes = min(lanes, _MOST_LANES, max(2, width // 5))
        made = max(7, min(made, width // 3))
        who = 10 if width >= 90 and any(each.who for each in self._list.all) else 0
        age = 7 if width >= 44 else 0
        used = 3 + sum(cells + 1 for cells in (lanes, 4, made, who, age) if cells)
        self._columns = _Columns(lanes, 4, made, max(4, width - used - 1), who, age)

    def draw_headings(self, width: int) -> Strip:
        """Return the headings of the columns."""
        style = self.get_component_rich_style("timeline--heading")
        texts = {"lanes": "", "step": "step", "made": "made by", "wrote": "wrote"}
        texts |= {"who": "who", "age": "age"}
        parts = [Segment("   ", style)]
        for name, cells in self._columns._asdict().items():
            if cells:
                parts.append(Segment(f"{padded(texts[name], cells)} ", style))
        return Strip(parts).adjust_cell_length(width, style)

    def look_of(self, index: int) -> Hashable:
        """Return what a row looks like."""
        checkpoint = self._list.all[index]
        marked = checkpoint.checkpoint_id == self._list.marked
        return checkpoint.checkpoint_id, marked, waited(checkpoint.at), self._columns

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Return the row of a checkpoint."""
        checkpoint, columns = self._list.all[index], self._columns
        base = self.get_component_rich_style("timeline--selected") if selected else self.rich_style
        marked = checkpoint.checkpoint_id == self._list.marked
        step = "" if checkpoint.step is None else str(checkpoint.step)
        wrote = what_happened(checkpoint)
        texts = (
            (columns.step, step.rjust(3), self._colour("muted")),
            (columns.made, made_by(checkpoint), Style.null()),
            (columns.wrote, wrote, self._wrote_style(checkpoint)),
            (columns.who, one_line(checkpoint.who, 40), self._colour("muted")),
            (columns.age, waited(checkpoint.at), self._colour("muted")),
        )
        segments = [
            Segment(" ▸" if selected else "  ", base),
            Segment("✓" if marked else " ", base + self._colour("mark")),
            *self._lane_segments(index, base),
        ]
        segments += [
            Segment(f"{padded(text, cells)} ", base + style)
            for cells, text, style in texts
            if cells
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _lane_segments(self, index: int, base: Style) -> Iterator[Segment]:
        """Draw the lines of a row, with the newest checkpoint of a branch in a colour of its own."""
        row = self._list.lane_row(index)
        before, own, after = padded(row.text, self._columns.lanes).partition("●")
        quiet = base + self._colour("lane")
        yield Segment(before, quiet)
        yield Segment("◆", base + self._colour("head")) if row.is_head else Segment(own, quiet)
        yield Segment(f"{after} ", quiet)

    def _wrote_style(self, checkpoint: Checkpoint) -> Style:
        if checkpoint.failed:
            return self._colour("failed")
        return self._colour("asks" if checkpoint.asked else "muted")

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"timeline--{name}").color)

    # Moving

    def watch_selected(self, before: int, now: int) -> None:
        """Let the other views follow, and ask for older checkpoints before the last is reached."""
        super().watch_selected(before, now)
        self._want_older()
        if self.checkpoint is not None:
            self.post_message(CheckpointSelected(self.checkpoint))

    def _want_older(self) -> None:
        if not self._list.is_complete and self.selected >= self.length - _AHEAD:
            self.post_message(OlderCheckpointsWanted())

    def action_choose(self) -> None:
        """Show what the selected checkpoint changed."""
        self.action_compare()

    def action_newest(self) -> None:
        """Select the newest checkpoint: the thread as it is now."""
        self.selected = 0

    def action_mark(self) -> None:
        """Mark the selected checkpoint, or unmark it."""
        if self.checkpoint is not None:
            self._list.toggle_mark(self.checkpoint)
            self.refresh()

    def action_compare(self) -> None:
        """Ask for the differences of the selected checkpoint."""
        if self.checkpoint is None:
            return
        if other := self._list.compared_with(self.checkpoint):
            self.post_message(CheckpointsCompared(other, self.checkpoint))

    def action_run_again(self) -> None:
        """Ask to run again from the selected checkpoint."""
        if self.checkpoint is not None:
            self.post_message(RerunRequested(self.checkpoint.checkpoint_id))

    def action_fork(self) -> None:
        """Ask for another state at the selected checkpoint."""
        if self.checkpoint is not None:
            self.post_message(ForkRequested(self.checkpoint.checkpoint_id))
