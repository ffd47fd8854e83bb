"""The assistants of the server: graphs with settings for their runs."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hitl_engine.model import Assistant
from hitl_tui.messages import NewRunRequested
from hitl_tui.screens.assistant import AssistantScreen
from hitl_tui.screens.reading_screen import ReadingScreen
from hitl_tui.state.session import Session
from hitl_tui.text.assistant_rows import ASSISTANT_COLUMNS, assistant_text
from hitl_tui.text.fitting import counted
from hitl_tui.widgets.filter_line import FilterLine
from hitl_tui.widgets.table_list import TableList


class AssistantsScreen(ReadingScreen):
    """Lists the assistants, each in its latest version."""

    DEFAULT_CSS = """
    AssistantsScreen {
        #about { height: 1; padding: 0 2; color: $foreground 60%; text-wrap: nowrap; text-overflow: ellipsis; }
        TableList { margin-top: 1; }
        &.-short TableList { margin-top: 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n",
            "start",
            "New run",
            tooltip="Start a run with the selected assistant",
            id="assistants.start",
        ),
        Binding(
            "slash",
            "filter",
            "Filter",
            key_display="/",
            tooltip="List only assistants with a text in their graph, name, id or metadata",
            id="assistants.filter",
        ),
        Binding(
            "y",
            "copy_id",
            "Copy id",
            tooltip="Copy the id of the selected assistant to the clipboard",
            id="assistants.copy_id",
        ),
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="List all assistants again, then go back",
            id="assistants.back",
        ),
    ]
    HELP = """\
    ### The assistants
    An assistant is a graph with settings for its runs, in versions. Every graph has one. **Enter**
    shows versions, settings and schemas, **n** starts a run.
    """
    AUTO_FOCUS = "TableList"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._all: tuple[Assistant, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Put the list between a line about it and the line for a filter."""
        self.about = Static("Reading…", id="about", markup=False)
        self.list = TableList(ASSISTANT_COLUMNS, key=lambda each: each.assistant_id)
        self.filter = FilterLine("Filter: graph, name, id, or what the metadata contains")
        yield self.banner
        yield self.about
        yield self.list
        yield self.filter

    async def read(self) -> None:
        """Read all assistants."""
        self._all = await self.desk.assistants.all()
        self._show()

    def on_screen_resume(self) -> None:
        """Read again: another version may be the latest now."""
        if self._all:
            self.action_read_again()

    @on(FilterLine.Changed)
    def _show(self) -> None:
        words = self.filter.value.casefold().split()
        listed = [each for each in self._all if all(word in assistant_text(each) for word in words)]
        self.list.show(listed)
        number = counted(len(self._all), "assistant")
        self.about.update(f"{len(listed):,} of {number}" if words else number)

    @on(TableList.Opened)
    def open(self) -> None:
        """Open the selected assistant."""
        if self.list.row is not None:
            self.app.push_screen(AssistantScreen(self.session, self.list.row))

    @on(FilterLine.Closed)
    def back_to_list(self) -> None:
        """Focus the list."""
        self.list.focus()

    def action_filter(self) -> None:
        """Open the filter."""
        self.filter.open()

    def action_start(self) -> None:
        """Request the form that starts a run with the selected assistant."""
        if self.list.row is not None:
            self.post_message(NewRunRequested(self.list.row.assistant_id))

    def action_copy_id(self) -> None:
        """Copy the id of the selected assistant to the clipboard."""
        if self.list.row is not None:
            self.app.copy_to_clipboard(self.list.row.assistant_id)
            self.show_notification("The id of the assistant is in the clipboard.")

    def action_back(self) -> None:
        """List all assistants again if a filter is in use; else go back."""
        if self.filter.value:
            self.filter.search_for("")
        else:
            self.app.pop_screen()
