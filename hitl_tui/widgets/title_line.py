"""The line that says what is in view: graph, node and thread, and how the thread stands."""

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hitl_engine.model import ThreadStatus
from hitl_engine.visible import one_line
from hitl_tui.text.fitting import shortened
from hitl_tui.text.literal import short_id

_WORDS = {
    ThreadStatus.INTERRUPTED: ("? waits for an answer", "$text-accent"),
    ThreadStatus.BREAKPOINT: ("■ stopped at a breakpoint", "$text-primary"),
    ThreadStatus.BUSY: ("▶ running", "$text-primary"),
    ThreadStatus.DONE: ("✓ done", "$text-success"),
    ThreadStatus.ERROR: ("✕ failed", "$text-error"),
}

_NARROW = 64
"""Below this many cells the status is its symbol and one word."""


def status_words(status: ThreadStatus) -> str:
    """Return the symbol and words for how a thread stands."""
    return _WORDS[status][0]


class TitleLine(Widget):
    """Shows where one is; the status is never cut, the names are."""

    DEFAULT_CSS = """
    TitleLine { height: 1; padding: 0 1; }
    """

    graph_id: reactive[str] = reactive("")
    node: reactive[str] = reactive("")
    thread_id: reactive[str] = reactive("")
    status: reactive[ThreadStatus | None] = reactive(None)

    def render(self) -> Content:
        """Draw the names on the left, the status on the right."""
        word, colour = _WORDS[self.status] if self.status is not None else ("", "")
        if self.size.width < _NARROW:
            word = " ".join(word.split()[:2])
        room = max(8, self.size.width - cell_len(word) - 2)
        names = Content(" ▸ ").join([Content.styled(*part) for part in self._parts(room)])
        gap = " " * max(1, self.size.width - names.cell_length - cell_len(word))
        return Content.assemble(names, gap, (word, colour))

    def _parts(self, room: int) -> list[tuple[str, str]]:
        thread = short_id(self.thread_id) if self.thread_id else "new thread"
        names = [one_line(name, 120) for name in (self.graph_id, self.node) if name]
        left = room - len(thread) - 3 * len(names)
        parts = [(shortened(name, max(4, left // max(1, len(names)))), "bold") for name in names]
        longer = left - sum(cell_len(name) for name, _ in parts)
        if names and longer > 0:  # what a short name leaves over goes to the long one
            parts = [
                (shortened(name, cell_len(part) + longer), style)
                for name, (part, style) in zip(names, parts, strict=True)
            ]
        return [*parts, (thread, "$foreground 60%")]
