"""The keys of a card for tool calls, and which of them work now."""

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType

from hitl_engine.model import DecisionKind
from hitl_tui.state.call_answer import KEYS
from hitl_tui.widgets.cards.card_body import CardBody
from hitl_tui.widgets.tool_calls.tool_calls_part import ToolCallsPart
from hitl_tui.widgets.tool_calls.verdict_line import VerdictChip

_APPROVE_REST = "A"


class CallKeys(CardBody):
    """Decides on the call in view, shows other calls, and folds arguments."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a",
            "verdict('approve')",
            "Approve",
            show=False,
            tooltip="Let the call run as shown",
            id="card.approve",
        ),
        Binding(
            "e",
            "verdict('edit')",
            "Edit",
            show=False,
            tooltip="Let it run with other arguments",
            id="card.edit",
        ),
        Binding(
            "r",
            "verdict('reject')",
            "Reject",
            show=False,
            tooltip="Do not let it run, and say why",
            id="card.reject",
        ),
        Binding(
            "p",
            "verdict('respond')",
            "Respond",
            show=False,
            tooltip="Answer in the tool's place; it does not run",
            id="card.respond",
        ),
        Binding(
            "backspace",
            "clear_verdict",
            "Undecide",
            show=False,
            tooltip="Take the verdict on the call back; what was typed for it is kept",
            id="card.clear_verdict",
        ),
        Binding("n", "turn(1)", "Next call", tooltip="Show the next call", id="card.next_call"),
        Binding(
            "right",
            "turn(1)",
            "Next call",
            show=False,
            tooltip="Show the next call",
            id="card.right",
        ),
        Binding(
            "b,left",
            "turn(-1)",
            "Call before",
            show=False,
            tooltip="Show the previous call",
            id="card.previous_call",
        ),
        Binding(
            _APPROVE_REST,
            "rest('approve')",
            "Approve rest",
            tooltip="Approve every call that is undecided, where that is allowed",
            id="card.approve_rest",
        ),
        Binding(
            "R",
            "rest('reject')",
            "Reject rest",
            tooltip="Reject every call that is undecided, with one reason for all",
            id="card.reject_rest",
        ),
        Binding(
            "j",
            "arguments_json",
            "JSON",
            tooltip="Show all arguments as JSON, or each in a way that suits its type",
            id="card.arguments_json",
        ),
        Binding(
            "plus",
            "fold(False)",
            "Unfold all",
            show=False,
            tooltip="Unfold everything in the arguments",
            id="card.unfold",
        ),
        Binding(
            "minus",
            "fold(True)",
            "Fold all",
            show=False,
            tooltip="Fold everything in the arguments",
            id="card.fold",
        ),
        Binding(
            "escape",
            "leave_field",
            "To the call",
            tooltip="Leave the text field",
            id="card.leave_field",
        ),
    ]

    def __init__(self, part: ToolCallsPart) -> None:
        super().__init__()
        self._part = part

    # Verdicts

    def action_verdict(self, kind: str) -> None:
        """Give the call in view a verdict."""
        self._part.give(DecisionKind(kind))

    def action_clear_verdict(self) -> None:
        """Take the verdict on the call in view back."""
        self._part.clear_verdict()

    def action_rest(self, kind: str) -> None:
        """Give every undecided call the same verdict."""
        self._part.give_rest(DecisionKind(kind))

    @on(VerdictChip.Clicked)
    def chip_clicked(self, event: VerdictChip.Clicked) -> None:
        """Do what the key does."""
        if event.kind not in self._part.answer.call.allowed:
            self._part.panel.verdicts.show_why_not(emphasized=True)
        elif self._part.offers(event.kind) is None:
            self._show_why_not(event.kind)
        self._part.give(event.kind)

    def on_key(self, event: events.Key) -> None:
        """Show why the key of a verdict does not work, if it does not."""
        if (
            event.key == _APPROVE_REST
            and self._part.offers(DecisionKind.APPROVE, rest=True) is None
        ):
            self._part.show_unseen_rest()
        kind = next((kind for kind, key in KEYS.items() if key == event.key), None)
        if kind is not None and self._part.offers(kind) is None:
            self._show_why_not(kind)

    def _show_why_not(self, kind: DecisionKind) -> None:
        if kind not in self._part.answer.call.allowed:
            self._part.panel.verdicts.show_why_not(emphasized=True)
        elif self._part.pause.active:
            words = "Too soon after the previous call: look at this one first."
            self._part.panel.verdicts.show_reason(words, emphasized=True)
            self._part.pause.start()
        elif kind is DecisionKind.APPROVE:
            self._part.show_unseen()

    # Calls and their arguments

    def action_turn(self, by: int) -> None:
        """Show the next call or the one before."""
        last = len(self._part.review.calls) - 1
        self._part.turn_to(max(0, min(self._part.shown + by, last)))

    def action_arguments_json(self) -> None:
        """Show the arguments as JSON, or each in its own form."""
        self._part.panel.view.arguments.toggle_json()

    def action_fold(self, folded: bool) -> None:
        """Fold or unfold all arguments."""
        self._part.panel.view.arguments.fold_all(folded=folded)

    def action_leave_field(self) -> None:
        """Leave the field for the call."""
        self._part.panel.close_field()
        (self._part.first_field() or self).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the call in view allows, outside text fields, and only once."""
        part = self._part
        match action:
            case "verdict":
                return part.offers(DecisionKind(str(parameters[0])))
            case "clear_verdict":
                return part.has_verdict_to_clear
            case "rest":
                return part.offers(DecisionKind(str(parameters[0])), rest=True)
            case "turn":
                return part.in_use and not part.panel.writing and len(part.review.calls) > 1
            case "arguments_json" | "fold":
                return part.in_use and not part.panel.writing
            case "leave_field":
                return part.panel.writing
            case _:
                return True
