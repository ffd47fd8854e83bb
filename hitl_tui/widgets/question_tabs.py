"""The questions of a thread as tabs: which are decided, and which one is in view."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

_MAX_ROWS = 3
_MAX_CELLS = 36
"""Of the text of a tab."""
_MAX_ROWS_SHORT = 1
"""On a short screen: the question needs the space."""


class QuestionTabs(Widget):
    """Shows a tab for each question, in a few rows; hidden if there is only one question."""

    DEFAULT_CSS = """
    QuestionTabs { display: none; height: auto; padding: 0 1; }
    QuestionTabs.-shown { display: block; }
    """

    @dataclass
    class Picked(Message):
        """The user clicked the tab of this question."""

        index: int

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._shown = 0
        self._decided = 0

    def show(self, texts: list[str], shown: int, decided: list[bool]) -> None:
        """Show a tab with each of these visible texts; those of decided questions have a check mark."""
        self._names = [
            f" {'✓' if held else '·'} {index + 1}/{len(texts)} {_cut(text, _MAX_CELLS)} "
            for index, (text, held) in enumerate(zip(texts, decided, strict=False))
        ]
        self._shown = shown
        self._decided = sum(decided)
        self.set_class(len(texts) > 1, "-shown")
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Count the rows of tabs, and the line below them."""
        return len(self._rows(width)) + bool(self._decided)

    def _rows(self, width: int) -> list[list[int]]:
        """Return the indexes of the tabs in each row; of many rows, those near the one in view."""
        rows: list[list[int]] = [[]]
        left = width
        for index, name in enumerate(self._names):
            left -= cell_len(name)
            if left < 0 and rows[-1]:
                rows.append([])
                left = width - cell_len(name)
            rows[-1].append(index)
        here = next((n for n, row in enumerate(rows) if self._shown in row), 0)
        most = _MAX_ROWS_SHORT if self.screen.has_class("-short") else _MAX_ROWS
        first = max(0, min(here - most // 2, len(rows) - most))
        return rows[first : first + most]

    def render(self) -> Content:
        """Draw the tabs; the one in view has reversed colours."""
        width = self.content_size.width
        lines = [
            Content.assemble(
                *((_cut(self._names[index], width), self._style(index)) for index in row)
            )
            for row in self._rows(width)
        ]
        if self._decided:
            count = f"{self._decided} of {len(self._names)}"
            text = f" {count} decided. ^l to review and send"
            lines.append(Content.styled(text, "$text-warning"))
        return Content("\n").join(lines)

    def _style(self, index: int) -> str:
        return "bold reverse $accent" if index == self._shown else "$foreground 60%"

    def on_click(self, event: events.Click) -> None:
        """Show the question under the mouse."""
        rows = self._rows(self.content_size.width)
        x = event.x - self.styles.padding.left
        for index in rows[event.y] if event.y < len(rows) else ():
            x -= cell_len(self._names[index])
            if x < 0:
                self.post_message(self.Picked(index))
                return


def _cut(text: str, width: int) -> str:
    return Content(text).truncate(width, ellipsis=True).plain
