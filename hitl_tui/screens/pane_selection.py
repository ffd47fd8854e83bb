"""Text is selected with the mouse in one pane at a time."""

from textual import events
from textual.dom import DOMNode
from textual.errors import NoWidget
from textual.selection import Selection
from textual.widget import Widget

from hitl_tui.widgets.titled_pane import TitledPane


class PaneSelection:
    """A screen whose selected text is all of the pane in which the mouse button went down.

    Textual selects in every widget between the two ends, in other panes and on buttons too.
    """

    _selecting_in: DOMNode | None = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Note the pane; outside of a pane, the widget."""
        assert isinstance(self, Widget)
        try:
            widget, _ = self.screen.get_widget_at(event.screen_x, event.screen_y)
        except NoWidget:
            return
        panes = (each for each in widget.ancestors_with_self if isinstance(each, TitledPane))
        self._selecting_in = next(panes, widget)

    def validate_selections(self, selections: dict[Widget, Selection]) -> dict[Widget, Selection]:
        """Leave out what is selected in other panes."""
        inside = self._selecting_in
        return {
            widget: selection
            for widget, selection in selections.items()
            if inside is None or inside in widget.ancestors_with_self
        }
