"""Which questions of a thread wait, which are decided, and which one is in view."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from hitl_engine.visible import one_line

_MOST_ROWS = 3


class QuestionTabs(Widget):
    """A tab for each question, in a few rows; out of sight where there is only one."""

    DEFAULT_CSS = """
    QuestionTabs { display: none; height: auto; padding: 0 1; }
    QuestionTabs.-shown { display: block; }
    """

    @dataclass
    class Picked(Message):
        """This question is to be shown."""

        index: int

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._shown = 0
        self._decided = 0

    def show(self, places: list[str], shown: int, decided: list[bool]) -> None:
        """Show a tab for the place of each question, and which of them are decided."""
        self._names = [
            f" {'✓' if held else '·'} {index + 1}/{len(places)} {one_line(place, 36)} "
            for index, (place, held) in enumerate(zip(places, decided, strict=False))
        ]
        self._shown = shown
        self._decided = sum(decided)
        self.set_class(len(places) > 1, "-shown")
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Count the rows, with the words about what is decided."""
        return len(self._rows(width)) + bool(self._decided)

    def _rows(self, width: int) -> list[list[int]]:
        """Pack the tabs into rows; of many rows those around the one in view."""
        rows: list[list[int]] = [[]]
        room = width
        for index, name in enumerate(self._names):
            room -= cell_len(name)
            if room < 0 and rows[-1]:
                rows.append([])
                room = width - cell_len(name)
            rows[-1].append(index)
        here = next((n for n, row in enumerate(rows) if self._shown in row), 0)
        first = max(0, min(here - 1, len(rows) - _MOST_ROWS))
        return rows[first : first + _MOST_ROWS]

    def render(self) -> Content:
        """Draw the tabs; the one in view is turned round."""
        lines = [
            Content.assemble(*((self._names[index], self._style(index)) for index in row))
            for row in self._rows(self.content_size.width)
        ]
        if self._decided:
            words = f" {self._decided} decided, not sent: ^l looks over and sends"
            lines.append(Content.styled(words, "$text-warning"))
        return Content("\n").join(lines)

    def _style(self, index: int) -> str:
        return "bold reverse $accent" if index == self._shown else "$foreground 60%"

    def on_click(self, event: events.Click) -> None:
        """Show the question under the mouse."""
        rows = self._rows(self.content_size.width)
        place = event.x - self.styles.padding.left
        for index in rows[event.y] if event.y < len(rows) else ():
            place -= cell_len(self._names[index])
            if place < 0:
                self.post_message(self.Picked(index))
                return
