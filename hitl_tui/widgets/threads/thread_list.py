"""The list of all threads of a server, of which the next ones are read as one scrolls."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from hitl_engine.model import ThreadRow
from hitl_tui.messages import ThreadOpened
from hitl_tui.text.item_summary import waited
from hitl_tui.widgets.item_list import ItemList, moving_keys
from hitl_tui.widgets.threads.thread_row import ThreadRowDrawing

_AHEAD = 2
"""How many screens before the end of what was read the next rows are asked for."""


class ThreadsList(ItemList):
    """Shows threads, one row each, under a row of headings; posts `ThreadOpened` and `EndNear`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "threads--heading",
        "threads--selected",
        "threads--asks",
        "threads--stopped",
        "threads--running",
        "threads--failed",
        "threads--done",
        "threads--muted",
    }
    DEFAULT_CSS = """
    ThreadsList {
        & > .threads--heading { color: $foreground 50%; }
        & > .threads--selected { background: $panel; text-style: bold; }
        &:focus > .threads--selected { background: $primary 15%; text-style: bold; }
        & > .threads--asks { color: $text-accent; }
        & > .threads--stopped { color: $text-primary; }
        & > .threads--running { color: $text-primary; }
        & > .threads--failed { color: $text-error; }
        & > .threads--done { color: $text-success; }
        & > .threads--muted { color: $foreground 75%; }
    }
    """
    HELP = """\
    ### All threads
    Every thread of the server, last changed first, whatever its status:

    - `? asks`, `■ before`, `■ after`: it waits for you, as in the inbox
    - `▶ running`, `✕ failed`, `✓ done`; `· empty`: nothing has run on it

    **Enter** opens a thread. **Left** and **right** list only one kind. **/** searches: words, or
    `graph=NAME`, or `KEY=VALUE` in the metadata, or the id of a thread or its beginning. The server
    looks for what has a `=`, and for a whole id; words are looked for in what has been read, and
    more is read as you go down.

    **End** goes to the oldest thread, **]** a tenth of all threads further down, **[** up again.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", tooltip="Open the selected thread", id="threads.open"),
        *moving_keys("threads", "thread"),
    ]

    class EndNear(Message):
        """The selection is near the end of what was read."""

    class TopNear(Message):
        """The selection is near the first of the rows that were read."""

    @dataclass
    class EdgeRequested(Message):
        """The user wants to see the first thread, or the last one, which may not be read yet."""

        last: bool

    def __init__(self, describe: Callable[[ThreadRow], str]) -> None:
        super().__init__()
        self.rows: Sequence[ThreadRow] = ()
        """The threads that are listed."""
        self._describe = describe
        self._drawing = ThreadRowDrawing(self)
        self._drawn: dict[int, str] = {}
        """The age with which each row was last drawn."""
        self._longest_graph = 0

    @property
    def row(self) -> ThreadRow | None:
        """The selected thread."""
        return self.rows[self.selected] if self.rows else None

    def show(self, rows: Sequence[ThreadRow], *, from_top: bool = False) -> None:
        """List these threads; the selected one stays selected, unless the list is another one."""
        before = None if from_top else self.row
        self.rows = rows
        self._drawn.clear()
        self._longest_graph = max((len(row.graph_id) for row in rows), default=0)
        index = 0 if from_top else self.selected
        if before is not None:
            same = (at for at, row in enumerate(rows) if row.thread_id == before.thread_id)
            index = next(same, index)
        self.items_changed(index)
        self._ask_for_more()

    def watch_selected(self, before: int, now: int) -> None:
        """Ask for the next rows before the end is reached."""
        super().watch_selected(before, now)
        self._ask_for_more()

    def _ask_for_more(self) -> None:
        ahead = _AHEAD * max(1, self.size.height)
        if self.is_mounted and self.selected + ahead >= len(self.rows):
            self.post_message(self.EndNear())
        if self.is_mounted and self.selected < ahead:
            self.post_message(self.TopNear())

    def action_edge(self, last: int) -> None:
        """Select the first thread or the last, which may have to be read before."""
        super().action_edge(last)
        self.post_message(self.EdgeRequested(bool(last)))

    def tick(self) -> None:
        """Redraw the rows whose age has changed."""
        for index in self.rows_in_view:
            if self._drawn.get(index) != waited(self.rows[index].updated_at):
                self.refresh_row(index)

    # Drawing

    @property
    def length(self) -> int:
        """How many threads are listed."""
        return len(self.rows)

    def fit_columns(self, width: int) -> None:
        """Fit the columns to the longest name of a graph."""
        self._drawing.fit(width, self._longest_graph)

    def draw_headings(self, width: int) -> Strip:
        """Draw the headings."""
        return self._drawing.headings(width)

    def look_of(self, index: int) -> Hashable:
        """Return the thread, and its age."""
        row = self.rows[index]
        age = self._drawn[index] = waited(row.updated_at)
        return (row.thread_id, id(row), age)

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw the row of a thread."""
        row = self.rows[index]
        return self._drawing.row(row, self._describe(row), width, selected=selected)

    def action_choose(self) -> None:
        """Open the selected thread."""
        if self.row is not None:
            self.post_message(ThreadOpened(self.row.thread_id))
