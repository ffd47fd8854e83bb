"""The base of panes around read-only rows: a text is searched in them, and a value copied."""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region

from hitl_engine.model import JsonValue
from hitl_engine.visible import json_text, one_line
from hitl_tui.messages import Copied
from hitl_tui.text.occurrences import Occurrence, occurrences
from hitl_tui.widgets.outer_scroll import scroll_to_rows
from hitl_tui.widgets.rows_view import RowsView
from hitl_tui.widgets.search_line import SearchLine
from hitl_tui.widgets.titled_pane import TitledPane

_MOST_MATCHES = 10_000


class RowsPane(TitledPane):
    """Contains a view of rows, and shows in its title which match of a search is selected.

    Subclasses show the title, and know what is copied.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "search",
            "Search",
            key_display="/",
            tooltip="Search in the text that has the focus",
            id="text.search",
        ),
        Binding("n", "find(1)", "Next match", tooltip="The next match", id="text.next"),
        Binding(
            "N",
            "find(-1)",
            "Match before",
            show=False,
            tooltip="The match before",
            id="text.previous",
        ),
        Binding(
            "escape", "end_search", "End search", tooltip="End the search", id="text.end_search"
        ),
        Binding(
            "y",
            "copy",
            "Copy",
            tooltip="Copy the value at the cursor or the match; else the whole text",
            id="text.copy",
        ),
    ]

    def __init__(
        self, view: RowsView, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.view = view
        self.searched = ""
        """The text that is searched; empty without a search."""
        self._matches: list[Occurrence] = []
        self._selected = -1
        """The index of the selected match; -1 without one."""
        self._line: PaneSearchLine | None = None

    def compose(self) -> ComposeResult:
        """Yield the rows."""
        yield self.view

    # For subclasses

    def show_title(self) -> None:
        """Show the title, with the words about the search."""
        raise NotImplementedError

    def what_is_copied(self) -> tuple[str, JsonValue]:
        """Return the name of what is copied, which may be untrusted, and the value."""
        raise NotImplementedError

    def go_to_row(self, row: int) -> None:
        """Scroll to a row of the view, in this pane and in what scrolls around it."""
        self.call_after_refresh(self._scroll_to_row, row)

    def _scroll_to_row(self, row: int) -> None:
        self.scroll_to_region(Region(0, row, 1, 1), animate=False)
        scroll_to_rows(self, self.view.region.y + row - self.region.y)

    # Searching

    @property
    def search_words(self) -> str:
        """Which match is selected, or that there is none; empty without a search."""
        if not self.searched:
            return ""
        count = len(self._matches)
        if self._selected >= 0:
            return f"match {self._selected + 1:,} of {count:,}"
        return f"{count:,} found" if count else "no match"

    @property
    def match(self) -> Occurrence | None:
        """The selected match."""
        return self._matches[self._selected] if self._selected >= 0 else None

    def search(self, text: str) -> None:
        """Mark a text wherever it is, and go to where it is first; an empty text ends the search."""
        if text != self.searched:
            self.searched = text
            self._begin(goes=True)

    def search_again(self) -> None:
        """Mark the text that is searched in what is shown now."""
        if self.searched:
            self._begin(goes=False)

    def _begin(self, *, goes: bool) -> None:
        self._matches, self._selected = [], -1  # at once: the lines may be others already
        self._find(goes=goes)

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _find(self, *, goes: bool) -> None:
        if self.searched:
            for found in occurrences(self.view.whole_lines(), self.searched):
                if found is None:
                    await asyncio.sleep(0)
                    continue
                self._matches.append(found)
                if len(self._matches) == _MOST_MATCHES:
                    break
        if goes and self._matches:
            self._select(0)
        else:
            self._show_matches()

    def _select(self, index: int) -> None:
        self._selected = index
        line, start, _ = self._matches[index]
        self.view.unfold(line)
        self._show_matches()
        self.go_to_row(self.view.row_at(line, start))

    def _show_matches(self) -> None:
        self.view.mark(self._matches, self.match)
        self.show_title()
        self.refresh_bindings()

    def end_search(self) -> None:
        """Mark nothing any more."""
        self.search("")

    def action_search(self) -> None:
        """Open the line for a text to search, above the keys of the screen."""
        self.screen.query(PaneSearchLine).remove()  # perhaps that of another pane
        self._line = PaneSearchLine(self)
        self.screen.mount(self._line, before="KeyFooter")

    def action_find(self, by: int) -> None:
        """Go to the next match, or the one before."""
        count = len(self._matches)
        if self._selected >= 0:
            self._select((self._selected + by) % count)
        elif count:
            self._select(0 if by > 0 else count - 1)

    def action_end_search(self) -> None:
        """End the search."""
        self.end_search()

    def on_unmount(self) -> None:
        """Remove the line with what it searches in."""
        if self._line is not None and self._line.is_attached:
            self._line.remove()

    # Copying

    def action_copy(self) -> None:
        """Copy a value: a text as it is, anything else as JSON."""
        what, value = self.what_is_copied()
        self.app.copy_to_clipboard(value if isinstance(value, str) else json_text(value))
        self.post_message(Copied(one_line(what, 200)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to go from match to match while there are some."""
        match action:
            case "find":
                return bool(self._matches)
            case "end_search":
                return bool(self.searched)
            case _:
                return True


class PaneSearchLine(SearchLine):
    """Takes the text to search in a pane; removed when the user leaves it."""

    DEFAULT_CSS = """
    PaneSearchLine { dock: none; }
    """
    HELP = """\
    ### The search
    Matches are marked while you type; **down** and **up** go to the next match and the one before.
    **Enter** goes to the text, where **n** and **N** do that; **escape** ends the search.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "find(1)", "Next match", tooltip="The next match", id="search.next"),
        Binding("up", "find(-1)", "Match before", tooltip="The match before", id="search.previous"),
    ]

    def __init__(self, pane: RowsPane) -> None:
        super().__init__()
        self._pane = pane

    def on_mount(self) -> None:
        """Begin with the text that was searched last; typing replaces it."""
        self.load(self._pane.searched)
        self.open()

    @on(SearchLine.Searched)
    def search_pane(self, event: SearchLine.Searched) -> None:
        """Search what is typed."""
        event.stop()
        self._pane.search(event.text)

    def action_find(self, by: int) -> None:
        """Go to the next match, or the one before."""
        self._pane.action_find(by)

    @on(SearchLine.Closed)
    def leave(self, event: SearchLine.Closed) -> None:
        """Go back to the text."""
        event.stop()
        self._pane.search(self.text)
        self._pane.focus()
        self.remove()
