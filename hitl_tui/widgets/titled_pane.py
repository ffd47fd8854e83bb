"""A frame with a title around something to read, which scrolls."""

from textual.containers import VerticalScroll
from textual.content import Content


def titled(title: str, detail: str = "", colour: str = "$foreground 60%") -> Content:
    """Return the words of a frame: what it holds, and a word about that."""
    return Content.assemble(title, (f"  {detail}" if detail else "", f"not bold {colour}"))


class TitledPane(VerticalScroll, can_focus=True):
    """Scrolls what it holds; its title is bright while the keys are here."""

    DEFAULT_CSS = """
    TitledPane {
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
    }
    """
