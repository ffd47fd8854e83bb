"""The line with graph, node and thread in view, and the status of the thread."""

from datetime import UTC, datetime

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hitl_engine.model import ThreadStatus
from hitl_engine.visible import one_line
from hitl_tui.state.thread_state import ItemChange
from hitl_tui.text.durations import due
from hitl_tui.text.fitting import shortened
from hitl_tui.text.literal import short_id

_TEXTS = {
    ThreadStatus.INTERRUPTED: ("? waits for an answer", "$text-accent"),
    ThreadStatus.BREAKPOINT: ("■ stopped at a breakpoint", "$text-primary"),
    ThreadStatus.BUSY: ("▶ running", "$text-primary"),
    ThreadStatus.DONE: ("✓ done", "$text-success"),
    ThreadStatus.ERROR: ("✕ failed", "$text-error"),
}

_CHANGED = {
    ItemChange.CHANGED: ("! changed, see below", "$text-warning"),
    ItemChange.GONE: ("! gone, no longer waits", "$text-warning"),
}
_MOMENT = ("◷ earlier, nothing can be answered here", "$text-warning")
_SHORTEST = 8
"""Cells of the name of a node; where it would get fewer, it is left out."""
_NARROW = 56
"""Below this many cells the status is its symbol and one word."""


def status_text(status: ThreadStatus) -> str:
    """Return the status of a thread as a symbol and text."""
    return _TEXTS[status][0]


class TitleLine(Widget):
    """Shows what is in view; names are shortened to fit, the status is not."""

    DEFAULT_CSS = """
    TitleLine { height: 1; padding: 0 1; }
    """

    graph_id: reactive[str] = reactive("")
    node: reactive[str] = reactive("")
    thread_id: reactive[str] = reactive("")
    status: reactive[ThreadStatus | None] = reactive(None)
    change: reactive[ItemChange] = reactive(ItemChange.UNCHANGED)
    """How the item in view has changed since; this is then shown in the place of the status."""

    at_moment: reactive[bool] = reactive(False)
    """Whether the thread is shown as it was at an earlier checkpoint."""

    deadline: reactive[datetime | None] = reactive(None)
    """When the question in view has to be answered, if its payload tells that."""

    _drawn = ("", "")
    """The status, as it was drawn last."""

    def on_mount(self) -> None:
        """Count the time to the deadline down."""
        self._countdown = self.set_interval(1, self._count_down, pause=True)
        self.watch_deadline()

    def watch_deadline(self) -> None:
        """Draw each second while there is a deadline."""
        if self.is_mounted:
            (self._countdown.pause if self.deadline is None else self._countdown.resume)()

    def _count_down(self) -> None:
        if self._status() != self._drawn:
            self.refresh()

    def render(self) -> Content:
        """Draw the names on the left, the status on the right."""
        self._drawn = text, colour = self._status()
        if text and self.size.width < _NARROW:
            text = _narrow(text)
        width = max(8, self.size.width - cell_len(text) - 2)
        names = Content(" ▸ ").join([Content.styled(*part) for part in self._parts(width)])
        gap = " " * max(1, self.size.width - names.cell_length - cell_len(text))
        return Content.assemble(names, gap, (text, f"bold {colour}"))

    def _status(self) -> tuple[str, str]:
        if self.at_moment:
            return _MOMENT
        if self.change in _CHANGED:
            return _CHANGED[self.change]
        if self.status is ThreadStatus.INTERRUPTED and self.deadline is not None:
            return _until(self.deadline)
        return _TEXTS[self.status] if self.status is not None else ("", "")

    def _parts(self, width: int) -> list[tuple[str, str]]:
        thread = short_id(self.thread_id) if self.thread_id else "new thread"
        names = [one_line(name, 120) for name in (self.graph_id, self.node) if name]
        if sum(map(cell_len, names[:1])) + _SHORTEST > width - len(thread) - 3 * len(names):
            names = names[:1]  # the graph tells more than the beginning of the name of a node
        left = width - len(thread) - 3 * len(names)
        styles = ["bold", ""]
        parts = [
            (shortened(name, max(4, left // max(1, len(names)))), style)
            for name, style in zip(names, styles, strict=False)
        ]
        longer = left - sum(cell_len(name) for name, _ in parts)
        if names and longer > 0:  # cells that short names do not need go to long ones
            parts = [
                (shortened(name, cell_len(part) + longer), style)
                for name, (part, style) in zip(names, parts, strict=True)
            ]
        return [*parts, (thread, "$foreground 60%")]


def _until(deadline: datetime) -> tuple[str, str]:
    """Return the status of a thread whose question has to be answered until then."""
    left = (deadline - datetime.now(UTC)).total_seconds()
    sign, colour = ("?", "$text-accent") if left >= 0 else ("!", "$text-warning")
    return f"{sign} waits, due {due(left)}", colour


def _narrow(text: str) -> str:
    """Return a status in a few words: the time that it names, else its symbol and one word."""
    symbol, *words = text.split()
    if "due" in words:
        words = words[words.index("due") :]
        return f"{symbol} {' '.join(words)}"
    return " ".join([symbol, *words[:1]]).rstrip(",")
