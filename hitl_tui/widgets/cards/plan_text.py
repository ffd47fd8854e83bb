"""The text of a plan, which can be confirmed once its end was in view."""

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.message import Message

from hitl_tui.state.plan import CAUTION
from hitl_tui.widgets.text_view import TextPane, TextView

_DIFFERENCE = {"+": "added", "-": "removed"}


class PlanView(TextView):
    """Shows the lines of a plan; its cautions and differences have colours of their own."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"text-view--caution", "text-view--detail"}
    DEFAULT_CSS = """
    PlanView {
        & > .text-view--caution { color: $text-warning; }
        & > .text-view--detail { color: $foreground 80%; }
    }
    """

    def base_style(self, number: int) -> Style:
        """Colour cautions, and what belongs to the line above."""
        line = self.line(number)
        if line.startswith(CAUTION):
            return self.colour("caution")
        if line[:1] in _DIFFERENCE:
            return self.colour(_DIFFERENCE[line[0]])
        return self.colour("detail") if line.startswith(" ") else self.rich_style


class PlanText(TextPane):
    """Scrolls the lines of a plan; posts `ReadToEnd` once its last line was in view."""

    DEFAULT_CSS = """
    PlanText { height: auto; border-top: none; &:focus { border-top: none; } }
    """
    HELP = """\
    ### What will be done
    Read it to its end: arrow keys, page down and end scroll it. Then **ctrl+s** does it;
    **escape** goes back and does nothing.
    """

    class ReadToEnd(Message):
        """The last line is in view."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.view = PlanView()
        self._lines = lines
        self.read_to_end = False
        """Whether the last line was in view."""

    def on_mount(self) -> None:
        """Show the lines, and watch how far they are scrolled."""
        self.view.show_lines([*self._lines])
        self.watch(self, "scroll_y", self._check_end, init=False)

    def on_resize(self, event: events.Resize) -> None:
        """The last line may be in view without scrolling."""
        self.call_after_refresh(self._check_end)

    @property
    def rows_below(self) -> int:
        """How many rows are below those in view."""
        return max(0, round(self.max_scroll_y - self.scroll_y))

    def _check_end(self) -> None:
        if not self.read_to_end and self.size.height and not self.rows_below:
            self.read_to_end = True
            self.post_message(self.ReadToEnd())
