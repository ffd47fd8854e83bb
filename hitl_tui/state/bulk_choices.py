"""What each of many items gets: the choice for all of them, and those for single ones."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from hitl_engine.model import BulkWay, CommonWays, Item, PlannedDecision, SameDecision
from hitl_tui.state.bulk_choice import NO_WAYS, BulkChoice
from hitl_tui.state.bulk_items import BulkItem
from hitl_tui.state.not_ready import NotReady

CommonWaysOf: TypeAlias = Callable[[Sequence[Item]], CommonWays]
PlanOf: TypeAlias = Callable[[Sequence[Item], SameDecision], tuple[PlannedDecision, ...]]


class BulkChoices:
    """The choice for all items, and the choices of those that have one of their own."""

    def __init__(self, ways_of: CommonWaysOf, plan_of: PlanOf) -> None:
        self._ways_of = ways_of
        self._plan_of = plan_of
        self._shared = BulkChoice()
        self._items: tuple[BulkItem, ...] = ()
        self.shared_ways = NO_WAYS
        """The ways that all items without a choice of their own take."""
        self.alone: BulkItem | None = None
        """The item that is decided on alone now; None while a choice is for all others."""

    # Which items

    def compare(self, items: Iterable[BulkItem]) -> None:
        """Take these items, and find out which ways those take that have no choice of their own."""
        self._items = tuple(items)
        options = self.shared_ways.options
        self.shared_ways = self._ways_of([each.item for each in self.others])
        if self.shared_ways.options != options:
            self._shared.option = None
        if self._shared.way not in self.shared_ways.ways:
            self._shared.way = None

    @property
    def others(self) -> list[BulkItem]:
        """The items without a choice of their own."""
        return [each for each in self._items if each.own is None]

    @property
    def of_their_own(self) -> list[BulkItem]:
        """The items with a choice of their own."""
        return [each for each in self._items if each.own is not None]

    @property
    def undecided(self) -> bool:
        """Whether there are items for which no way is chosen."""
        return bool(self.others) and self._shared.way is None

    # The choice now

    @property
    def ways(self) -> CommonWays:
        """The ways that can be chosen now: those of the item alone, or of all others."""
        if self.alone is None:
            return self.shared_ways
        return self._ways_of([self.alone.item]) if self.alone in self._items else NO_WAYS

    @property
    def deciding_on(self) -> list[BulkItem]:
        """The items for which a choice is made now."""
        return self.others if self.alone is None else [self.alone]

    @property
    def choice(self) -> BulkChoice:
        """The choice that is made now; an item alone may have none yet."""
        if self.alone is None:
            return self._shared
        return self.alone.own or BulkChoice()

    def choose(self, way: BulkWay) -> None:
        """Choose a way for the item alone, or for all others."""
        if self.alone is not None and self.alone.own is None:
            self.alone.own = BulkChoice()
            self.compare(self._items)
        self.choice.way = way

    def like_the_others(self, item: BulkItem) -> None:
        """Let an item get what the others get."""
        item.own = None
        self.compare(self._items)

    def start_again(self) -> None:
        """Choose nothing for all; what was typed is kept."""
        self._shared.way, self.alone = None, None

    def forget(self) -> None:
        """Forget what was typed: it was sent."""
        self._shared, self.alone = BulkChoice(), None

    # What each item gets

    def plan(self, name: Callable[[BulkItem], str]) -> str:
        """Set what each item gets; return what is missing, or nothing.

        `name` returns how an item is called in a sentence.
        """
        for each in self._items:
            each.planned = None
        if not self._items:
            return "No item is left to decide on. Space puts one back."
        missing = [self._plan_own(each, name) for each in self.of_their_own]
        if self.others and not self.undecided:
            missing.append(self._plan_others())
        return next(filter(None, missing), "")

    def _plan_own(self, item: BulkItem, name: Callable[[BulkItem], str]) -> str:
        assert item.own is not None, "it has a choice of its own"
        try:
            decision = item.own.decision(self._ways_of([item.item]))
        except NotReady as reason:
            return f"{name(item)}: {reason}"
        (item.planned,) = self._plan_of([item.item], decision)
        return ""

    def _plan_others(self) -> str:
        try:
            decision = self._shared.decision(self.shared_ways)
        except NotReady as reason:
            return str(reason)
        planned = self._plan_of([each.item for each in self.others], decision)
        for item, its in zip(self.others, planned, strict=True):
            item.planned = its
        return ""
