"""One assistant: its versions, and what each consists of."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from hitl_engine.errors import HitlError
from hitl_engine.model import Assistant, JsonObject, OutcomeKind
from hitl_engine.visible import one_line
from hitl_tui.messages import NewRunRequested
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.screens.reading_screen import ReadingScreen
from hitl_tui.state.act_plans import plan_of_latest_version
from hitl_tui.state.session import Session
from hitl_tui.text.assistant_rows import VERSION_COLUMNS, assistant_value
from hitl_tui.widgets.state_tree.searched_tree import SearchedTree
from hitl_tui.widgets.state_tree.value_tree import ValueTree
from hitl_tui.widgets.table_list import TableList


class AssistantScreen(ReadingScreen):
    """Shows the versions of an assistant, and the selected one as a tree with the schemas."""

    DEFAULT_CSS = """
    AssistantScreen {
        #about { height: 1; padding: 0 2; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
        #both { height: 1fr; layout: vertical; }
        TableList { height: auto; max-height: 30%; min-height: 3; }
        SearchedTree { border-top: solid $foreground 20%; }
        &.-wide {
            #both { layout: horizontal; }
            TableList { width: 2fr; height: 1fr; max-height: 100%; border-top: solid $foreground 20%; }
            SearchedTree { width: 3fr; border-left: solid $foreground 20%; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n",
            "start",
            "New run",
            tooltip="Start a run with this assistant, in its latest version",
            id="assistant.start",
        ),
        Binding(
            "m",
            "make_latest",
            "Make latest",
            tooltip="Make the selected version the latest, with which runs start",
            id="assistant.make_latest",
        ),
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="Go back to the assistants",
            id="assistant.back",
        ),
    ]
    HELP = """\
    ### An assistant
    Its versions, and the selected one as a tree: settings, metadata, and the schemas of its graph as
    far as the server gives them. **Tab** goes from the versions to the tree and back.
    """
    AUTO_FOCUS = "TableList"

    def __init__(self, session: Session, assistant: Assistant) -> None:
        super().__init__(session)
        self.assistant = assistant
        """The latest version."""
        self._schemas: JsonObject | None = None

    def compose_body(self) -> ComposeResult:
        """Put the versions above the tree, or beside it where there is space."""
        self.about = Static(id="about", markup=False)
        self.versions = TableList(VERSION_COLUMNS, key=lambda each: each.version)
        self.value = ValueTree()
        yield self.banner
        yield self.about
        with Container(id="both"):
            yield self.versions
            yield SearchedTree(self.value)

    async def read(self) -> None:
        """Read the versions, and then the schemas, which may take long."""
        self._show_about()
        assistant_id = self.assistant.assistant_id
        self.versions.show(await self.desk.assistants.versions(assistant_id))
        self._schemas = await self.desk.assistants.schemas(assistant_id)
        self.show_version()

    def _show_about(self) -> None:
        latest = self.assistant.version
        of_graph = (
            f"{one_line(self.assistant.name, 60)}  ·  graph {one_line(self.assistant.graph_id, 60)}"
        )
        self.about.update(of_graph if latest is None else f"{of_graph}  ·  latest: v{latest}")

    @on(TableList.Selected)
    def show_version(self) -> None:
        """Show the selected version."""
        if self.versions.row is not None:
            self.value.show(assistant_value(self.versions.row, self._schemas))
        self.refresh_bindings()

    @on(TableList.Opened)
    def focus_tree(self) -> None:
        """Go to the tree of the selected version."""
        self.value.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to make a version the latest if it is not."""
        if action == "make_latest":
            row = self.versions.row
            return row is not None and row.version not in (None, self.assistant.version)
        return super().check_action(action, parameters)

    def action_start(self) -> None:
        """Request the form that starts a run."""
        self.post_message(NewRunRequested(self.assistant.assistant_id))

    def action_make_latest(self) -> None:
        """Make the selected version the latest, if the user confirms it."""
        chosen = self.versions.row
        if chosen is None:
            return

        def closed(confirmed: bool | None) -> None:
            if confirmed:
                self.make_latest(chosen)

        self.app.push_screen(ConfirmModal(plan_of_latest_version(self.assistant, chosen)), closed)

    @work(group="act", exclusive=True, exit_on_error=False)
    async def make_latest(self, chosen: Assistant) -> None:
        """Make a version the latest."""
        assert chosen.version is not None, "it is offered only for a version"
        try:
            outcome = await self.desk.assistants.make_latest(chosen.assistant_id, chosen.version)
        except HitlError as error:
            self.show_error(error)
            return
        applied = outcome.kind is OutcomeKind.APPLIED
        self.show_notification(
            one_line(outcome.why, 400), severity="information" if applied else "warning"
        )
        if applied:
            self.assistant = chosen
            self._show_about()
            self.refresh_bindings()

    def action_back(self) -> None:
        """Go back to the assistants."""
        self.app.pop_screen()
