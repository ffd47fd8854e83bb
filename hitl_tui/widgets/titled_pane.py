"""A frame with a title around read-only content, which scrolls."""

from textual.content import Content

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
