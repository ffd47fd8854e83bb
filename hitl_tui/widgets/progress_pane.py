"""The events of a run while it is followed: one line for each, the newest at the end."""

from collections import deque

from textual import events

from hitl_engine.model import Progress
from hitl_engine.visible import json_text, one_line
from hitl_tui.widgets.redraws import Redraws
from hitl_tui.widgets.text_view import TextPane

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


class ProgressPane(TextPane):
    """Shows the events of a run as they arrive, and scrolls to the newest."""

    HELP = """\
    ### Progress
    What the run did: nodes that started, finished or failed, and what they sent or printed.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("Progress", id=id)
        self._lines: deque[str] = deque(maxlen=_MAX_LINES)
        self._fresh: deque[str | Progress] = deque(maxlen=_MAX_LINES)
        """What came since the last drawing; of a burst, only what is kept becomes text."""
        self._count = 0
        self._redraws = Redraws(self, self._draw)

    def begin(self, text: str) -> None:
        """Begin a run with this line, below those before; it is ours, or visible text."""
        if self._count:
            self._add("")
        self._add(text)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the newest lines in view, also in less space."""
        self.scroll_end(animate=False)

    def add(self, progress: Progress) -> None:
        """Add an event; what models write is not part of the progress."""
        if progress.kind != "token":
            self._add(progress)

    def _add(self, fresh: str | Progress) -> None:
        self._fresh.append(fresh)
        self._count += 1
        self._redraws.soon()

    def _draw(self) -> None:
        self._lines.extend(
            each if isinstance(each, str) else progress_line(each) for each in self._fresh
        )
        self._fresh.clear()
        dropped = self._count - len(self._lines)
        first = [f"… {dropped:,} earlier lines"] if dropped else []
        self.show_lines([*first, *self._lines])
        self.set_title("Progress", f"{self._count:,} lines" if self._count > 1 else "")
        self.scroll_end(animate=False)


def progress_line(progress: Progress) -> str:
    """Return an event as visible text on one line."""
    detail = ""
    if isinstance(progress.detail, str):
        detail = one_line(progress.detail, 160)
    elif progress.detail is not None:
        detail = one_line(json_text(progress.detail, indent=None), 160)
    return f"{_LABELS[progress.kind]} {one_line(progress.node, 120)}  {detail}".rstrip()
