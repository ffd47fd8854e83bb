"""How a tool call would change a file of the project as it is now."""

from hitl_engine.model import JsonValue, ProjectFile, ToolCall
from hitl_tui.text.file_change import compared, file_change_of, place_and_time
from hitl_tui.widgets.rows_pane import RowsPane
from hitl_tui.widgets.titled_pane import titled
from hitl_tui.widgets.tool_calls.arguments_view import ArgumentsView


class FilePane(RowsPane):
    """Compares what a call writes with the file on disk; hidden where there is nothing to compare."""

    DEFAULT_CSS = """
    FilePane { height: auto; }
    FilePane.-none { display: none; }
    """
    HELP = """\
    ### The file on disk
    The difference between the file in the project's folder, as it was when the call came into view,
    and what the call writes. The tool may write elsewhere: the arguments are what runs. **/**
    searches, **y** copies the text of the file on disk.
    """
    view: ArgumentsView

    def __init__(self, *, id: str) -> None:
        super().__init__(ArgumentsView(), id=id, classes="-none")
        self._shown: tuple[ToolCall, ProjectFile] | None = None
        self._words = ""

    def show_file(self, call: ToolCall, file: ProjectFile | None) -> None:
        """Show how a call changes a file; nothing if the file is not one of the project."""
        self._shown = (call, file) if file is not None else None
        self._show()

    def lay_out_sides(self) -> None:
        """Show both sides of the file."""
        self._show()

    def _show(self) -> None:
        change = file_change_of(self._shown[0]) if self._shown else None
        self.set_class(change is None, "-none")
        if self._shown is None or change is None:
            return
        call, file = self._shown
        words, lines = compared(change, file, call.args, self.side_columns)
        self._words = f"{words}  ·  {place_and_time(file)}"
        self.view.show(lines)
        self.show_title()
        self.search_again()

    def show_title(self) -> None:
        """Show which file it is, and about a search."""
        words = filter(None, (self.search_words, self._words))
        self.border_title = titled("Against the file on disk", "  ·  ".join(words))

    def what_is_copied(self) -> tuple[str, JsonValue]:
        """Return the text of the file."""
        text = self._shown[1].text if self._shown else None
        return "the text of the file on disk", text or ""
