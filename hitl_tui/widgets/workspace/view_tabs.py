"""The names of a thread's views on one line: which are displayed, and which has the focus."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from hitl_tui.state.views import ViewName


class ViewTabs(Widget):
    """Shows a tab for each view; where they do not fit, the hidden views have their number only."""

    DEFAULT_CSS = """
    ViewTabs { height: 1; padding: 0 1; }
    """

    @dataclass
    class Picked(Message):
        """The user clicked the tab of this view."""

        view: ViewName

    def __init__(self, views: Sequence[ViewName]) -> None:
        super().__init__()
        self._names = views
        self._current = ViewName.QUESTION
        self._displayed: Collection[ViewName] = (ViewName.QUESTION,)

    def show(self, current: ViewName, displayed: Collection[ViewName]) -> None:
        """Show which views are displayed, and which of them has the focus."""
        if (current, displayed) != (self._current, self._displayed):
            self._current, self._displayed = current, displayed
            self.refresh()

    def _labels(self) -> list[tuple[ViewName, str]]:
        full = [(view, f" {view.number} {view.title} ") for view in self._names]
        if sum(cell_len(label) for _, label in full) <= self.content_size.width:
            return full
        return [
            (view, label if view in self._displayed else f" {view.number} ") for view, label in full
        ]

    def render(self) -> Content:
        """Draw the tabs."""
        return Content.assemble(*((label, self._style(view)) for view, label in self._labels()))

    def _style(self, view: ViewName) -> str:
        if view is self._current:
            return "bold reverse $accent"
        return "bold $foreground" if view in self._displayed else "$foreground 60%"

    def on_click(self, event: events.Click) -> None:
        """Show the view under the mouse."""
        x = event.x - self.styles.padding.left
        for view, label in self._labels():
            x -= cell_len(label)
            if x < 0:
                self.post_message(self.Picked(view))
                return
