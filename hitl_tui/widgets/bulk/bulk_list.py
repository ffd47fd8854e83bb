"""The list of the items that are decided on together: what each asks, gets, and came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList

from hitl_engine.model import Breakpoint, Item, PlannedDecision, Waiting
from hitl_engine.visible import one_line
from hitl_tui.state.plan import planned_line
from hitl_tui.text.item_summary import item_line
from hitl_tui.text.literal import short_id

_ROOM_FOR_BOTH = 20
"""Cells from which on graph and node can be told by their beginnings."""


class RowStatus(Enum):
    """How an item stands: the words and the theme colour that say so."""

    WAITING = ("", "")
    OUT = ("· left out, and no longer marked", "$foreground 60%")
    GONE = ("· no longer waits, or has changed: left out", "$text-warning")
    SENDING = ("▶ under way", "$text-primary")
    APPLIED = ("✓ applied", "$text-success")
    DIVERGED = ("! applied, but otherwise than decided", "$text-warning")
    REFUSED = ("✕ refused", "$text-error")
    UNKNOWN = ("? unknown", "$text-error")
    UNSENT = ("· not sent, still marked", "$text-warning")


@dataclass(eq=False)
class BulkRow:
    """One item, and how it stands."""

    item: Item
    planned: PlannedDecision | None = None
    """What it gets, once that has been chosen."""
    standing: RowStatus = RowStatus.WAITING
    said: str = ""
    """What came of it, or what its run does; may hold untrusted text."""

    @property
    def waiting(self) -> Waiting:
        """What waits there."""
        return self.item if isinstance(self.item, Breakpoint) else self.item.interrupt

    @property
    def taken(self) -> bool:
        """Whether it is decided on with the others."""
        return self.standing not in (RowStatus.OUT, RowStatus.GONE)

    @property
    def name(self) -> str:
        """What it is called among others: graph, node and thread."""
        return self.named(60)

    def named(self, room: int) -> str:
        """Return its name, graph and node cut to `room` cells together, or the graph alone."""
        graph = one_line(self.waiting.graph_id, 200)
        if room < _ROOM_FOR_BOTH:
            return f"{_cut(graph, room)} {short_id(self.waiting.thread_id)}"
        graph = _cut(graph, room // 2)
        node = _cut(one_line(self.waiting.node, 200), room - 3 - cell_len(graph))
        return f"{graph} ▸ {node} {short_id(self.waiting.thread_id)}"


class BulkList(OptionList):
    """Shows a row for each item; says which one to look at, and which to take out."""

    DEFAULT_CSS = """
    BulkList {
        height: 1fr; min-height: 2; border: none; padding: 0; background: $background;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
        &:focus { border: none; background: $background; background-tint: $background 0%; }
        & > .option-list--option-highlighted { background: $panel; color: $foreground; }
        &:focus > .option-list--option-highlighted {
            background: $primary 25%; color: $foreground; text-style: none;
        }
    }
    """
    HELP = """\
    ### Deciding on several items together
    Each line names an item and says what it gets. **Enter** shows one whole, with the exact JSON
    that is sent; **space** takes it out, or back in.

    Choose with the keys below the list what all of them get: nothing is chosen until you do. The
    key of a way that is not offered says why. **ctrl+s** sends: each item gets a decision of its
    own, a few at a time. **x** stops before the next one.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Look", tooltip="Show the item whole", id="bulk.look"),
        Binding(
            "space", "turn_out", "Take out", tooltip="Take the item out, or back in", id="bulk.out"
        ),
    ]

    @dataclass
    class Looked(Message):
        """Somebody wants to see this item whole."""

        row: BulkRow

    @dataclass
    class TurnedOut(Message):
        """This item is to be taken out, or back in."""

        row: BulkRow

    fixed: reactive[bool] = reactive(False, repaint=False, bindings=True)
    """Nothing can be taken out any more."""

    def __init__(self) -> None:
        super().__init__(id="items", markup=False)
        self.rows: tuple[BulkRow, ...] = ()

    @property
    def row(self) -> BulkRow | None:
        """The row under the cursor."""
        return self.rows[self.highlighted] if self.highlighted is not None else None

    def show_rows(self, rows: Sequence[BulkRow]) -> None:
        """Show other rows."""
        self.rows = tuple(rows)
        self.set_options(self._line(number) for number in range(len(rows)))
        self.highlighted = 0 if rows else None

    def redraw(self, *rows: BulkRow) -> None:
        """Show how these stand now; without any, all."""
        for number, row in enumerate(self.rows):
            if not rows or row in rows:
                self.replace_option_prompt_at_index(number, self._line(number))

    def on_resize(self, event: events.Resize) -> None:
        """Use the width there is."""
        self.redraw()

    def action_turn_out(self) -> None:
        """Say that the item under the cursor is to be taken out, or back in."""
        if self.row is not None:
            self.post_message(self.TurnedOut(self.row))
            self.action_cursor_down()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to take out until it is decided."""
        return not self.fixed if action == "turn_out" else True

    @on(OptionList.OptionSelected)
    def look(self, event: OptionList.OptionSelected) -> None:
        """Say which one is wanted."""
        event.stop()
        self.post_message(self.Looked(self.rows[event.option_index]))

    # Drawing

    def _line(self, number: int) -> Content:
        row = self.rows[number]
        place = f" {number + 1:>{len(str(len(self.rows)))}}  "
        off = "" if row.taken else "$foreground 50%"
        below = f"\n{' ' * len(place)}"
        cautions = row.planned.cautions if row.planned and row.standing is RowStatus.WAITING else ()
        return Content.assemble(
            (place, "$foreground 50%"),
            (row.named(max(12, min(self.size.width // 3, 60))), off or "$foreground 70%"),
            "  ",
            (item_line(row.item), off),
            below,
            *_outlook(row),
            *((f"{below}! {one_line(each, 400)}", "$text-warning") for each in cautions),
        )


def _outlook(row: BulkRow) -> list[tuple[str, str]]:
    """Return what an item gets, or how it stands."""
    words, colour = row.standing.value
    if row.standing is not RowStatus.WAITING:
        said = f": {one_line(row.said, 400)}" if row.said else ""
        return [(words + said, colour)]
    if row.planned is None:
        return [("·", "$foreground 50%")]
    if row.planned.fault:
        return [(f"✕ {planned_line(row.planned)}", "$text-error")]
    return [("→ ", "$accent"), (planned_line(row.planned), "")]


def _cut(text: str, room: int) -> str:
    return text if cell_len(text) <= room else set_cell_size(text, max(0, room - 1)) + "…"
