"""A frame around widgets that is bright while one of them has the focus."""

from textual.containers import Vertical
from textual.widget import Widget


class FocusFrame(Vertical):
    """A container with a frame that shows where the focus is.

    With `:focus-within`, Textual styles all that is in the frame again whenever the focus moves: on
    the screen of a thread, more than a frame's time for each key that moves it.
    """

    DEFAULT_CSS = """
    FocusFrame {
        border: round $foreground 20%;
        border-title-color: $foreground 70%;
        border-title-style: bold;
        &.-focused { border: round $accent; border-title-color: $accent; }
    }
    """

    def on_mount(self) -> None:
        """Follow the focus."""
        self.watch(self.screen, "focused", self._follow)

    def _follow(self, focused: Widget | None) -> None:
        within = focused is not None and self in focused.ancestors_with_self
        if within != self.has_class("-focused"):
            self.set_class(within, "-focused", update=False)
            self.app.stylesheet.apply(self)  # nothing in the frame depends on it
