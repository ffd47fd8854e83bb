"""The arguments of a tool call in full: each in its own form, in rows that fold and unfold."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from hitl_engine.model import JsonObject, JsonValue, json_path
from hitl_tui.text.argument_lines import json_lines, lines_of
from hitl_tui.text.fitting import counted
from hitl_tui.text.json_places import value_at
from hitl_tui.text.literal import hidden_words
from hitl_tui.widgets.keeps_seen import KeepsSeen
from hitl_tui.widgets.rows_pane import RowsPane
from hitl_tui.widgets.titled_pane import titled
from hitl_tui.widgets.tool_calls.arguments_view import ArgumentsView

_FEWEST = 4
"""Rows that the pane keeps, with its title, if it has so many."""


class ArgumentsPane(RowsPane):
    """A frame with a title around the arguments, which scrolls and has a cursor."""

    HELP = """\
    ### Arguments: this is what runs
    Arrow keys move the cursor, **enter** or a click folds and unfolds, **plus** unfolds everything,
    **j** shows the arguments as JSON. Short texts are in quotation marks, long ones are shown line by
    line: `→` is a tab, `·` a space at the end of a line. **/** searches, **n** and **N** go to the
    next match and the one before. **y** copies the value at the cursor.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, tooltip="One row up", id="arguments.up"),
        Binding("down", "move(1)", "Down", show=False, tooltip="One row down", id="arguments.down"),
        Binding(
            "pageup",
            "page(-1)",
            "Page up",
            show=False,
            tooltip="One page up",
            id="arguments.pageup",
        ),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            tooltip="One page down",
            id="arguments.pagedown",
        ),
        Binding(
            "home", "edge(0)", "Start", show=False, tooltip="To the first row", id="arguments.home"
        ),
        Binding("end", "edge(1)", "End", show=False, tooltip="To the last row", id="arguments.end"),
        Binding(
            "enter,space",
            "fold_here",
            "Fold",
            show=False,
            tooltip="Fold or unfold what the cursor is in",
            id="arguments.fold",
        ),
    ]

    view: ArgumentsView

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(ArgumentsView(), id=id)
        self.view.keep_seen()
        self._title = title
        self._args: JsonObject = {}
        self._hidden = ""
        self._row = 0
        self.as_json = False

    def show_args(self, args: JsonObject, *, seen: bool) -> None:
        """Show these arguments from the start; `seen` if all of them were on the screen before."""
        self.end_search()
        self._args = args
        self._hidden = hidden_words(args)
        self._row = 0
        self.scroll_home(animate=False)
        self._show(seen=seen)

    def set_title(self, title: str) -> None:
        """Set the title in the frame; it is visible text."""
        self._title = title
        self.show_title()

    def toggle_json(self) -> None:
        """Show the arguments as JSON, or each in its own form."""
        self.as_json = not self.as_json
        self._row = 0
        self.scroll_home(animate=False)
        self._show(seen=not self.view.unseen)

    def lay_out_sides(self) -> None:
        """Show the two sides of each change."""
        self._row = 0
        self._show(seen=not self.view.unseen)

    def _show(self, *, seen: bool) -> None:
        args = self._args
        self.view.show(json_lines(args) if self.as_json else lines_of(args, self.side_columns))
        self._show_height()
        if seen:
            self.view.count_as_seen()
        self._show_cursor()
        self.show_title()
        self.search_again()

    def show_title(self) -> None:
        """Show how many arguments there are, how many lines are folded, and about a search."""
        count = len(self._args)
        words = [self.search_words] if self.searched else []
        words.append(counted(count, "argument") if count else "no arguments")
        if unseen := self.view.unseen:
            words.append(f"{counted(unseen, 'row')} unseen")
        if self._hidden:
            words.append(self._hidden)
        if folded := self.view.hidden:
            words.append(f"{counted(folded, 'line')} folded: + unfolds")
        if self.as_json:
            words.append("as JSON")
        self.border_title = titled(self._title, ", ".join(words))

    def fold_all(self, *, folded: bool) -> None:
        """Fold everything, or nothing."""
        self.view.fold_all(folded=folded)
        self._row = 0
        self._show_cursor()

    @on(KeepsSeen.Seen)
    def rows_seen(self) -> None:
        """Show how many rows are unseen now."""
        self.show_title()

    @on(ArgumentsView.Folded)
    def lines_folded(self, event: ArgumentsView.Folded) -> None:
        """Show how many lines are folded now."""
        event.stop()
        self._show_height()
        self.show_title()

    def _show_height(self) -> None:
        """Keep some rows where space is short, but no empty ones."""
        self.styles.min_height = min(_FEWEST, 1 + len(self.view.lines_in_view()))

    # The cursor

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show the cursor while the pane has the focus."""
        super().watch_has_focus(has_focus)
        self._show_cursor()

    def _show_cursor(self) -> None:
        self.view.set_cursor(self._row if self.has_focus else None)

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows."""
        self._go(self._row + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self._go(self._row + by * max(1, self.size.height - 2))

    def jump_to_end(self) -> None:
        """Show the last row, and count all rows as seen."""
        self.view.count_as_seen()
        self.action_edge(1)

    def action_edge(self, last: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go(self.view.row_count if last else 0)

    def _go(self, row: int) -> None:
        self.go_to_row(max(0, min(row, self.view.row_count - 1)))

    def go_to_row(self, row: int) -> None:
        """Move the cursor to a row, and scroll to it."""
        self._row = row
        self._show_cursor()
        super().go_to_row(row)

    def what_is_copied(self) -> tuple[str, JsonValue]:
        """Return the value at the cursor."""
        if not self._args:
            return "all arguments", self._args
        path = self.view.place_of(self._row, self._args)
        return json_path(path), value_at(self._args, path)

    def action_fold_here(self) -> None:
        """Fold or unfold what the cursor is in."""
        self._go(self.view.toggle(self._row))
