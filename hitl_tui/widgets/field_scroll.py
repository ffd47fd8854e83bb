"""A column of fields that scrolls, and keeps the focused field in view."""

from textual.containers import VerticalScroll
from textual.widget import Widget


class FieldScroll(VerticalScroll, can_focus=False):
    """Scrolls fields that may not fit the screen."""

    DEFAULT_CSS = """
    FieldScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """

    _kept_in_view: tuple[Widget, Widget] | None = None

    def keep_in_view(self, field: Widget, focused: Widget) -> None:
        """Scroll a field into view, or its focused widget if it is too high; also after a resize."""
        self._kept_in_view = field, focused
        self.call_after_refresh(self._scroll)

    def on_resize(self) -> None:
        """Scroll it into view again."""
        if self._kept_in_view is not None and self.screen.focused is self._kept_in_view[1]:
            self.call_after_refresh(self._scroll)

    def _scroll(self) -> None:
        if self._kept_in_view is not None:
            field, focused = self._kept_in_view
            whole = field.size.height <= self.size.height
            (field if whole else focused).scroll_visible(animate=False)
