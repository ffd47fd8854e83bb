"""A frame with a title around read-only content, which scrolls."""

from textual import events
from textual.content import Content
from textual.geometry import Size

from hitl_tui.text.two_columns import NARROWEST
from hitl_tui.widgets.jumping_scroll import JumpingScroll


def titled(title: str, detail: str = "", colour: str = "$foreground 60%") -> Content:
    """Return the title of a frame: what it contains, and a detail in another colour."""
    return Content.assemble(title, (f"  {detail}" if detail else "", f"not bold {colour}"))


FRAME = """
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
"""
"""The styles of a frame: its title is bright while it has the focus."""


class TitledPane(JumpingScroll, can_focus=True):
    """Scrolls what it contains."""

    DEFAULT_CSS = f"TitledPane {{ {FRAME} }}"

    side_columns = 0
    """The width in which two texts fit next to each other; 0 where there is no room."""

    def on_resize(self, event: events.Resize) -> None:
        """Show two sides next to each other if there is room now, or no longer."""
        columns = self._columns_for_two_sides(event.size)
        if columns != self.side_columns:
            self.side_columns = columns
            self.lay_out_sides()

    def lay_out_sides(self) -> None:
        """Show two sides again, after `side_columns` changed; for subclasses that have some."""

    def _columns_for_two_sides(self, size: Size) -> int:
        """Return `side_columns` in a pane of this size.

        A scrollbar has space, whether it is there or not: if the width depended on it, what is shown
        could change its height and with it the width again.
        """
        styles = self.styles
        width = size.width - styles.gutter.width - styles.scrollbar_size_vertical
        return width if width >= NARROWEST else 0
