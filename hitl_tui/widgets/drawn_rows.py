"""The base of widgets that draw their own rows: what the mouse selects in them, and their style."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget


class _Painted(NamedTuple):
    """What a widget asks for each of its rows; Textual walks through all its parents for each."""

    style: Style
    size: Size
    selection: Selection | None


class DrawnRows(Widget):
    """Draws rows whose text can be selected with the mouse.

    Rows are numbered by a subclass, from the top, also those that are not in view. It has no padding
    at the left or the top: there, Textual takes the line on the screen for the number of the row.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painted: _Painted | None = None
        """Set while the widget is painted."""

    @property
    def rich_style(self) -> Style:
        """The style of the widget where nothing else gives one."""
        return self._painted.style if self._painted else super().rich_style

    @property
    def size(self) -> Size:
        """The size of the content."""
        return self._painted.size if self._painted else super().size

    @property
    def text_selection(self) -> Selection | None:
        """What the mouse has selected."""
        return self._painted.selection if self._painted else super().text_selection

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint lines, all with the same style, size and selection."""
        if not self.is_attached:  # it was removed while the screen was painted
            return [Strip.blank(crop.width)] * crop.height
        self._painted = _Painted(super().rich_style, super().size, super().text_selection)
        try:
            return super().render_lines(crop)
        finally:
            self._painted = None

    def selectable(self, strip: Strip, row: int) -> Strip:
        """Return a drawn row so that the mouse can select its text; what is selected is marked."""
        if self.text_selection is not None and (span := self.text_selection.get_span(row)):
            strip = _marked(strip, *span, self._selected_style)
        return strip.apply_offsets(0, row)

    @property
    def _selected_style(self) -> Style:
        """The ground of Textual's selection; its colour of the text would hide the text."""
        ground = self.screen.get_component_rich_style("screen--selection").bgcolor
        return Style(color=self.rich_style.color, bgcolor=ground)

    def text_select_all(self) -> None:
        """Select nothing: what a second click does is up to the widget."""

    def row_text(self, row: int) -> str:
        """Return the text of a row, in which the mouse selects: visible text, without line ends."""
        raise NotImplementedError

    def rows_between(self, first: int | None, last: int | None) -> Iterable[tuple[int, bool]]:
        """Return the rows from `first` to `last`; None: from the first, or to the last, there is.

        With each: whether it goes on with the line of the row before it, which was cut there.
        """
        raise NotImplementedError

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text, without the line ends of the wrapping."""
        parts: list[str] = []
        first, last = (None if each is None else each.y for each in selection)
        for row, continued in self.rows_between(first, last):
            if (span := selection.get_span(row)) is None:
                continue
            start, end = span
            text = self.row_text(row)[start : None if end == -1 else end]
            parts += ["" if continued or not parts else "\n", text]
        return "".join(parts), "\n"


def _marked(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """Return a strip with another style from one character to another; -1: to its end."""
    segments: list[Segment] = []
    position = 0
    for text, own, control in strip:
        first = min(max(0, start - position), len(text))
        last = len(text) if end == -1 else min(max(first, end - position), len(text))
        marked = style if own is None else own + style
        segments += (
            Segment(piece, each, control)
            for piece, each in ((text[:first], own), (text[first:last], marked), (text[last:], own))
            if piece
        )
        position += len(text)
    return Strip(segments, strip.cell_length)
