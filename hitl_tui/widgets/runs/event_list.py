"""The events of a thread's runs, the newest at the end and in view."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from hitl_engine.visible import one_line
from hitl_tui.state.run_events import RunEvents, SeenEvent
from hitl_tui.text.durations import duration
from hitl_tui.text.fitting import padded, shortened
from hitl_tui.widgets.item_list import ItemList, moving_keys

_SIGNS = {
    "started": ("▶", "running"),
    "finished": ("✓", "done"),
    "failed": ("✕", "failed"),
    "custom": ("·", "muted"),
    "printed": ("│", "muted"),
    "stopped": ("■", "stopped"),
}
_TIME = 8
_TOOK = 7
_NARROW = 64
"""Below this width in cells, columns would leave no space for what came with an event."""


class EventList(ItemList):
    """Shows a row for each event that is kept; a search leaves out others."""

    HEADINGS = 0
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "events--selected",
        "events--muted",
        "events--running",
        "events--done",
        "events--failed",
        "events--stopped",
    }
    DEFAULT_CSS = """
    EventList {
        & > .events--selected { background: $panel; }
        &:focus > .events--selected { background: $primary 15%; }
        & > .events--muted { color: $foreground 60%; }
        & > .events--running { color: $text-primary; }
        & > .events--done { color: $text-success; }
        & > .events--failed { color: $text-error; }
        & > .events--stopped { color: $text-accent; }
    }
    """
    HELP = """\
    ### What a run does
    A row for each event, with the time since the run began: a node starts `▶`, ends `✓`, fails `✕`,
    asks or stops `■`, sends something `·`, or prints a line `│`. The newest event is in view until you
    move up; **G** goes back to it. **/** searches; **enter** shows all of an event.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Show", tooltip="Show all of the event", id="events.show"),
        *moving_keys("events", "event"),
        Binding(
            "slash",
            "search",
            "Search",
            key_display="/",
            tooltip="List only events that contain a text",
            id="events.search",
        ),
    ]

    class SearchRequested(Message):
        """The user asked for the line for a text."""

    class Opened(Message):
        """The user asked to see all of this event."""

        def __init__(self, event: SeenEvent) -> None:
            super().__init__()
            self.event = event

    def __init__(self, events: RunEvents) -> None:
        super().__init__()
        self._events = events
        self._listed: Sequence[SeenEvent] = ()
        self._search = ""
        self._node = 8

    @property
    def event(self) -> SeenEvent | None:
        """The selected event."""
        return self._listed[self.selected] if self._listed else None

    @property
    def found(self) -> int:
        """How many events are listed."""
        return len(self._listed)

    def search(self, text: str) -> None:
        """List only events that contain this text, in any case of letters."""
        self._search = text.casefold().strip()
        self.events_changed()

    def events_changed(self) -> None:
        """List the events that are kept now; the newest is selected if it was before."""
        before, at_end = self.event, self.selected >= len(self._listed) - 1
        kept = list(self._events.kept)
        text = self._search
        self._listed = [event for event in kept if event.contains(text)] if text else kept
        names = (len(event.progress.node) for event in self._listed[-200:])
        self._node = max(8, min(28, max(names, default=8)))
        last = len(self._listed) - 1
        if at_end or before is None:
            self.items_changed(last)
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        else:
            missing = self._listed[0].number if self._listed and not text else None
            index = before.number - missing if missing is not None else self.selected
            self.items_changed(max(0, min(index, last)))

    # Drawing

    @property
    def length(self) -> int:
        """How many events are listed."""
        return len(self._listed)

    def fit_columns(self, width: int) -> None:
        """The columns fit any width."""

    def look_of(self, index: int) -> Hashable:
        """Return the number of the event, which never changes."""
        return (self._listed[index].number, self._node)

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw an event."""
        event = self._listed[index]
        base = self.get_component_rich_style("events--selected") if selected else self.rich_style
        sign, colour = _SIGNS[event.progress.kind]
        kind = self._colour(colour)
        failed = event.progress.kind == "failed"
        parts = [
            Segment(f"{f'+{event.after:.2f}s':>{_TIME}} ", base + self._colour("muted")),
            Segment(f"{sign} ", base + kind),
            *self._node_parts(event, base, in_columns=width >= _NARROW),
        ]
        left = max(0, width - Segment.get_line_length(parts))
        detail = shortened(event.detail, left)
        parts.append(Segment(detail, base + (kind if failed else Style.null())))
        return Strip(parts).adjust_cell_length(width, base)

    def _node_parts(self, event: SeenEvent, base: Style, *, in_columns: bool) -> list[Segment]:
        """Return the node and how long it took; what came without a node begins in their place."""
        node = one_line(event.progress.node, 120)
        took = duration(event.seconds) if event.seconds is not None else ""
        if not node:
            return []
        if in_columns:
            node, took = padded(node, self._node), f"{took:>{_TOOK}}"
        muted = base + self._colour("muted")
        return [Segment(f"{node} ", base), *([Segment(f"{took} ", muted)] if took else [])]

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(f"events--{name}").color)

    # Asking

    def action_choose(self) -> None:
        """Show all of the selected event."""
        if self.event is not None:
            self.post_message(self.Opened(self.event))

    def action_search(self) -> None:
        """Ask for the text to search."""
        self.post_message(self.SearchRequested())
