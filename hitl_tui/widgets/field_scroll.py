"""A column of fields that scrolls: all of the field that has the keys is in view."""

from textual.containers import VerticalScroll
from textual.widget import Widget


class FieldScroll(VerticalScroll, can_focus=False):
    """Scrolls fields that may be more than the screen holds."""

    DEFAULT_CSS = """
    FieldScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """

    _brought: tuple[Widget, Widget] | None = None

    def bring(self, field: Widget, focused: Widget) -> None:
        """Bring a field into view, or as much of it as has the keys, and keep it there."""
        self._brought = field, focused
        self.call_after_refresh(self._bring)

    def on_resize(self) -> None:
        """Bring it into view again where the room has changed."""
        if self._brought is not None and self.screen.focused is self._brought[1]:
            self.call_after_refresh(self._bring)

    def _bring(self) -> None:
        if self._brought is not None:
            field, focused = self._brought
            whole = field.size.height <= self.size.height
            (field if whole else focused).scroll_visible(animate=False)
