"""The text of a plan, which can be confirmed once all of it was on the screen."""

from typing import ClassVar

from rich.style import Style

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
    """Scrolls the lines of a plan, and keeps which of their rows were on the screen."""

    DEFAULT_CSS = """
    PlanText { height: auto; border-top: none; &:focus { border-top: none; } }
    """
    HELP = """\
    ### What will be done
    All of it has to be on the screen: arrow keys and page down scroll it. Then **ctrl+s** does it;
    **escape** goes back and does nothing. **ctrl+end** jumps to the end and counts all of it as
    seen; for decisions the log tells so.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__()
        self.view = PlanView()
        self.keep_seen()
        self._lines = lines

    def on_mount(self) -> None:
        """Show the lines."""
        self.view.show_lines([*self._lines])

    def on_resize(self) -> None:
        """Begin again at the start: a row that the first layout drew may not fit any more."""
        if not self.scroll_y:
            self.view.forget_seen()
            self.view.refresh()
