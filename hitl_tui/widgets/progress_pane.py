"""The events of a run while it is followed: one line for each, the newest at the end."""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from hitl_engine.model import Progress
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.rows import Cuts, cut_loosely
from hitl_tui.widgets.content_size import set_content_size
from hitl_tui.widgets.redraws import Redraws
from hitl_tui.widgets.text_view import TextView
from hitl_tui.widgets.titled_pane import FRAME, titled

_MAX_LINES = 1_000
"""Lines kept; of older ones the count is shown."""
_LABELS = {
    "started": "▶ started  ",
    "finished": "✓ finished ",
    "failed": "✕ failed   ",
    "custom": "· sent     ",
    "printed": "│ printed  ",
    "stopped": "■ stopped  ",
}


class ProgressPane(TextView, ScrollView, can_focus=True):
    """Shows the events of a run as they arrive, and scrolls to the newest.

    It scrolls itself, so that new lines do not change the layout of the screen.
    """

    HELP = """\
    ### Progress
    What the run did: nodes that started, finished or failed, and what they sent or printed.
    """
    DEFAULT_CSS = f"ProgressPane {{ {FRAME} overflow-x: hidden; overflow-y: auto; }}"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "Progress"
        self._kept: deque[str] = deque(maxlen=_MAX_LINES)
        self._fresh: deque[str | Progress] = deque(maxlen=_MAX_LINES)
        """What came since the last drawing; of a burst, only what is kept becomes text."""
        self._count = 0
        self._redraws = Redraws(self, self._draw_fresh)
        self._cut = lru_cache(2 * _MAX_LINES)(cut_loosely)
        """Most lines were there at the last drawing."""

    def begin(self, text: str) -> None:
        """Begin a run with this line, below those before; it is ours, or visible text."""
        if self._count:
            self._add("")
        self._add(text)

    def add(self, progress: Progress) -> None:
        """Add an event; what models write is not part of the progress."""
        if progress.kind != "token":
            self._add(progress)

    def _add(self, fresh: str | Progress) -> None:
        self._fresh.append(fresh)
        self._count += 1
        self._redraws.soon()

    def _draw_fresh(self) -> None:
        self._kept.extend(
            each if isinstance(each, str) else progress_line(each) for each in self._fresh
        )
        self._fresh.clear()
        dropped = self._count - len(self._kept)
        first = [f"… {dropped:,} earlier lines"] if dropped else []
        self.show_lines([*first, *self._kept])
        self.border_title = titled("Progress", f"{self._count:,} lines" if self._count > 1 else "")

    # Rows

    @property
    def row_width(self) -> int:
        """The cells of a row, without those of the scrollbar."""
        return self.scrollable_content_region.width

    def cuts(self, shown: Sequence[int], width: int) -> Iterable[Cuts]:
        """Cut each line at a space if one is near."""
        return (self._cut(self.line(number), max(4, width)) for number in shown)

    def lines_changed(self) -> None:
        """Show the newest lines."""
        self.forget_rows()
        self._show_end()

    def on_resize(self) -> None:
        """Keep the newest lines in view, also in less space."""
        self._show_end()

    def _show_end(self) -> None:
        if not self.row_width:
            return  # it is not displayed
        self.wrap(self.row_width)
        set_content_size(self, Size(self.row_width, self.row_count))
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the row that is scrolled to this line."""
        return super().render_line(self.scroll_offset.y + y)


def progress_line(progress: Progress) -> str:
    """Return an event as visible text on one line."""
    detail = ""
    if isinstance(progress.detail, str):
        detail = one_line(progress.detail, 160)
    elif progress.detail is not None:
        detail = one_line(json_text(progress.detail, indent=None), 160)
    return f"{_LABELS[progress.kind]} {one_line(progress.node, 120)}  {detail}".rstrip()
