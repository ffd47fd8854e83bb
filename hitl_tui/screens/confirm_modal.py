"""The modal that asks for confirmation: it shows a plan, line by line."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.screens.framed_modal import FramedModal
from hitl_tui.screens.pane_selection import PaneSelection
from hitl_tui.state.plan import Plan
from hitl_tui.widgets.cards.plan_card import PlanCard
from hitl_tui.widgets.key_footer import KeyFooter

_LONG = 14
"""A plan of more lines gets all of the screen."""


class ConfirmModal(PaneSelection, FramedModal[bool]):
    """Shows a plan; dismissed with True if the user confirms it.

    It looks different, and names the target, above a screen of a target in production.
    """

    DEFAULT_CSS = """
    ConfirmModal {
        & > Vertical { max-width: 110; }
        &.-compares > Vertical { max-width: 220; }
        &.-production > Vertical { border: heavy $error; border-title-color: $text-error; }
        &.-short > Vertical { max-height: 100%; }
        &.-short PlanText { max-height: 4; padding: 0 1; }
        &.-short SendBar { margin-top: 0; }
        &.-short SendBar TextPane { max-height: 2; }
        &.-long {
            & > Vertical { height: 100%; max-height: 100%; }
            PlanCard { height: 1fr; }
            PlanText { height: 1fr; max-height: 100%; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Go back; nothing is sent", id="plan.back"),
    ]
    AUTO_FOCUS = "PlanText"

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.card = PlanCard(plan)
        self.set_class(len(plan.all_lines) > _LONG, "-long")
        self.set_class(self.card.compares, "-compares")

    def compose(self) -> ComposeResult:
        """Put the plan in a frame."""
        frame = Vertical()
        frame.border_title = Content(self._title())
        with frame:
            yield self.card
            yield KeyFooter()

    def _title(self) -> str:
        screens = reversed(self.app.screen_stack)
        below = next((each for each in screens if isinstance(each, ConsoleScreen)), None)
        marked = [each.name for each in below.receivers if each.production] if below else []
        if not marked:
            return self.plan.title
        self.add_class("-production")
        return f"PRODUCTION {', '.join(marked)}: {self.plan.title}"

    @on(PlanCard.Confirmed)
    def confirm(self) -> None:
        """Close: the plan is confirmed."""
        self.dismiss(True)

    def action_back(self) -> None:
        """Close: the plan is not confirmed."""
        self.dismiss(False)
