"""The form that starts a run: its graph, its input and its breakpoints."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hitl_engine.errors import HitlError
from hitl_engine.model import EarlierRun, Graph, InputForm
from hitl_engine.visible import json_text, one_line
from hitl_tui.messages import NewInputRequested, RunRequested
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.not_ready import NotReady
from hitl_tui.state.session import ConnectionStatus, Session
from hitl_tui.text.graph_labels import graph_labels
from hitl_tui.widgets.banner import Banner, Severity
from hitl_tui.widgets.run_form import RunForm
from hitl_tui.widgets.send_bar import SendBar

_READING = "Reading the input of this graph…"
_NOT_READ = "The input of this graph could not be read. Press enter in the list to try again."


class NewRunScreen(ConsoleScreen):
    """Takes a graph and its input; what is typed for each graph is kept."""

    DEFAULT_CSS = """
    NewRunScreen {
        #title { height: 1; padding: 0 1; text-style: bold; }
        #choice, #right {
            border: round $foreground 20%;
            border-title-color: $foreground 70%; border-title-style: bold;
            &:focus-within { border: round $accent; border-title-color: $accent; }
        }
        #choice { width: 30; height: 1fr; }
        #graphs { height: 1fr; border: none; background: $background; padding: 0 1; }
        #graphs:focus { background: $background; background-tint: $background 0%; }
        #form-container { height: 1fr; }
        #reading { height: 1fr; content-align: center middle; color: $foreground 70%; }
        #right { width: 1fr; }
        &.-narrow #both { layout: vertical; }
        &.-narrow #choice { width: 1fr; height: 4; }
        &.-short, &.-narrow {
            #choice, #choice:focus-within, #right, #right:focus-within { border: none; }
        }
        &.-short #choice { height: 1; }
        &.-short FieldBox, &.-short BreakpointChoice, &.-short FormView { margin-bottom: 0; }
        &.-short SendBar TextPane { max-height: 2; }
        &.-short #title { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "back",
            "Back",
            tooltip="Go back; what you typed is kept",
            id="start.back",
        ),
        Binding("ctrl+s", "start", "Start", tooltip="Start the run", id="start.start"),
        Binding(
            "ctrl+t",
            "toggle_json",
            "As JSON",
            tooltip="Give the input as JSON, or in fields",
            id="start.as_json",
        ),
    ]
    HELP = """\
    ### A new run
    Choose a graph, fill in its input, press **ctrl+s**. The run stops at the breakpoints that are
    listed; those that the graph was compiled with are filled in, and you can remove some.
    """
    AUTO_FOCUS = "#graphs"

    def __init__(
        self,
        session: Session,
        given: EarlierRun | None = None,
        note: str = "",
        thread: NewInputRequested | None = None,
        assistant_id: str = "",
    ) -> None:
        """Begin empty, or with what an earlier run was started with; `note` tells where it is from.

        `thread`: the finished thread that gets this input, instead of a new one. `assistant_id`: what
        is selected at first.
        """
        super().__init__(session)
        self.form: RunForm | None = None
        """The form of the selected graph; None until it is read."""
        self._forms: dict[Graph, RunForm] = {}
        self._graphs: tuple[Graph, ...] = ()
        self._given = given
        self._note = note
        self._thread = thread
        self._assistant_id = given.graph.assistant_id if given else assistant_id

    def compose_body(self) -> ComposeResult:
        """Put the graphs next to the form, and what will be sent below."""
        self.banner = Banner()
        self.graphs = OptionList(id="graphs", markup=False)
        self.form_container = Container(id="form-container")
        self.reading = Static(_READING, id="reading", markup=False)
        self.send_bar = SendBar("Start")
        self.title_line = Static("New run", id="title", markup=False)
        yield self.title_line
        yield self.banner
        with Horizontal(id="both"):
            with Vertical(id="choice") as choice:
                yield self.graphs
            with Vertical(id="right") as right:
                with self.form_container:
                    yield self.reading
                yield self.send_bar
        choice.border_title, right.border_title = "Graphs", "Input"

    def on_screen_resume(self) -> None:
        """Read the graphs again."""
        if self._note:
            self.banner.show(Severity.NOTE, self._note)
        self.read_graphs()

    def session_changed(self) -> None:
        """Try again what could not be read, when the server can be reached again."""
        super().session_changed()
        connected = self.session.connection is ConnectionStatus.CONNECTED
        if connected and self.banner.severity is Severity.UNREAD:
            self.banner.clear()
            self.read_graphs()
            if self.form is None and self.graphs.highlighted is not None:
                self.read_form(self._graphs[self.graphs.highlighted])

    @work(group="graphs", exclusive=True, exit_on_error=False)
    async def read_graphs(self) -> None:
        """Read the list of graphs."""
        try:
            graphs = tuple(filter(self._fits, await self.desk.graphs()))
        except HitlError as error:
            self.banner.show_unread(error)
            return
        if graphs != self._graphs:
            self._graphs = graphs
            self.graphs.set_options(Option(Content(each)) for each in graph_labels(graphs, 60))
            self.graphs.highlighted = self._first_selected() if graphs else None
        if not graphs:
            self.send_bar.block("The server has no graphs.")

    def _fits(self, graph: Graph) -> bool:
        """Whether this graph can be started: on an old thread only one like those before."""
        return self._thread is None or graph.graph_id == self._thread.graph_id

    def _first_selected(self) -> int:
        """Return the index of the assistant that was asked for, or of the first one."""
        ids = [graph.assistant_id for graph in self._graphs]
        return ids.index(self._assistant_id) if self._assistant_id in ids else 0

    @on(OptionList.OptionHighlighted, "#graphs")
    def show_graph(self, event: OptionList.OptionHighlighted) -> None:
        """Show the form of the graph; until it is read, show none: nothing else may be started."""
        graph = self._graphs[event.option_index]
        label = graph_labels(self._graphs, 60)[self._graphs.index(graph)]
        what = "New run" if self._thread is None else "New input"
        self.title_line.update(f"{what} ▸ {label}")
        if self.banner.severity is not Severity.NOTE:
            self.banner.clear()
        self._show_form(self._forms.get(graph))
        if self.form is None or self.form.input_form.incomplete:
            self.read_form(graph)

    def _show_form(self, form: RunForm | None) -> None:
        self.form = form
        self.reading.display = form is None
        for each in self._forms.values():
            each.display = each is form
        if form is None:
            self.send_bar.block("The input of this graph is not read yet.")
        else:
            self.show_input()
        self.refresh_bindings()

    @on(OptionList.OptionSelected, "#graphs")
    def focus_form(self) -> None:
        """Focus the first field of the form, or try again to read it."""
        if self.form is not None:
            self.form.take_focus()
        elif self.graphs.highlighted is not None:
            self.session.early_keys.begin(keep_text=True)
            self.read_form(self._graphs[self.graphs.highlighted])

    @work(group="form", exclusive=True, exit_on_error=False)
    async def read_form(self, graph: Graph) -> None:
        """Read the input form of a graph, and show it; an incomplete one may come first."""
        self.reading.update(_READING)
        try:
            async for form in self.desk.input_forms(graph):
                await self._take_form(graph, form)
        except HitlError as error:
            self.banner.show_unread(error)
            self.reading.update(_NOT_READ)
            self.release_keys()

    async def _take_form(self, graph: Graph, form: InputForm) -> None:
        """Show the form of a graph, or complete the one in view."""
        if incomplete := self._forms.get(graph):
            if not form.incomplete:
                await incomplete.complete(form)
                self.show_input()
            return
        given = self._given
        same = given is not None and given.graph.assistant_id == graph.assistant_id
        self._forms[graph] = shown = RunForm(form, given if same else None)
        shown.display = False
        await self.form_container.mount(shown)
        self._show_form(shown)
        if self.session.early_keys.holding:  # the user has gone to the form already
            self.call_after_refresh(shown.take_focus)
            self.release_keys()

    @on(RunForm.Changed)
    def show_input(self) -> None:
        """Show what will be sent, or what is missing."""
        if self.form is None or not self.form.is_mounted:
            return
        try:
            value, stops, context = self.form.read()
        except NotReady as problem:
            self.send_bar.block(str(problem))
        else:
            parts = [
                f"stops {when} {one_line(', '.join(nodes), 40)}"
                for when, nodes in (("before", stops.before), ("after", stops.after))
                if nodes
            ]
            if context:
                parts.insert(0, f"context {one_line(json_text(context, indent=None), 60)}")
            self.send_bar.show(value, ", ".join(parts))
        self.refresh_bindings()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to start a graph that was chosen, and JSON where the input also has fields."""
        if action == "start":
            return self.form is not None
        if action == "toggle_json":
            return self.form is not None and self.form.has_fields
        return super().check_action(action, parameters)

    @on(SendBar.Pressed)
    def action_start(self) -> None:
        """Request the run, or show what is wrong with its input."""
        if self.form is None:
            return
        self.form.touch_all()
        self.show_input()
        if self.send_bar.blocked:
            return
        value, stops, context = self.form.read()
        thread_id = self._thread.thread_id if self._thread is not None else ""
        self.post_message(
            RunRequested(self.form.input_form.graph, value, stops, context, thread_id)
        )

    def action_toggle_json(self) -> None:
        """Give the input as JSON, or in fields."""
        if self.form is not None:
            self.form.toggle_json()

    def action_back(self) -> None:
        """Go back to the inbox."""
        self.app.pop_screen()
