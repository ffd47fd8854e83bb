"""The breakpoints of a new run: picked from the nodes of its graph, or typed where these are unknown."""

from collections.abc import Hashable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from hitl_engine.model import NO_BREAKPOINTS, Breakpoints, InputForm
from hitl_engine.visible import one_line
from hitl_tui.state.breakpoint_cycle import EVERY, next_breakpoints
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.fitting import padded
from hitl_tui.widgets.item_list import ItemList, moving_keys
from hitl_tui.widgets.line_input import LineInput

_MOST_ROWS = 12
_EVERY_NODE = "every node"
_SWITCHED_OFF = (
    "Stop at one node at least: the graph was compiled with breakpoints, and a run cannot switch all"
    " of them off."
)


class NodePicker(ItemList):
    """Shows a row for each node of a graph, after one for all of them, with its breakpoint."""

    HEADINGS = 0
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "node-picker--selected",
        "node-picker--sign",
        "node-picker--muted",
    }
    DEFAULT_CSS = """
    NodePicker {
        & > .node-picker--selected { background: $panel; }
        &:focus > .node-picker--selected { background: $primary 15%; }
        & > .node-picker--sign { color: $text-error; }
        & > .node-picker--muted { color: $foreground 50%; }
    }
    """
    HELP = """\
    ### Breakpoints
    **Space** sets the breakpoint of the selected node: before it, after it, or none. `▲` stops
    before a node, `▼` after it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving_keys("stops", "node"),
        Binding(
            "space,enter,b",
            "choose",
            "Breakpoint",
            key_display="space",
            tooltip="Stop before the selected node, after it, or not at all",
            id="stops.set",
        ),
    ]

    class Changed(Message):
        """The user set a breakpoint, or removed one."""

    def __init__(self, nodes: tuple[str, ...], compiled: Breakpoints, chosen: Breakpoints) -> None:
        super().__init__()
        self._rows = (EVERY, *nodes)
        self._compiled = compiled
        self.chosen = chosen
        """The breakpoints of the run."""
        self.styles.height = min(len(self._rows), _MOST_ROWS)

    @property
    def length(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def fit_columns(self, width: int) -> None:
        """A row has no columns that depend on its width."""

    def draw_headings(self, width: int) -> Strip:
        """There are none."""
        return Strip.blank(width)

    def look_of(self, index: int) -> Hashable:
        """A row looks different with another breakpoint."""
        return self._rows[index], self._words(self._rows[index])

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw the signs, the name, and in words when the run stops."""
        node = self._rows[index]
        base = self._style("selected") if selected else self.rich_style
        ground = Style(bgcolor=base.bgcolor)
        before = "▲" if node in self.chosen.before else " "
        after = "▼" if node in self.chosen.after else " "
        name = _EVERY_NODE if node == EVERY else one_line(node, 60)
        segments = [
            Segment(f"{before}{after} ", self._style("sign") + ground),
            Segment(padded(name, min(30, max(10, width // 2))), self.rich_style + ground),
            Segment(f"  {self._words(node)}", self._style("muted") + ground),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style + ground)

    def _words(self, node: str) -> str:
        when = {"before": self.chosen.before, "after": self.chosen.after}
        words = " and ".join(name for name, nodes in when.items() if node in nodes)
        if node in (*self._compiled.before, *self._compiled.after):
            return f"stops {words}, as compiled" if words else "compiled in, not in this run"
        return f"stops {words}" if words else ""

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"node-picker--{name}")

    def action_choose(self) -> None:
        """Set the next kind of breakpoint on the selected node."""
        self.chosen = next_breakpoints(self.chosen, self._rows[self.selected])
        self.refresh_row(self.selected)
        self.post_message(self.Changed())


class NodeLine(Vertical):
    """Takes the names of nodes, where the server does not tell which there are."""

    DEFAULT_CSS = """
    NodeLine { height: auto; margin-bottom: 1; .title { height: 1; text-style: bold; } }
    """

    def __init__(self, title: str, given: tuple[str, ...]) -> None:
        super().__init__()
        self.line = LineInput()
        self._title = title
        self._given = given

    def compose(self) -> ComposeResult:
        """Put the title above."""
        yield Static(Content(self._title), classes="title")
        yield self.line

    def on_mount(self) -> None:
        """Begin with the given nodes."""
        self.line.load(", ".join(self._given))

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that were typed."""
        return tuple(name.strip() for name in self.line.text.split(",") if name.strip())


class BreakpointChoice(Vertical):
    """The breakpoints of a run; at first the given ones, or those that the graph was compiled with."""

    DEFAULT_CSS = """
    BreakpointChoice {
        height: auto;
        border-top: solid $foreground 20%;
        border-title-color: $foreground 70%;
        border-title-style: bold;
        margin-bottom: 1;
        #about { height: auto; color: $foreground 60%; }
        #problem { display: none; color: $text-error; height: auto; }
        &.-wrong #problem { display: block; }
    }
    """

    def __init__(self, input_form: InputForm, given: Breakpoints | None = None) -> None:
        super().__init__()
        compiled = input_form.compiled or NO_BREAKPOINTS
        chosen = compiled if given is None else given
        self._compiled = compiled
        known = input_form.compiled is not None and bool(input_form.nodes)
        self.picker = NodePicker(input_form.nodes, compiled, chosen) if known else None
        self.before = NodeLine("Stop before", chosen.before)
        self.after = NodeLine("Stop after", chosen.after)
        self._problem = Static(Content(_SWITCHED_OFF), id="problem", markup=False)
        self.border_title = Content("Breakpoints of this run")

    def compose(self) -> ComposeResult:
        """Show the nodes, or lines for their names."""
        if self.picker is not None:
            yield self.picker
        else:
            yield Static(
                "The server does not report the nodes of this graph or the breakpoints that it was"
                " compiled with: those that you name here replace them. Separate with commas; * for"
                " all nodes.",
                id="about",
                markup=False,
            )
            yield self.before
            yield self.after
        yield self._problem

    def read(self) -> Breakpoints:
        """Return the breakpoints. Raises NotReady if all that were compiled in were removed."""
        chosen = (
            self.picker.chosen
            if self.picker is not None
            else Breakpoints(self.before.nodes, self.after.nodes)
        )
        is_wrong = any(
            compiled and not left
            for compiled, left in (
                (self._compiled.before, chosen.before),
                (self._compiled.after, chosen.after),
            )
        )
        self.set_class(is_wrong, "-wrong")
        if is_wrong:
            raise NotReady(f"Breakpoints: {_SWITCHED_OFF}")
        return chosen
