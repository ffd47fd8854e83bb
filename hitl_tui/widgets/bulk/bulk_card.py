"""The card for many items: what all of them take, what each then gets, and one key that sends."""

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
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.literal import literal
from hitl_tui.widgets.bulk.bulk_answer import WAYS, BulkAnswer, WayBar, WayChip
from hitl_tui.widgets.bulk.bulk_list import BulkList, BulkRow
from hitl_tui.widgets.cards.card import Card

CommonWaysOf: TypeAlias = Callable[[Sequence[Item]], CommonWays]
PlanOf: TypeAlias = Callable[[Sequence[Item], SameDecision], tuple[PlannedDecision, ...]]

_FEW = 50
"""Up to this many items, what each gets is shown at each key; of more, once the keys rest."""
_SHORT = 16 * 1024
"""Characters, likewise."""
_VERDICTS = (BulkWay.APPROVE, BulkWay.REJECT, BulkWay.RESPOND)


class BulkCard(Card, can_focus=False):
    """Shows many items and what each gets; says `BulkDecided` at most once.

    Nothing is chosen until a person does; what was chosen has to be in view for as long as a
    fresh card before it can be sent.
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
        *(
            Binding(
                key,
                f"way('{way.value}')",
                word.capitalize(),
                show=False,
                tooltip=meaning,
                id=f"bulk.{way.value}",
            )
            for way, (key, word, meaning) in WAYS.items()
        ),
        Binding(
            "escape",
            "leave_field",
            "To the items",
            tooltip="Leave the text field",
            id="bulk.leave_field",
        ),
    ]

    @dataclass
    class Refused(Message):
        """A way was asked for that is not offered."""

        why: str
        """May hold untrusted text."""

    def __init__(self, alike_of: CommonWaysOf, plan_of: PlanOf) -> None:
        super().__init__()
        self._alike_of = alike_of
        self._plan_of = plan_of
        self.alike = CommonWays((), (), (), None, 0)
        self.way: BulkWay | None = None
        self.list = BulkList()
        self.bar = WayBar()
        self.withheld = Static(id="withheld", markup=False)
        self.same = BulkAnswer()
        self._resting: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the items above, then the ways, then what one of them needs."""
        yield self.list
        yield self.bar
        yield self.withheld
        yield self.same
        yield self.send_bar

    @property
    def taken(self) -> list[BulkRow]:
        """The rows that are decided on."""
        return [row for row in self.list.rows if row.taken]

    def take_focus(self) -> None:
        """Begin in the items."""
        self.list.focus()

    # Which items

    def show_rows(self, rows: Sequence[BulkRow]) -> None:
        """Show other items. Nothing is chosen for them; what was typed is still there."""
        self.answered = False
        self.way = None
        self.list.show_rows(rows)
        self.compare()

    def compare(self) -> None:
        """Find out what all take that are decided on now."""
        self.alike = self._alike_of([row.item for row in self.taken])
        if self.way not in self.alike.ways:
            self.way = None
        self._ask()
        lines = self._reasons()
        self.withheld.update(literal("\n".join(lines)))
        self.set_class(bool(lines), "-withheld")

    def _reasons(self) -> list[str]:
        """Say of each way that some items take why not all do; of none, if all refuse alike."""
        reasons: dict[tuple[int, str], list[str]] = {}
        for withheld in self.alike.withheld:
            if withheld.item or not self.alike.ways or self._is_of_first(withheld.way):
                keys = reasons.setdefault((withheld.item, self._why(withheld)), [])
                keys.append(WAYS[withheld.way][0])
        return [f"not {' '.join(keys)}: {why}" for (_, why), keys in reasons.items()]

    def _is_of_first(self, way: BulkWay) -> bool:
        first = self.taken[0].item
        calls = isinstance(first, Question) and first.review.kind == "tool_calls"
        return calls and way in _VERDICTS

    def _why(self, withheld: WithheldWay) -> str:
        row = self.taken[withheld.item]
        return f"item {self._number(row)}, {row.waiting.graph_id}: {withheld.why}"

    def _number(self, row: BulkRow) -> int:
        return self.list.rows.index(row) + 1

    # What all get

    def action_way(self, name: str) -> None:
        """Choose what all get, and ask for what it needs; or say why it is not offered."""
        self._choose(BulkWay(name))

    @on(WayChip.Picked)
    def choose_picked(self, event: WayChip.Picked) -> None:
        """A click does what the key does."""
        self._choose(event.way)

    def _choose(self, way: BulkWay) -> None:
        if not self.armed or self.answered:
            return
        if way not in self.alike.ways:
            why = next((self._why(each) for each in self.alike.withheld if each.way is way), "")
            self.post_message(self.Refused(why))
            return
        self.way = way
        self.guard()
        self._ask()
        field = self.same.first_field()
        if field is not None:
            self.call_after_refresh(field.focus)

    def _ask(self) -> None:
        self.bar.show(self.alike.ways, self.way)
        self.same.ask(self.way, self.alike)
        self.show_plan()

    @on(BulkAnswer.Changed)
    def plan_soon(self) -> None:
        """Show what each gets now, or once the keys rest."""
        if self._resting is not None:
            self._resting.stop()
        if self.same.options.has_focus:
            self.guard()  # an answer was chosen: it has to be in view
        if len(self.taken) <= _FEW and self.same.length <= _SHORT:
            self.show_plan()
        else:
            self._resting = self.set_timer(0.25, self.show_plan)

    def show_plan(self) -> None:
        """Show what each item gets, exactly, or why nothing can be sent yet."""
        missing = self._make_plan()
        self.list.redraw()
        if missing:
            self.send_bar.block(missing)
        else:
            self.show_answer()

    def _make_plan(self) -> str:
        """Give each row what it gets; return what is missing."""
        rows = self.taken
        for row in rows:
            row.planned = None
        if not rows:
            return "Nothing is left to decide on. Space takes an item back in."
        if self.way is None:
            keys = ", ".join(f"{WAYS[way][0]} {WAYS[way][1]}" for way in self.alike.ways)
            fits = f"Choose what all of them get: {keys}."
            return fits if keys else "No decision fits all of them. Space takes an item out."
        try:
            planned = self._plan_of([row.item for row in rows], self.same.same())
        except NotReady as reason:
            return str(reason)
        for row, each in zip(rows, planned, strict=True):
            row.planned = each
        return self._faults(rows)

    def _faults(self, rows: Sequence[BulkRow]) -> str:
        wrong = [row for row in rows if row.planned is not None and row.planned.fault]
        if not wrong or wrong[0].planned is None:
            return ""
        count = f"{len(wrong)} of {len(rows)} cannot take this. " if len(rows) > 1 else ""
        graph = wrong[0].waiting.graph_id
        first = f"Item {self._number(wrong[0])}, {graph}: {wrong[0].planned.fault}"
        return f"{count}{first}"

    @on(OptionList.OptionHighlighted, "#items")
    def show_answer(self) -> None:
        """Show the JSON that the item under the cursor gets."""
        row = self.list.row
        planned = [each.planned for each in self.taken if each.planned is not None]
        if self.way is None or not planned or any(each.fault for each in planned):
            return
        shown = row.planned if row is not None and row.taken and row.planned else planned[0]
        same = all(each.answer == shown.answer for each in planned)
        count = f"to each of {len(planned)}" if len(planned) > 1 else "to 1 item"
        number = next(self._number(each) for each in self.taken if each.planned is shown)
        note = count if same else f"{count}; this is for item {number}"
        self.send_bar.show(shown.answer, f"{note}, no input" if self.way is BulkWay.STEP else note)

    # Deciding

    def decide(self) -> None:
        """Say what was decided on each."""
        if self._resting is not None:
            self._resting.stop()
        self.show_plan()
        if self.send_bar.blocked:
            self.send_bar.insist()
            return
        self.answered = True
        planned = tuple(row.planned for row in self.taken if row.planned is not None)
        self.post_message(BulkDecided(planned))

    def watch_answered(self, answered: bool) -> None:
        """Let nothing be taken out any more."""
        self.list.fixed = answered

    # Keys

    @property
    def writing(self) -> bool:
        """Whether a text field, or the list of answers, has the keys."""
        focused = self.screen.focused
        return focused is not None and self.same in focused.ancestors

    def action_leave_field(self) -> None:
        """Give the keys back to the items."""
        self.take_focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer ways outside text fields, in time, and only once."""
        if action == "way":
            return False if self.answered or self.writing else (True if self.armed else None)
        if action == "leave_field":
            return self.writing and not self.answered
        return super().check_action(action, parameters)
