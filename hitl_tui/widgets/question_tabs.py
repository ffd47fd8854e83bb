"""Which questions of a thread wait, and which one is in view."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from engine.visible import one_line


class QuestionTabs(Widget):
    """One short line; out of sight where there is only one question."""

    DEFAULT_CSS = """
    QuestionTabs { display: none; height: 1; padding: 0 1; }
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

    def show(self, nodes: list[str], shown: int) -> None:
        """Show a tab for the node of each question."""
        self._names = [
            f" {index + 1}/{len(nodes)} {one_line(node, 24)} " for index, node in enumerate(nodes)
        ]
        self._shown = shown
        self.set_class(len(nodes) > 1, "-shown")
        self.refresh()

    def render(self) -> Content:
        """Draw the tabs; the one in view is turned round."""
        parts = [
            (name, "bold reverse $accent" if index == self._shown else "$foreground 60%")
            for index, name in enumerate(self._names)
        ]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        """Show the question under the mouse."""
        place = event.x - self.styles.padding.left
        for index, name in enumerate(self._names):
            place -= cell_len(name)
            if place < 0:
                self.post_message(self.Picked(index))
                return
