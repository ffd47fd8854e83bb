"""Read-only text, shown in full: wrapped, numbered, and never read as markup."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import ClassVar

from textual import on

from hitl_engine.model import JsonValue, json_path
from hitl_engine.visible import json_text
from hitl_tui.text.blanks import count_spaces
from hitl_tui.text.fitting import counted
from hitl_tui.text.highlight import Span
from hitl_tui.text.json_places import path_of_line, value_at
from hitl_tui.text.literal import hidden_words, visible_lines
from hitl_tui.text.rows import WHOLE, Cuts, cut_anywhere, cut_loosely
from hitl_tui.widgets.keeps_seen import KeepsSeen
from hitl_tui.widgets.rows_pane import RowsPane
from hitl_tui.widgets.rows_view import RowsView
from hitl_tui.widgets.titled_pane import titled


class Syntax(Enum):
    """Which colours a text gets."""

    PLAIN = "plain"
    JSON = "json"


class TextView(RowsView):
    """Shows a text of any length; only the rows on screen are ever drawn."""

    COLOUR_PREFIX: ClassVar[str] = "text-view"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--gutter",
        "text-view--key",
        "text-view--string",
        "text-view--number",
        "text-view--escaped",
    }
    DEFAULT_CSS = """
    TextView {
        & > .text-view--gutter { color: $foreground 35%; }
        & > .text-view--key { color: $text-primary; }
        & > .text-view--string { color: $foreground; }
        & > .text-view--number { color: $text-accent; }
        & > .text-view--escaped { color: $text-warning; text-style: bold; }
    }
    """

    def __init__(self, *, numbered: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._numbered = numbered
        self._syntax = Syntax.PLAIN
        self._lines: list[str] = [""]

    def show_text(self, text: str, syntax: Syntax = Syntax.PLAIN) -> None:
        """Show `text` with every hidden character made visible."""
        self._set(visible_lines(text), syntax)

    def show_lines(self, lines: list[str]) -> None:
        """Show lines that are visible text already."""
        self._set([part for line in lines for part in line.split("\n")], Syntax.PLAIN)

    def show_json(self, value: JsonValue, *, indent: int | None = 2) -> None:
        """Show the JSON of `value`, with long runs of spaces counted."""
        lines = json_text(value, indent=indent).split("\n")
        self._set([count_spaces(line) for line in lines], Syntax.JSON)

    @property
    def text(self) -> str:
        """The text that is shown, without the line ends of the wrapping."""
        return "\n".join(self._lines)

    @property
    def line_count(self) -> int:
        """How many lines the text has, before wrapping."""
        return len(self._lines)

    def _set(self, lines: list[str], syntax: Syntax) -> None:
        self._lines = lines
        self._syntax = syntax
        self.forget_seen()
        self.lines_changed()

    # Rows

    @property
    def _gutter_width(self) -> int:
        return len(str(len(self._lines))) + 2 if self._numbered else 0

    def lines_in_view(self) -> Sequence[int]:
        """Return all lines."""
        return range(len(self._lines))

    def line(self, number: int) -> str:
        """Return a line."""
        return self._lines[number]

    def cuts(self, shown: Sequence[int], width: int) -> Iterable[Cuts]:
        """Cut JSON anywhere, other texts at a space if one is near."""
        cells = max(4, width - self._gutter_width)
        cut = cut_anywhere if self._syntax is Syntax.JSON else cut_loosely
        return (
            WHOLE if len(line) <= cells and line.isascii() else cut(line, cells)
            for line in self._lines
        )

    def in_gutter(self, number: int, *, continued: bool) -> str:
        """Return the number of the line, if lines are numbered."""
        if not self._numbered:
            return ""
        label = "⋮" if continued else str(number + 1)
        return f"{label:>{self._gutter_width - 2}}  "

    def spans(self, number: int, start: int, end: int) -> Iterator[Span]:
        """Colour JSON, or the escapes in other texts."""
        line = self._lines[number]
        if self._syntax is Syntax.JSON:
            yield from self.json_spans(number, line, start, end)
        else:
            yield from self.escape_spans(line, start, end)


class TextPane(RowsPane):
    """A frame with a title around one text, which scrolls."""

    HELP = """\
    ### A text to read
    Arrow keys, page up and page down scroll it. Every character is shown: those that a terminal
    could hide or execute are written as `\\u{...}`. **/** searches, **n** and **N** go to the next
    match and the one before. **y** copies the text, or the value in which a match is; ctrl+c copies
    what the mouse selects.
    """
    view: TextView

    def __init__(
        self,
        title: str = "",
        *,
        view: TextView | None = None,
        numbered: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(view or TextView(numbered=numbered), id=id, classes=classes)
        self._title = title
        self._detail = ""
        self._hidden = ""
        self._value: JsonValue = ""
        """What is shown: a text, or the value of the JSON."""
        self.show_title()

    def keep_seen(self) -> None:
        """Keep from now on which rows were on the screen, and show how many were not."""
        self.view.keep_seen()

    def jump_to_end(self) -> None:
        """Show the last row, and count all rows as seen."""
        self.view.count_as_seen()
        self.scroll_end(animate=False)

    @on(KeepsSeen.Seen)
    def rows_seen(self) -> None:
        """Show how many rows are unseen now."""
        self.show_title()

    def set_title(self, title: str, detail: str = "") -> None:
        """Set the title in the frame; both texts are already visible text."""
        self._title, self._detail = title, detail
        self.show_title()

    def show_title(self) -> None:
        """Show the title, and which match of a search is selected."""
        unseen = self.view.unseen
        words = f"{counted(unseen, 'row')} unseen" if unseen else ""
        # the end may be cut
        details = filter(None, (self.search_words, words, self._hidden, self._detail))
        self.border_title = titled(self._title, ", ".join(details))

    def _show_value(self, value: JsonValue, *, hidden: bool = True) -> None:
        self._value = value
        self._hidden = hidden_words(value) if hidden else ""
        self.show_title()
        self.search_again()

    def show_text(self, text: str, syntax: Syntax = Syntax.PLAIN) -> None:
        """Show `text` with every hidden character made visible."""
        self.view.show_text(text, syntax)
        self._show_value(text)

    def show_lines(self, lines: list[str]) -> None:
        """Show lines that are visible text already."""
        self.view.show_lines(lines)
        self._show_value("\n".join(lines), hidden=False)

    def show_json(self, value: JsonValue, *, indent: int | None = 2) -> None:
        """Show the JSON of `value`, with long runs of spaces counted."""
        self.view.show_json(value, indent=indent)
        self._show_value(value)

    def what_is_copied(self) -> tuple[str, JsonValue]:
        """Return the value of the JSON in which the selected match is; else all that is shown."""
        if self.match is None or isinstance(self._value, str):
            return "the whole text", self._value
        path = path_of_line(self._value, self.match.line)
        return json_path(path), value_at(self._value, path)
