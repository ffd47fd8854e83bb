"""The card for many items: a decision for all, or for one alone, and one key that reviews them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import OptionList, Static

from hitl_engine.model import Breakpoint, BulkWay, Question, WithheldWay
from hitl_engine.visible import one_line
from hitl_tui.messages import BulkDecided
from hitl_tui.state.bulk_choices import BulkChoices
from hitl_tui.state.bulk_items import BulkItem, with_log_reason
from hitl_tui.text.literal import literal
from hitl_tui.widgets.bulk.bulk_answer import BulkAnswer
from hitl_tui.widgets.bulk.bulk_list import BulkList
from hitl_tui.widgets.bulk.way_bar import WAYS, WayBar, WayChip
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.early_text import keep_text_for_field
from hitl_tui.widgets.log_reason_line import with_key
from hitl_tui.widgets.reason_field import ReasonField, ReasonsOffered

_FEW = 50
"""With up to this many items, each key shows what each gets; with more, a pause does."""
_SHORT = 16 * 1024
"""Characters of typed text, likewise."""
_PAUSE = 0.25
"""Seconds."""
_VERDICTS = (BulkWay.APPROVE, BulkWay.REJECT, BulkWay.RESPOND)


class BulkCard(Card, can_focus=False):
    """Shows many items and what each gets; posts `BulkDecided` at most once.

    Nothing is chosen until the user does. A new choice has to be in view for as long as a new
    card before it can be sent.
    """

    DEFAULT_CSS = """
    BulkCard {
        overflow: hidden;
        #withheld {
            display: none; height: auto; max-height: 3; padding: 0 1; color: $foreground 60%;
        }
        &.-withheld #withheld { display: block; }
        &.-answered {
            opacity: 100%;
            WayBar, #withheld, BulkAnswer, SendBar { display: none; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s",
            "send",
            "Review",
            tooltip="List every call of every item with what happens to it; then send",
            id="bulk.review",
        ),
        Binding(
            "o",
            "alone",
            "This one alone",
            tooltip="Decide on the selected item alone; press again to decide on all others",
            id="bulk.alone",
        ),
        Binding(
            "backspace",
            "like_others",
            "Like the others",
            tooltip="Let the selected item get what the others get",
            id="bulk.like_others",
        ),
        *(
            Binding(
                key,
                f"way('{way.value}')",
                label.capitalize(),
                show=False,
                tooltip=tooltip,
                id=f"bulk.{way.value}",
            )
            for way, (key, label, tooltip) in WAYS.items()
        ),
        Binding(
            "escape",
            "leave_field",
            "To the items",
            tooltip="Leave the text field for the list of items; then decide on all again",
            id="bulk.leave_field",
        ),
    ]

    class OwnChanged(Message):
        """An item got a choice of its own, or has none any more."""

    @dataclass
    class Refused(Message):
        """The user pressed the key of a way that is not offered."""

        why: str
        """May contain untrusted text."""

    def __init__(self, choices: BulkChoices, reasons: ReasonsOffered) -> None:
        super().__init__()
        self.choices = choices
        self.list = BulkList()
        self.bar = WayBar()
        self.withheld = Static(id="withheld", markup=False)
        self.answer = BulkAnswer(reasons)
        self._plan_timer: Timer | None = None
        self._needs_reason = False
        """Whether only a reason for the log is missing."""
        self.send_bar.rename("Review")

    def compose(self) -> ComposeResult:
        """Put the items first, then the ways, then the field that the chosen way needs."""
        yield self.list
        yield self.bar
        yield self.withheld
        yield self.answer
        yield self.send_bar

    def take_focus(self) -> None:
        """Focus the items."""
        self.list.focus()

    # Which items

    def show_items(self, items: Sequence[BulkItem]) -> None:
        """Show other items. Nothing is chosen for all of them; what was typed is kept."""
        self.answered = False
        self.choices.start_again()
        self.list.show_items(items)
        self.compare()

    def compare(self) -> None:
        """Find out which ways the items take that are decided on now."""
        self.choices.compare(self.list.included)
        self._show_choice()
        self.show_plan()

    def _reasons(self) -> list[str]:
        """Return why ways are not offered that some items take; one line for each reason."""
        ways = self.choices.ways
        reasons: dict[tuple[int, str], list[str]] = {}
        for withheld in ways.withheld:
            if withheld.item or not ways.ways or self._fits_first(withheld.way):
                keys = reasons.setdefault((withheld.item, self._why(withheld)), [])
                keys.append(WAYS[withheld.way][0])
        return [f"not {' '.join(keys)}: {why}" for (_, why), keys in reasons.items()]

    def _fits_first(self, way: BulkWay) -> bool:
        first = self.choices.deciding_on[0].item
        calls = isinstance(first, Question) and first.review.kind == "tool_calls"
        return calls and way in _VERDICTS

    def _why(self, withheld: WithheldWay) -> str:
        return f"{self._named(self.choices.deciding_on[withheld.item])}: {withheld.why}"

    def _named(self, item: BulkItem) -> str:
        return f"item {self.list.number(item)}, {one_line(item.waiting.graph_id, 60)}"

    # One decision for all, or for one alone

    def action_way(self, name: str) -> None:
        """Choose a way, and focus the field that it needs; or show why it is not offered."""
        self._choose(BulkWay(name))

    @on(WayChip.Clicked)
    def choose_clicked(self, event: WayChip.Clicked) -> None:
        """Do what the key does."""
        self._choose(event.way)

    def _choose(self, way: BulkWay) -> None:
        if not self.armed or self.answered:
            return
        ways = self.choices.ways
        if way not in ways.ways:
            why = next((self._why(each) for each in ways.withheld if each.way is way), "")
            self.post_message(self.Refused(why or "space puts the item back first"))
            return
        self.answer.keep()
        self.choices.choose(way)
        self.post_message(self.OwnChanged())
        self.guard.restart()
        self._show_choice()
        self.show_plan()
        field = self.answer.first_field()
        if field is not None:
            self.call_after_refresh(field.focus)
            keep_text_for_field(self)

    def action_alone(self) -> None:
        """Decide on the selected item alone, or on all others again."""
        self._turn_to(None if self.choices.alone is not None else self.list.item)

    def _turn_to(self, item: BulkItem | None) -> None:
        self.answer.keep()
        self.choices.alone = item
        self.guard.restart()
        self._show_choice()
        self.refresh_bindings()

    def action_like_others(self) -> None:
        """Let the selected item get what the others get."""
        if self.list.item is not None:
            self.answer.keep()
            self.choices.like_the_others(self.list.item)
            self.post_message(self.OwnChanged())
            self.guard.restart()
            self._show_choice()
            self.show_plan()
            self.refresh_bindings()

    @on(OptionList.OptionHighlighted, "#items")
    def item_selected(self) -> None:
        """Show the choice for the selected item, if it is decided on alone, and what it gets."""
        if self.choices.alone is not None and self.choices.alone is not self.list.item:
            self._turn_to(self.list.item)
        self.show_answer()
        self.refresh_bindings()

    def _show_choice(self) -> None:
        choices, ways = self.choices, self.choices.ways
        self.bar.show(ways.ways, choices.choice.way, self._for_whom())
        self.answer.show_choice(choices.choice, ways, self._in_title())
        lines = self._reasons()
        self.withheld.update(literal("\n".join(lines)))
        self.set_class(bool(lines), "-withheld")

    def _for_whom(self) -> str:
        if self.choices.alone is not None:
            return f"Item {self.list.number(self.choices.alone)} alone:"
        return "All others:" if self.choices.of_their_own else ""

    def _in_title(self) -> str:
        if self.choices.alone is not None:
            return f"for item {self.list.number(self.choices.alone)} alone"
        return "the same for all others" if self.choices.of_their_own else "the same for all"

    @on(ReasonField.ReasonTaken)
    def reason_taken(self) -> None:
        """Let the reason be in view before it is sent."""
        self.guard.restart()

    @on(BulkAnswer.Changed)
    def plan_soon(self) -> None:
        """Show what each item gets, now or after a pause in typing."""
        if self._plan_timer is not None:
            self._plan_timer.stop()
        if self.answer.options.has_focus:
            self.guard.restart()  # a new choice has to be in view before it is sent
        if len(self.list.included) <= _FEW and self.answer.length <= _SHORT:
            self.show_plan()
        else:
            self._plan_timer = self.set_timer(_PAUSE, self.show_plan)

    def show_plan(self) -> None:
        """Show what each item gets, exactly, or why nothing can be sent yet."""
        self.answer.keep()
        self._needs_reason = False
        missing = (
            self.choices.plan(self._named)
            or self._missing_choice()
            or self._faults()
            or self._unreasoned()
        )
        self.list.redraw()
        if missing:
            self.send_bar.block(missing)
        else:
            self.show_answer()

    def _missing_choice(self) -> str:
        """Return which decisions can be chosen, if one is missing."""
        if not self.choices.undecided:
            return ""
        keys = ", ".join(f"{WAYS[way][0]} {WAYS[way][1]}" for way in self.choices.shared_ways.ways)
        if not keys:
            return "No decision fits all of them. o decides on one alone, space takes one out."
        left = "all others" if self.choices.of_their_own else "all items"
        return f"Choose a decision for {left}: {keys}. o decides on one alone."

    def _faults(self) -> str:
        items = self.list.included
        wrong = [
            (each, each.planned.fault) for each in items if each.planned and each.planned.fault
        ]
        if not wrong:
            return ""
        count = f"{len(wrong)} of {len(items)} cannot take this. " if len(items) > 1 else ""
        first, fault = wrong[0]
        return f"{count}Item {self.list.number(first)}, {first.waiting.graph_id}: {fault}"

    def log_reason_changed(self) -> None:
        """Show whether all can be sent with this reason."""
        self.plan_soon()

    def _unreasoned(self) -> str:
        """Return that some items need a reason for the log; empty if they have it."""
        items, reason = self.list.included, self.log_reason
        planned = [each.planned for each in items if each.planned is not None]
        whys = [
            why
            for each in planned
            if (why := self.missing_log_reason(with_log_reason(each.item, reason), each.decision))
        ]
        if not whys:
            return ""
        self._needs_reason = True
        self.send_bar.log_reason.show()
        count = f"{len(whys)} of {len(items)} need a reason. " if len(items) > 1 else ""
        return f"{count}{with_key(whys[0])}"

    def show_answer(self) -> None:
        """Show the JSON that the selected item gets."""
        item, included = self.list.item, self.list.included
        planned = [each.planned for each in included if each.planned is not None]
        if self._needs_reason:
            return
        if not planned or len(planned) < len(included) or any(each.fault for each in planned):
            return
        selected = item.planned if item is not None and item in included else None
        shown = selected or planned[0]
        same = all(each.answer == shown.answer for each in planned)
        count = f"to each of {len(planned)}" if len(planned) > 1 else "to 1 item"
        number = next(self.list.number(each) for each in included if each.planned is shown)
        note = count if same else f"{count}; this is for item {number}"
        steps = isinstance(shown.item, Breakpoint)
        self.send_bar.show(shown.answer, f"{note}, no input" if steps else note)

    # Deciding

    def decide(self) -> None:
        """Post the decision on each item, or point out what is missing."""
        if self._plan_timer is not None:
            self._plan_timer.stop()
        self.show_plan()
        if self.send_bar.blocked:
            self.send_bar.emphasize_reason()
            if self._needs_reason:
                self.action_log_reason()
            return
        self.answered = True
        planned = tuple(each.planned for each in self.list.included if each.planned is not None)
        self.post_message(BulkDecided(planned))

    def watch_answered(self, answered: bool) -> None:
        """Fix the items once they are decided."""
        self.list.fixed = answered

    # Keys

    @property
    def writing(self) -> bool:
        """Whether the focus is in a text field or in the list of answers."""
        focused = self.screen.focused
        if focused is None:
            return False
        return any(each in focused.ancestors for each in (self.answer, self.send_bar.log_reason))

    def action_leave_field(self) -> None:
        """Focus the items again; from there, decide on all again."""
        if self.writing:
            self.take_focus()
        else:
            self._turn_to(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer ways outside text fields, when the card is armed, and only once."""
        if action == "way":
            return False if self.answered or self.writing else (True if self.armed else None)
        if action == "alone":
            return not self.answered and not self.writing and self.list.item is not None
        if action == "like_others":
            item = self.list.item
            return not self.answered and not self.writing and item is not None and bool(item.own)
        if action == "leave_field":
            return not self.answered and (self.writing or self.choices.alone is not None)
        return super().check_action(action, parameters)
