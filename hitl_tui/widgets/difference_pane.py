"""What a person changed in a text or in arguments, next to what it was where there is room."""

from collections.abc import Sequence

from hitl_engine.model import JsonValue
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.difference_lines import difference_lines
from hitl_tui.widgets.rows_pane import RowsPane
from hitl_tui.widgets.titled_pane import titled
from hitl_tui.widgets.tool_calls.arguments_view import ArgumentsView


class DifferencePane(RowsPane):
    """A frame with a title around a difference, which scrolls."""

    HELP = """\
    ### What is changed
    `-` is before what it was, `+` before what it is now; next to each other where there is room.
    **/** searches, **n** and **N** go to the next match and the one before, **y** copies it.
    """
    view: ArgumentsView

    def __init__(self, title: str, *, unchanged: str, id: str | None = None) -> None:
        """`unchanged` is shown where nothing differs."""
        super().__init__(ArgumentsView(), id=id)
        self._title = title
        self._unchanged = unchanged
        self._detail = ""
        self._lines: Sequence[str] = ()

    def show_difference(self, lines: Sequence[str], detail: str) -> None:
        """Show lines that begin with `-`, `+`, `@` or a space, untrusted; `detail` is visible text."""
        self._lines = lines
        self._show_lines()
        self.set_detail(detail)

    def set_detail(self, detail: str) -> None:
        """Set what the title tells besides; it is visible text."""
        self._detail = detail
        self.show_title()

    def show_title(self) -> None:
        """Show the title, and which match of a search is selected."""
        details = filter(None, (self.search_words, self._detail))
        self.border_title = titled(self._title, ", ".join(details))

    def lay_out_sides(self) -> None:
        """Show both sides of the difference."""
        self._show_lines()

    def _show_lines(self) -> None:
        lines = difference_lines(self._lines, self.side_columns)
        self.view.show(lines or [ArgumentLine(self._unchanged)])
        self.search_again()

    def what_is_copied(self) -> tuple[str, JsonValue]:
        """Return all lines."""
        return "the changes", "\n".join(self._lines)
