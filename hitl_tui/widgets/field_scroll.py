"""A column of fields that scrolls, and keeps the focused field in view."""

from textual.containers import VerticalScroll
from textual.widget import Widget

from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.outer_scroll import scroll_to_rows


class FieldScroll(VerticalScroll, can_focus=False):
    """Scrolls fields that may not fit the screen."""

    DEFAULT_CSS = """
    FieldScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """

    _kept_in_view: tuple[Widget, Widget] | None = None

    def keep_in_view(self, field: Widget, focused: Widget) -> None:
        """Scroll a field into view, or from its start to what has the focus in it; also after a resize."""
        self._kept_in_view = field, focused
        self.call_after_refresh(self._scroll)

    def on_resize(self) -> None:
        """Scroll it into view again."""
        if self._kept_in_view is not None and self.screen.focused is self._kept_in_view[1]:
            self.call_after_refresh(self._scroll)

    def _scroll(self) -> None:
        if self._kept_in_view is None:
            return
        field, focused = self._kept_in_view
        first, count = _rows_in_use(focused)
        end = focused.region.y + first + count - field.region.y
        if field.size.height <= self.size.height:
            field.scroll_visible(animate=False)
        elif end <= self.size.height:  # what is above it, its question too, stays in view
            scroll_to_rows(field, 0, self.size.height)
        else:
            scroll_to_rows(focused, first, count)


def _rows_in_use(focused: Widget) -> tuple[int, int]:
    """Return which row of a widget must be in view first, and how many."""
    if isinstance(focused, ChoiceList):
        return focused.cursor_rows
    return 0, focused.size.height
