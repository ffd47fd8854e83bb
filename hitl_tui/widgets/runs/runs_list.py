"""The runs of a thread, newest first."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from hitl_engine.model import RunStatus, ThreadRun
from hitl_tui.text.fitting import padded, shortened
from hitl_tui.text.item_summary import waited
from hitl_tui.text.run_rows import run_words, took
from hitl_tui.widgets.item_list import ItemList, moving_keys

_STATUSES = {
    RunStatus.WAITS: ("… waits", "muted"),
    RunStatus.RUNNING: ("▶ running", "running"),
    RunStatus.ENDED: ("✓ ended", "done"),
    RunStatus.FAILED: ("✕ failed", "failed"),
    RunStatus.CANCELLED: ("■ cancelled", "muted"),
}
_WIDTHS = (12, 7, 8, 8)
"""Cells for status, kind, age and duration; narrow lists leave out the last two."""
_NARROW = 56


class RunsList(ItemList):
    """Shows a row for each run; posts what the user asks for."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "runs--heading",
        "runs--selected",
        "runs--muted",
        "runs--running",
        "runs--done",
        "runs--failed",
    }
    DEFAULT_CSS = """
    RunsList {
        & > .runs--heading { color: $foreground 50%; }
        & > .runs--selected { background: $panel; text-style: bold; }
        &:focus > .runs--selected { background: $primary 15%; text-style: bold; }
        & > .runs--muted { color: $foreground 60%; }
        & > .runs--running { color: $text-primary; }
        & > .runs--done { color: $text-success; }
        & > .runs--failed { color: $text-error; }
    }
    """
    HELP = """\
    ### The runs
    Every run of the thread, newest first: an input, an answer, or a step. **Enter** shows what was
    sent, and the whole traceback of one that failed. **c** cancels the run in progress, and keeps
    what its nodes wrote; **C** takes that back. **p** stops it before its next step, where the
    server can do that; a step goes on from there.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            "Show",
            tooltip="Show what was sent, and the traceback of a run that failed",
            id="runs.show",
        ),
        *moving_keys("runs", "run"),
        Binding(
            "c",
            "cancel(False)",
            "Cancel",
            tooltip="Cancel the run in progress; what its nodes wrote is kept",
            id="runs.cancel",
        ),
        Binding(
            "C",
            "cancel(True)",
            "Take back",
            tooltip="Cancel the run in progress, and delete what it wrote",
            id="runs.take_back",
        ),
        Binding(
            "p",
            "pause",
            "Pause",
            tooltip="Stop the run in progress before its next step; a step goes on from there",
            id="runs.pause",
        ),
        Binding(
            "e",
            "open_source",
            "Open source",
            tooltip="Open the line that failed in your own editor",
            id="runs.source",
        ),
    ]

    @dataclass
    class Opened(Message):
        """The user asked to see all of this run."""

        run: ThreadRun

    @dataclass
    class CancelRequested(Message):
        """The user asked to cancel the run in progress."""

        rollback: bool

    class PauseRequested(Message):
        """The user asked to pause the run in progress."""

    @dataclass
    class SourceRequested(Message):
        """The user asked for the line of the code that failed."""

        run: ThreadRun

    def __init__(self) -> None:
        super().__init__()
        self.runs: Sequence[ThreadRun] = ()
        self._widths = _WIDTHS
        self.offers_source = False
        self.offers_pause = False
        """Whether the code of the graphs is on this machine."""

    @property
    def run(self) -> ThreadRun | None:
        """The selected run."""
        return self.runs[self.selected] if self.runs else None

    def show(self, runs: Sequence[ThreadRun]) -> None:
        """Show these runs; the newest is selected, or the one that was."""
        before = self.run
        self.runs = runs
        same = (at for at, run in enumerate(runs) if before and run.run_id == before.run_id)
        was_newest = before is None or self.selected == 0
        self.items_changed(0 if was_newest else next(same, 0))
        self.refresh_bindings()

    def watch_selected(self, before: int, now: int) -> None:
        """Offer what the selected run can be asked for."""
        super().watch_selected(before, now)
        self.refresh_bindings()

    def tick(self) -> None:
        """Draw the ages again."""
        if self.runs:
            self.refresh()

    # Drawing

    @property
    def length(self) -> int:
        """How many runs there are."""
        return len(self.runs)

    def fit_columns(self, width: int) -> None:
        """Leave out the times where there is little space."""
        self._widths = _WIDTHS if width >= _NARROW else (*_WIDTHS[:2], 0, 0)

    def draw_headings(self, width: int) -> Strip:
        """Draw the headings."""
        base = self.get_component_rich_style("runs--heading")
        names = zip(("", "kind", "began", "took"), self._widths, strict=True)
        columns = "".join(padded(name, cells) for name, cells in names)
        text = f"  {columns}sent, or failed with"
        return Strip([Segment(shortened(text, width), base)]).adjust_cell_length(width, base)

    def look_of(self, index: int) -> Hashable:
        """Return the run, its status, its age and how long it takes."""
        run = self.runs[index]
        return (run.run_id, run.status, waited(run.began), took(run))

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw a run."""
        run = self.runs[index]
        base = self.get_component_rich_style("runs--selected") if selected else self.rich_style
        words, colour = _STATUSES[run.status]
        status, kind, age, time = self._widths
        left = max(0, width - sum(self._widths) - 2)
        failed = Style.null() if not run.error else self._colour("failed")
        return Strip(
            [
                Segment("▸ " if selected else "  ", base),
                Segment(f"{words:<{status}}", base + self._colour(colour)),
                Segment(padded(run.kind.value, kind), base),
                Segment(padded(waited(run.began), age), base + self._colour("muted")),
                Segment(padded(took(run), time), base + self._colour("muted")),
                Segment(shortened(run_words(run), left), base + failed),
            ]
        ).adjust_cell_length(width, base)

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"runs--{name}").color)

    # Asking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to cancel only while a run is in progress, and a source only where there is one."""
        match action:
            case "cancel":
                return any(run.is_under_way for run in self.runs)
            case "pause":
                return self.offers_pause and any(run.is_under_way for run in self.runs)
            case "open_source":
                return self.offers_source and self.run is not None and bool(self.run.traceback)
            case _:
                return True

    def action_choose(self) -> None:
        """Show all of the selected run."""
        if self.run is not None:
            self.post_message(self.Opened(self.run))

    def action_cancel(self, rollback: bool) -> None:
        """Ask to cancel the run in progress."""
        self.post_message(self.CancelRequested(rollback))

    def action_pause(self) -> None:
        """Ask to pause the run in progress."""
        self.post_message(self.PauseRequested())

    def action_open_source(self) -> None:
        """Ask for the line that failed."""
        if self.run is not None:
            self.post_message(self.SourceRequested(self.run))
