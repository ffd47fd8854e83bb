"""What a run does while it is watched: one line for each event, the newest at the end."""

from collections import deque

from hitl_engine.model import Progress
from hitl_engine.visible import json_text, one_line
from hitl_tui.widgets.text_view import TextPane

_MOST = 1_000
"""Lines kept; the count of those before them is shown."""
_WORDS = {
    "started": "▶ started  ",
    "finished": "✓ finished ",
    "failed": "✕ failed   ",
    "custom": "· says     ",
    "stopped": "■ stopped  ",
}


class ProgressPane(TextPane):
    """Shows progress as it comes, and follows its end."""

    HELP = """\
    ### Progress
    What the run did: nodes that started, finished or failed, and what they sent meanwhile.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("Progress", id=id)
        self._lines: deque[str] = deque(maxlen=_MOST)
        self._count = 0
        self._drawing = False

    def begin(self, words: str) -> None:
        """Forget what was shown, and begin with these words; they are ours or visible."""
        self._lines.clear()
        self._count = 0
        self.say(words)

    def say(self, words: str) -> None:
        """Add a line of our own."""
        self._lines.append(words)
        self._count += 1
        self._draw_soon()

    def add(self, progress: Progress) -> None:
        """Add what a run did."""
        self.say(progress_line(progress))

    def _draw_soon(self) -> None:
        if not self._drawing:
            self._drawing = True
            self.set_timer(0.03, self._draw)  # a burst of events is drawn once

    def _draw(self) -> None:
        self._drawing = False
        dropped = self._count - len(self._lines)
        first = [f"… {dropped:,} lines before these"] if dropped else []
        self.show_lines([*first, *self._lines])
        self.set_title("Progress", f"{self._count:,} lines" if self._count > 1 else "")
        self.scroll_end(animate=False)


def progress_line(progress: Progress) -> str:
    """Return an event as one safe line."""
    detail = ""
    if isinstance(progress.detail, str):
        detail = one_line(progress.detail, 160)
    elif progress.detail is not None:
        detail = one_line(json_text(progress.detail, indent=None), 160)
    return f"{_WORDS[progress.kind]} {one_line(progress.node, 120)}  {detail}".rstrip()
