"""Scrolling in which home and end jump."""

from textual.actions import SkipAction
from textual.containers import VerticalScroll


class JumpingScroll(VerticalScroll, can_focus=True):
    """Goes to its start and its end at once: what rushes past in between was not seen."""

    def action_scroll_home(self) -> None:
        """Jump to the start."""
        self._jump(0)

    def action_scroll_end(self) -> None:
        """Jump to the end."""
        self._jump(self.max_scroll_y)

    def _jump(self, y: float) -> None:
        if not self.allow_vertical_scroll:
            raise SkipAction
        self.scroll_to(y=y, animate=False)
