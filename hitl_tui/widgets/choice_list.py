"""A list of choices that are all in view; the user picks one or several."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from hitl_engine.visible import visible
from hitl_tui.widgets.keeps_seen import KeepsRowsSeen
from hitl_tui.widgets.outer_scroll import scroll_around, scroll_to_rows

_NUMBERED = 9
"""Choices that have a number key."""
_GAP = 3
_UNKNOWN_WIDTH = 80
"""The width that is assumed before layout."""


class ChoiceList(KeepsRowsSeen, Widget, can_focus=True):
    """Shows choices, next to each other or a row each. None is picked at first.

    On request (`keep_seen`), it keeps which rows were on the screen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice-list--cursor"}
    DEFAULT_CSS = """
    ChoiceList {
        height: auto;
        width: 1fr;
        padding: 0 1;
        background: $surface;
        & > .choice-list--cursor { color: $foreground; }
        &:focus { background: $panel; }
        &:focus > .choice-list--cursor { background: $primary 40%; color: $foreground; text-style: bold; }
    }
    """
    HELP = """\
    ### A choice
    The arrow keys move, **space** picks, **enter** goes to the next field. If the choices have
    numbers, a number picks too. Picking a picked choice unpicks it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "pick",
            "Pick",
            tooltip="Choose the highlighted choice, or clear it",
            id="pick.pick",
        ),
        Binding(
            "up,left",
            "move(-1)",
            "Before",
            show=False,
            tooltip="To the previous choice",
            id="pick.before",
        ),
        Binding(
            "down,right",
            "move(1)",
            "After",
            show=False,
            tooltip="To the next choice",
            id="pick.after",
        ),
        Binding("enter", "leave", "Next", show=False, tooltip="To the next field", id="pick.leave"),
    ]

    class Changed(Message):
        """The user picked or unpicked a choice."""

    cursor: reactive[int] = reactive(0)
    picked: reactive[frozenset[int]] = reactive(frozenset)
    """Which choices are picked; more than one only with `several`."""

    def __init__(
        self,
        labels: tuple[str, ...],
        picked: frozenset[int] = frozenset(),
        *,
        several: bool = False,
        across: bool = False,
    ) -> None:
        super().__init__()
        self._labels = [visible(label) or '""' for label in labels]
        self._several = several
        self._across = across
        self._rows: list[list[tuple[int, Content]]] = []
        self._counted = (0, 0)
        """A width, and how many rows there are at it: marks and colours do not change that."""
        self.set_reactive(ChoiceList.picked, picked)
        self.set_reactive(ChoiceList.cursor, min(picked, default=0))

    # Drawing

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows the choices have at this width."""
        return self._height(width)

    @property
    def line_count(self) -> int:
        """How many rows the choices have at the width that they have now."""
        return self._height(self.size.width or _UNKNOWN_WIDTH)

    def _height(self, width: int) -> int:
        if self._counted[0] != width:
            self._counted = (width, sum(1 for _ in self._lines(width)))
        return self._counted[1]

    def render(self) -> Content:
        """Draw the choices."""
        self._rows = list(self._lines(self.size.width or _UNKNOWN_WIDTH))
        lines = [
            Content(" " * _GAP).join(part for _, part in row) if row else Content("")
            for row in self._rows
        ]
        return Content("\n").join(lines)

    def _lines(self, width: int) -> Iterator[list[tuple[int, Content]]]:
        """Yield the rows, as parts with the index of their choice."""
        row: list[tuple[int, Content]] = []
        taken = 0
        for index in range(len(self._labels)):
            parts = self._choice(index).wrap(max(8, width))
            size = parts[0].cell_length + _GAP
            if row and (not self._across or len(parts) > 1 or taken + size > width + _GAP):
                yield row
                row, taken = [], 0
            row.append((index, parts[0]))
            taken += size
            for more in parts[1:]:
                yield row
                row, taken = [(index, more)], width
        if row:
            yield row

    def _choice(self, index: int) -> Content:
        chosen = index in self.picked
        marks = "■□" if self._several else "●○"
        number = "" if self._across else f"{index + 1} " if index < _NUMBERED else "  "
        text = Content.assemble(
            (number, "$foreground 60%"),
            (f"{marks[0] if chosen else marks[1]} ", "$text-accent" if chosen else ""),
            (self._labels[index], "bold $text-accent" if chosen else ""),
        )
        if index == self.cursor and self.has_focus:
            return text.stylize(self.get_visual_style("choice-list--cursor"))
        return text

    # Picking

    def pick(self, index: int) -> None:
        """Choose a choice, or clear it."""
        self.cursor = index
        if self._several:
            self.picked = self.picked ^ {index}
        else:
            self.picked = frozenset() if index in self.picked else frozenset({index})
        self.post_message(self.Changed())

    def action_pick(self) -> None:
        """Pick the selected choice."""
        self.pick(self.cursor)

    def action_move(self, by: int) -> None:
        """Select another choice; at the ends, scroll on to what is above and below the choices."""
        before = self.cursor
        self.cursor = max(0, min(before + by, len(self._labels) - 1))
        if self.cursor != before:
            scroll_to_rows(self, *self.cursor_rows)
        elif (outer := scroll_around(self)) is not None:
            outer.scroll_relative(y=by, animate=False)

    @property
    def cursor_rows(self) -> tuple[int, int]:
        """The first row of the selected choice, and how many it has."""
        rows = [y for y, row in enumerate(self._rows) if any(i == self.cursor for i, _ in row)]
        return (rows[0], len(rows)) if rows else (0, 1)

    def action_leave(self) -> None:
        """Go to the next field."""
        self.screen.focus_next()

    def on_key(self, event: events.Key) -> None:
        """Pick by number, if numbers are shown."""
        if not self._across and event.key.isdecimal() and event.key != "0":
            event.stop()
            if int(event.key) <= min(len(self._labels), _NUMBERED):
                self.pick(int(event.key) - 1)

    def on_click(self, event: events.Click) -> None:
        """Pick the choice under the mouse."""
        event.stop()
        offset = event.get_content_offset(self)
        if offset is None or offset.y >= len(self._rows):
            return
        start = 0
        for index, part in self._rows[offset.y]:
            if start <= offset.x < start + part.cell_length:
                self.pick(index)
                return
            start += part.cell_length + _GAP
