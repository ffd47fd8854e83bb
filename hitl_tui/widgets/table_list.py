"""The base of lists whose rows are a few short texts in columns."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Generic

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from hitl_tui.text.columns import Column, Row
from hitl_tui.text.fitting import padded
from hitl_tui.widgets.item_list import ItemList, moving_keys

_AHEAD = 2
"""How many screens before the end of the rows the next ones are asked for."""
_SIGN = 2
"""Cells at the start of a row, for the sign of the selection."""


class _OfList(Message):
    """A message of one list, by which its screen can tell it from others."""

    def __init__(self, control: "TableList[Any]") -> None:
        super().__init__()
        self._control = control

    @property
    def control(self) -> "TableList[Any]":
        """The list."""
        return self._control


class TableList(ItemList, Generic[Row]):
    """Shows rows in columns, under a row of headings; a subclass says which columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table-list--heading",
        "table-list--selected",
        "table-list--muted",
    }
    DEFAULT_CSS = """
    TableList {
        & > .table-list--heading { color: $foreground 50%; }
        & > .table-list--selected { background: $panel; text-style: bold; }
        &:focus > .table-list--selected { background: $primary 15%; text-style: bold; }
        & > .table-list--muted { color: $foreground 70%; }
    }
    """
    HELP = """\
    ### A list
    **Enter** opens the selected row. The next rows are read as you go down.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", tooltip="Open the selected row", id="table.open"),
        *moving_keys("table", "row"),
    ]

    class Opened(_OfList):
        """The user opened the selected row."""

    class Selected(_OfList):
        """Another row is selected, or there are other rows."""

    class EndNear(_OfList):
        """The selection is near the end of the rows that were read."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        *,
        id: str | None = None,
    ) -> None:
        """`key` names a row: it stays selected when rows are shown again."""
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.columns = columns
        self._key = key
        self._widths: list[int] = []
        self._longest: list[int] = []

    @property
    def row(self) -> Row | None:
        """The selected row."""
        return self.rows[self.selected] if self.rows else None

    def show(self, rows: Sequence[Row], *, from_top: bool = False) -> None:
        """Show these rows; the selected one stays selected, unless the list is another one."""
        before = None if from_top or self.row is None else self._key(self.row)
        self.rows = rows
        self._longest = [
            max((cell_len(column.text(row)) for row in rows), default=0) for column in self.columns
        ]
        same = (at for at, row in enumerate(rows) if self._key(row) == before)
        index = 0 if from_top else next(same, self.selected)
        self.items_changed(index)
        self._tell()

    def watch_selected(self, before: int, now: int) -> None:
        """Tell what is selected, and ask for the next rows before the end is reached."""
        super().watch_selected(before, now)
        self._tell()

    def _tell(self) -> None:
        self.post_message(self.Selected(self))
        if self.selected + _AHEAD * max(1, self.size.height) >= len(self.rows):
            self.post_message(self.EndNear(self))

    def action_choose(self) -> None:
        """Open the selected row."""
        if self.row is not None:
            self.post_message(self.Opened(self))

    # Drawing

    @property
    def length(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def fit_columns(self, width: int) -> None:
        """Give each column what its longest text needs, and the last one what is left."""
        left = width - _SIGN
        self._widths = []
        *fixed, _ = self.columns
        for column, longest in zip(fixed, self._longest, strict=False):
            needed = min(max(longest, cell_len(column.heading)), column.widest) + 1
            has_space = longest and width >= column.needs
            taken = min(needed, max(0, left // 2)) if has_space else 0
            self._widths.append(taken)
            left -= taken
        self._widths.append(0 if width < self.columns[-1].needs else max(0, left))

    def draw_headings(self, width: int) -> Strip:
        """Draw the headings."""
        base = self.get_component_rich_style("table-list--heading")
        texts = [column.heading for column in self.columns]
        return self._strip(" " * _SIGN, texts, base, Style.null(), width)

    def look_of(self, index: int) -> Hashable:
        """Return what the row shows."""
        return tuple(column.text(self.rows[index]) for column in self.columns)

    def draw_row(self, index: int, width: int, *, selected: bool) -> Strip:
        """Draw a row."""
        name = "table-list--selected"
        base = self.get_component_rich_style(name) if selected else self.rich_style
        muted = Style(color=self.get_component_rich_style("table-list--muted").color)
        texts = [column.text(self.rows[index]) for column in self.columns]
        return self._strip("▸ " if selected else "  ", texts, base, muted, width)

    def _strip(self, sign: str, texts: list[str], base: Style, muted: Style, width: int) -> Strip:
        segments = [Segment(sign, base)]
        for column, text, cells in zip(self.columns, texts, self._widths, strict=False):
            if cells:
                style = base + muted if column.is_muted else base
                segments.append(Segment(f"{padded(text, cells - 1)} ", style))
        return Strip(segments).adjust_cell_length(width, base)
