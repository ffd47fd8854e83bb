"""A frame with a title around read-only content, which scrolls."""

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

    def columns_for_two_sides(self, size: Size) -> int:
        """Return the width in which two texts fit next to each other; 0 where there is no room.

        `size` is that of the pane. A scrollbar has space, whether it is there or not: if the width
        depended on it, what is shown could change its height and with it the width again.
        """
        styles = self.styles
        width = size.width - styles.gutter.width - styles.scrollbar_size_vertical
        return width if width >= NARROWEST else 0
