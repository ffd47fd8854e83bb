"""Read-only text, whole: hard-wrapped, numbered, drawn line by line, never interpreted."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.cache import LRUCache
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from engine.model import JsonValue
from engine.visible import json_text, visible
from hitl_tui.json_parts import JsonParts, Part
from hitl_tui.rows import WHOLE, Rows, cut_anywhere, cut_loosely

_ESCAPED = re.compile(r"\\u\{[0-9A-F]{1,6}\}")
_ESCAPED_AT_MOST = len("\\u{10FFFF}")
COLOUR_OF = {
    Part.KEY: "key",
    Part.STRING: "string",
    Part.NUMBER: "number",
    Part.HIDDEN: "escaped",
}
"""The colours of JSON that is read; of the escapes in it, those stand out that hide something."""


class Look(Enum):
    """How the lines of a text are coloured."""

    PLAIN = "plain"
    JSON = "json"
    DIFF = "diff"


class TextView(Widget):
    """Shows a text of any length; only the rows on screen are ever drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--gutter",
        "text-view--key",
        "text-view--string",
        "text-view--number",
        "text-view--escaped",
        "text-view--added",
        "text-view--removed",
        "text-view--place",
    }
    DEFAULT_CSS = """
    TextView {
        height: auto;
        width: 1fr;
        & > .text-view--gutter { color: $foreground 35%; }
        & > .text-view--key { color: $text-primary; }
        & > .text-view--string { color: $foreground; }
        & > .text-view--number { color: $text-accent; }
        & > .text-view--escaped { color: $text-warning; text-style: bold; }
        & > .text-view--added { color: $text-success; }
        & > .text-view--removed { color: $text-error; }
        & > .text-view--place { color: $foreground 50%; }
    }
    """

    def __init__(self, *, numbered: bool = False) -> None:
        super().__init__()
        self._numbered = numbered
        self._look = Look.PLAIN
        self._lines: list[str] = [""]
        self._rows = Rows()
        self._parts = JsonParts()
        self._wrapped_for = -1
        self._strips: LRUCache[int, Strip] = LRUCache(512)

    def show_text(self, text: str, look: Look = Look.PLAIN) -> None:
        """Show `text` with every hidden character made visible."""
        self._set(visible(text).replace("\t", "→   "), look)

    def show_lines(self, lines: list[str]) -> None:
        """Show lines that are visible text already."""
        self._set("\n".join(lines), Look.PLAIN)

    def show_json(self, value: JsonValue, *, indent: int | None = 2) -> None:
        """Show exactly the JSON of `value`."""
        self._set(json_text(value, indent=indent), Look.JSON)

    @property
    def text(self) -> str:
        """What is shown, with line ends only where the text has them."""
        return "\n".join(self._lines)

    @property
    def line_count(self) -> int:
        """How many lines the text has, before wrapping."""
        return len(self._lines)

    def _set(self, text: str, look: Look) -> None:
        self._lines = text.split("\n")
        self._look = look
        self._wrapped_for = -1
        self._parts.forget()
        self._strips.clear()
        self.refresh(layout=True)

    # Layout

    @property
    def _gutter_width(self) -> int:
        return len(str(len(self._lines))) + 2 if self._numbered else 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Count the rows that the text takes at this width."""
        self._wrap(width)
        return self._rows.height

    def _wrap(self, width: int) -> None:
        room = max(4, width - self._gutter_width)
        if room == self._wrapped_for:
            return
        cut = cut_anywhere if self._look is Look.JSON else cut_loosely
        self._rows = Rows(
            WHOLE if len(line) <= room and line.isascii() else cut(line, room)
            for line in self._lines
        )
        self._wrapped_for = room
        self._strips.clear()

    # Drawing

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old colours."""
        self._strips.clear()
        super().notify_style_update()

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw anew what is selected."""
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row; rows are cached until text, width, theme or selection change."""
        self._wrap(self.size.width)
        if y >= self._rows.height:
            return Strip.blank(self.size.width, self.rich_style)
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._draw(y)
        return strip

    def _draw(self, y: int) -> Strip:
        number, start, end = self._row(y)
        text = self._lines[number][start:end]
        styles = self._character_styles(number, start, end)
        if self.text_selection is not None and (span := self.text_selection.get_span(y)):
            first, last = span
            chosen = self.screen.get_component_rich_style("screen--selection")
            for index in range(first, len(text) if last == -1 else min(last, len(text))):
                styles[index] += chosen
        body = Strip(_segments(text, styles), cell_len(text)).apply_offsets(0, y)
        if self._numbered:
            label = str(number + 1) if start == 0 else "⋮"
            gutter = Segment(
                f"{label:>{self._gutter_width - 2}}  ",
                self.get_component_rich_style("text-view--gutter"),
            )
            body = Strip.join([Strip([gutter], self._gutter_width), body])
        return body.extend_cell_length(self.size.width, self.rich_style)

    def _row(self, y: int) -> tuple[int, int, int]:
        """Return which line row `y` shows, from where to where."""
        number, part = self._rows.at(y)
        return number, *self._rows.span(number, part, len(self._lines[number]))

    def _character_styles(self, number: int, start: int, end: int) -> list[Style]:
        line = self._lines[number]
        styles = [self._line_style(line)] * (end - start)
        for first, last, name in self._spans(number, start, end):
            style = self.get_component_rich_style(f"text-view--{name}")
            for index in range(max(first, start), min(last, end)):
                styles[index - start] = style
        return styles

    def _line_style(self, line: str) -> Style:
        if self._look is Look.DIFF and line[:1] in _DIFF_STYLES:
            return self.get_component_rich_style(f"text-view--{_DIFF_STYLES[line[:1]]}")
        return self.rich_style

    def _spans(self, number: int, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        line = self._lines[number]
        if self._look is Look.JSON:
            for first, last, part in self._parts.spans(number, line, start, end):
                if part in COLOUR_OF:
                    yield first, last, COLOUR_OF[part]
        else:
            for first, last in escapes(line, start, end):
                yield first, last, "escaped"

    # Copying

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text; rows of one line are joined again."""
        parts: list[str] = []
        for y in range(self._rows.height):
            if (span := selection.get_span(y)) is None:
                continue
            number, start, end = self._row(y)
            if parts and start == 0:
                parts.append("\n")
            first, last = span
            parts.append(self._lines[number][start:end][first : None if last == -1 else last])
        return "".join(parts), "\n"


def escapes(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Return where the escapes are that visible text shows from `start` to `end`."""
    for match in _ESCAPED.finditer(line, max(0, start - _ESCAPED_AT_MOST), end + _ESCAPED_AT_MOST):
        yield match.span()


_DIFF_STYLES = {"+": "added", "-": "removed", "@": "place"}


def _segments(text: str, styles: list[Style]) -> list[Segment]:
    segments: list[Segment] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or styles[index] is not styles[start]:
            segments.append(Segment(text[start:index], styles[start]))
            start = index
    return segments


def titled(title: str, detail: str = "", colour: str = "$foreground 60%") -> Content:
    """Return the words of a frame: what it holds, and a word about that."""
    return Content.assemble(title, (f"  {detail}" if detail else "", f"not bold {colour}"))


class TextPane(VerticalScroll, can_focus=True):
    """A titled, scrolling frame around one text."""

    DEFAULT_CSS = """
    TextPane {
        height: 1fr;
        border-top: solid $foreground 20%;
        border-title-color: $foreground 70%;
        border-title-style: bold;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus {
            border-top: solid $accent;
            border-title-color: $accent;
        }
    }
    """
    HELP = """\
    ### A text to read
    Arrow keys, page up and page down scroll it. Every character is shown: what a terminal
    could obey or hide is written as `\\u{...}`. Select with the mouse, copy with ctrl+c.
    """

    def __init__(
        self,
        title: str = "",
        *,
        numbered: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.view = TextView(numbered=numbered)
        self.border_title = Content(title)

    def compose(self) -> ComposeResult:
        """Hold the one text."""
        yield self.view

    def entitle(self, title: str, detail: str = "") -> None:
        """Set the words in the frame; they are ours, or visible text."""
        self.border_title = titled(title, detail)

    def show_text(self, text: str, look: Look = Look.PLAIN) -> None:
        """Show `text` with every hidden character made visible."""
        self.view.show_text(text, look)

    def show_lines(self, lines: list[str]) -> None:
        """Show lines that are visible text already."""
        self.view.show_lines(lines)

    def show_json(self, value: JsonValue, *, indent: int | None = 2) -> None:
        """Show exactly the JSON of `value`."""
        self.view.show_json(value, indent=indent)
