"""The text of a plan, which can be confirmed once all of it was on the screen."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events

from hitl_tui.state.plan import CAUTION, Plan
from hitl_tui.text.argument_line import ArgumentLine
from hitl_tui.text.difference_lines import difference_lines
from hitl_tui.text.highlight import Span
from hitl_tui.widgets.text_view import TextPane, TextView

_DIFFERENCE = {"+": "added", "-": "removed"}


class PlanView(TextView):
    """Shows the lines of a plan; its cautions and differences have colours of their own."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--caution",
        "text-view--detail",
        "text-view--mark",
        "text-view--word",
        "text-view--added",
        "text-view--removed",
        "text-view--added-words",
        "text-view--removed-words",
    }
    DEFAULT_CSS = """
    PlanView {
        & > .text-view--caution { color: $text-warning; }
        & > .text-view--detail { color: $foreground 80%; }
        & > .text-view--mark { color: $foreground 40%; }
        & > .text-view--word { color: $foreground 50%; }
        & > .text-view--added { color: $text-success; }
        & > .text-view--removed { color: $text-error; }
        & > .text-view--added-words {
            color: $text-success; background: $success 35%; text-style: bold;
        }
        & > .text-view--removed-words {
            color: $text-error; background: $error 35%; text-style: bold;
        }
    }
    """
    beside: Sequence[ArgumentLine] = ()
    """The first lines, where they are a difference in two columns."""

    def base_style(self, number: int) -> Style:
        """Colour cautions, and what belongs to the line above."""
        line = self.line(number)
        if number < len(self.beside):
            return self.rich_style
        if line.startswith(CAUTION):
            return self.colour("caution")
        if line[:1] in _DIFFERENCE:
            return self.colour(_DIFFERENCE[line[0]])
        return self.colour("detail") if line.startswith(" ") else self.rich_style

    def spans(self, number: int, start: int, end: int) -> Iterator[Span]:
        """Colour both sides of a difference."""
        if number < len(self.beside):
            yield from self.beside[number].spans
        yield from super().spans(number, start, end)


class ConfirmedText(TextPane):
    """Scrolls lines that can be confirmed, and keeps which of their rows were on the screen."""

    DEFAULT_CSS = """
    ConfirmedText { height: auto; border-top: none; &:focus { border-top: none; } }
    """
    view: PlanView

    def __init__(self) -> None:
        super().__init__(view=PlanView())
        self.keep_seen()

    def on_resize(self, event: events.Resize) -> None:
        """Begin again at the start: a row that the first layout drew may not fit any more."""
        if not self.scroll_y:
            self.view.forget_seen()
            self.view.refresh()


class PlanText(ConfirmedText):
    """Shows the lines of a plan."""

    HELP = """\
    ### What will be done
    All of it has to be on the screen: arrow keys and page down scroll it. Then **ctrl+s** does it;
    **escape** goes back and does nothing. **ctrl+end** jumps to the end and marks all of it as
    seen; for decisions the log tells so.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan

    def on_mount(self) -> None:
        """Show the lines."""
        self._show_lines()

    def lay_out_sides(self) -> None:
        """Show both sides of a difference."""
        if self._plan.difference:
            self._show_lines()

    def _show_lines(self) -> None:
        plan = self._plan
        columns = self.side_columns
        beside = difference_lines(plan.difference, columns) if columns and plan.difference else []
        self.view.beside = beside
        first = [line.text for line in beside] or plan.lines_of_difference
        self.show_lines([*first, *plan.other_lines])
