"""The card for many items: one decision for all, what each then gets, and one key that sends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import OptionList, Static

from hitl_engine.model import (
    BulkWay,
    CommonWays,
    Item,
    PlannedDecision,
    Question,
    SameDecision,
    WithheldWay,
)
from hitl_tui.messages import BulkDecided
from hitl_tui.state.bulk_items import BulkItem
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import literal
from hitl_tui.widgets.bulk.bulk_answer import BulkAnswer
from hitl_tui.widgets.bulk.bulk_list import BulkList
from hitl_tui.widgets.bulk.way_bar import WAYS, WayBar, WayChip
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.early_text import keep_text_for_field

CommonWaysOf: TypeAlias = Callable[[Sequence[Item]], CommonWays]
PlanOf: TypeAlias = Callable[[Sequence[Item], SameDecision], tuple[PlannedDecision, ...]]

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
            tooltip="Leave the text field for the list of items",
            id="bulk.leave_field",
        ),
    ]

    @dataclass
    class Refused(Message):
        """The user pressed the key of a way that is not offered."""

        why: str
        """May contain untrusted text."""

    def __init__(self, common_ways_of: CommonWaysOf, plan_of: PlanOf) -> None:
        super().__init__()
        self._common_ways_of = common_ways_of
        self._plan_of = plan_of
        self.common_ways = CommonWays((), (), (), None, 0)
        self.way: BulkWay | None = None
        self.list = BulkList()
        self.bar = WayBar()
        self.withheld = Static(id="withheld", markup=False)
        self.answer = BulkAnswer()
        self._plan_timer: Timer | None = None
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
        """Show other items. Nothing is chosen for them; what was typed is kept."""
        self.answered = False
        self.way = None
        self.list.show_items(items)
        self.compare()

    def compare(self) -> None:
        """Find out which ways all items take that are decided on now."""
        self.common_ways = self._common_ways_of([each.item for each in self.list.included])
        if self.way not in self.common_ways.ways:
            self.way = None
        self._show_way()
        lines = self._reasons()
        self.withheld.update(literal("\n".join(lines)))
        self.set_class(bool(lines), "-withheld")

    def _reasons(self) -> list[str]:
        """Return why ways are not offered that some items take; one line for each reason."""
        reasons: dict[tuple[int, str], list[str]] = {}
        for withheld in self.common_ways.withheld:
            if withheld.item or not self.common_ways.ways or self._fits_first(withheld.way):
                keys = reasons.setdefault((withheld.item, self._why(withheld)), [])
                keys.append(WAYS[withheld.way][0])
        return [f"not {' '.join(keys)}: {why}" for (_, why), keys in reasons.items()]

    def _fits_first(self, way: BulkWay) -> bool:
        first = self.list.included[0].item
        calls = isinstance(first, Question) and first.review.kind == "tool_calls"
        return calls and way in _VERDICTS

    def _why(self, withheld: WithheldWay) -> str:
        item = self.list.included[withheld.item]
        return f"item {self.list.number(item)}, {item.waiting.graph_id}: {withheld.why}"

    # One decision for all

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
        if way not in self.common_ways.ways:
            why = next(
                (self._why(each) for each in self.common_ways.withheld if each.way is way), ""
            )
            self.post_message(self.Refused(why))
            return
        self.way = way
        self.guard.restart()
        self._show_way()
        field = self.answer.first_field()
        if field is not None:
            self.call_after_refresh(field.focus)
            keep_text_for_field(self)

    def _show_way(self) -> None:
        self.bar.show(self.common_ways.ways, self.way)
        self.answer.show_way(self.way, self.common_ways)
        self.show_plan()

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
        missing = self._make_plan()
        self.list.redraw()
        if missing:
            self.send_bar.block(missing)
        else:
            self.show_answer()

    def _make_plan(self) -> str:
        """Set what each item gets; return what is missing, or nothing."""
        items = self.list.included
        for each in items:
            each.planned = None
        if not items:
            return "No item is left to decide on. Space puts one back."
        if self.way is None:
            keys = ", ".join(f"{WAYS[way][0]} {WAYS[way][1]}" for way in self.common_ways.ways)
            none = "No decision fits all of them. Space takes an item out."
            return f"Choose a decision for all items: {keys}." if keys else none
        try:
            planned = self._plan_of([each.item for each in items], self.answer.decision())
        except NotReady as reason:
            return str(reason)
        for item, decision in zip(items, planned, strict=True):
            item.planned = decision
        return self._faults(items)

    def _faults(self, items: Sequence[BulkItem]) -> str:
        wrong = [
            (each, each.planned.fault) for each in items if each.planned and each.planned.fault
        ]
        if not wrong:
            return ""
        count = f"{len(wrong)} of {len(items)} cannot take this. " if len(items) > 1 else ""
        first, fault = wrong[0]
        return f"{count}Item {self.list.number(first)}, {first.waiting.graph_id}: {fault}"

    @on(OptionList.OptionHighlighted, "#items")
    def show_answer(self) -> None:
        """Show the JSON that the selected item gets."""
        item, included = self.list.item, self.list.included
        planned = [each.planned for each in included if each.planned is not None]
        if self.way is None or not planned or any(each.fault for each in planned):
            return
        selected = item.planned if item is not None and item in included else None
        shown = selected or planned[0]
        same = all(each.answer == shown.answer for each in planned)
        count = f"to each of {len(planned)}" if len(planned) > 1 else "to 1 item"
        number = next(self.list.number(each) for each in included if each.planned is shown)
        note = count if same else f"{count}; this is for item {number}"
        self.send_bar.show(shown.answer, f"{note}, no input" if self.way is BulkWay.STEP else note)

    # Deciding

    def decide(self) -> None:
        """Post the decision on each item, or point out what is missing."""
        if self._plan_timer is not None:
            self._plan_timer.stop()
        self.show_plan()
        if self.send_bar.blocked:
            self.send_bar.emphasize_reason()
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
        return focused is not None and self.answer in focused.ancestors

    def action_leave_field(self) -> None:
        """Focus the items again."""
        self.take_focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer ways outside text fields, when the card is armed, and only once."""
        if action == "way":
            return False if self.answered or self.writing else (True if self.armed else None)
        if action == "leave_field":
            return self.writing and not self.answered
        return super().check_action(action, parameters)
