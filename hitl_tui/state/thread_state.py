"""The state of one thread in the console, without a terminal: pending items, decisions, status."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from hitl_engine.model import (
    Breakpoint,
    Inbox,
    Interrupt,
    ThreadStatus,
    ThreadView,
    ToolCalls,
    Waiting,
)
from hitl_engine.visible import one_line
from hitl_tui.state.pending_decisions import PendingDecisions
from hitl_tui.text.essence import essence_of
from hitl_tui.text.item_summary import running_call_line

if TYPE_CHECKING:
    from hitl_engine.deciding.reviews import Reviews


class ItemChange(Enum):
    """How an item in view differs from the same item in a thread that was read again."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    GONE = "gone"


class ThreadState:
    """A thread as it was last read, its item in view, and the decisions that are not sent yet."""

    def __init__(
        self, reviews: "Reviews", item: Waiting | None = None, thread_id: str = ""
    ) -> None:
        """Begin with the item that should be shown first, with a thread, or with one without an id yet."""
        self.reviews = reviews
        self.thread_id = item.thread_id if item is not None else thread_id
        self.graph_id = item.graph_id if item is not None else ""
        self.view: ThreadView | None = None
        """None before the thread is read, and while an outcome is unknown."""
        self.moment: ThreadView | None = None
        """The thread at an earlier checkpoint, while the user looks at that."""
        self.shown: Waiting | None = None
        """The item whose card is in view, or was before its run."""
        self.change = ItemChange.UNCHANGED
        """How the item in view differs from the thread as it was read last."""
        self.node_paths: Mapping[str, tuple[str, ...]] = {}
        """Interrupt id -> nodes, outermost first."""
        self.decisions = PendingDecisions()
        self._wanted_id = item.interrupt_id if isinstance(item, Interrupt) else ""

    def read(self, view: ThreadView) -> None:
        """Take over a thread as it was just read."""
        self.view = view
        self.thread_id, self.graph_id = view.thread_id, view.graph_id

    def show(self, item: Waiting | None) -> None:
        """Note which item is in view; its question is shown again when the thread is read again."""
        self.shown = item
        self.change = ItemChange.UNCHANGED
        if isinstance(item, Interrupt):
            self._wanted_id = item.interrupt_id

    @property
    def viewed(self) -> ThreadView | None:
        """The thread at the moment that its views show: at an earlier checkpoint, or now."""
        return self.moment if self.moment is not None else self.view

    # The pending items

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The pending items of the thread."""
        return self.view.waiting if self.view is not None else ()

    @property
    def has_several(self) -> bool:
        """Whether several questions are pending, which are decided one by one and sent together."""
        return len(self.waiting) > 1

    @property
    def index(self) -> int:
        """The index of the item in view; 0 if it is no longer pending."""
        return self.waiting.index(self.shown) if self.shown in self.waiting else 0

    def first_item(self) -> Waiting | None:
        """Return the item to show: the wanted question, else the first item."""
        for item in self.waiting:
            if isinstance(item, Interrupt) and item.interrupt_id == self._wanted_id:
                return item
        return self.waiting[0] if self.waiting else None

    def neighbour(self, by: int) -> Waiting:
        """Return the item `by` places after the one in view; after the last comes the first."""
        return self.waiting[(self.index + by) % len(self.waiting)]

    @property
    def may_be_stuck(self) -> bool:
        """Whether an earlier answer to the question in view made its node fail."""
        return isinstance(self.shown, Interrupt) and self.shown.task_error is not None

    def location_of(self, item: Waiting) -> str:
        """Return the nodes of an item, and the tool call that it asks about or that runs it."""
        if isinstance(item, Breakpoint):
            return one_line(item.node, 60)
        nodes = self.node_paths.get(item.interrupt_id, (item.node,))
        path = " ▸ ".join(one_line(node, 60) for node in nodes)
        if item.tool_call is not None:
            return f"{path}: {running_call_line(item.tool_call)}"
        match self.reviews.question(item).review:
            case ToolCalls(calls=(call,)):
                return f"{path}: {one_line(call.name, 40)}"
            case _:
                return path

    def place_of(self, item: Waiting) -> str:
        """Return the number of an item, as its tab shows it, and its nodes."""
        return f"{self.waiting.index(item) + 1}/{len(self.waiting)} {self.location_of(item)}"

    def tabs(self) -> list[str]:
        """Return the nodes of each item; what it asks, where several have the same nodes."""
        locations = [self.location_of(item) for item in self.waiting]
        count = Counter(locations)
        return [
            essence_of(self.reviews.item(item)).text if count[location] > 1 else location
            for item, location in zip(self.waiting, locations, strict=True)
        ]

    # Decisions that are not sent yet

    @property
    def undecided(self) -> tuple[Interrupt, ...]:
        """The questions without a decision."""
        return tuple(
            item
            for item in self.waiting
            if isinstance(item, Interrupt) and not self.decisions.holds(item)
        )

    def next_undecided(self) -> Interrupt | None:
        """Return the first question without a decision after the one in view."""
        start = self.index + 1 if self.shown in self.waiting else 0
        undecided = self.undecided
        following = (*self.waiting[start:], *self.waiting[:start])
        return next((item for item in following if item in undecided), None)

    # What happened to it

    def status(self, *, running: bool, outcome_unknown: bool) -> ThreadStatus | None:
        """Return the status to show; None while it is not known."""
        if running:
            return ThreadStatus.BUSY
        return self.view.status if self.view is not None and not outcome_unknown else None

    @property
    def has_ended(self) -> bool:
        """Whether the thread was read, and has ended: nothing waits or runs."""
        ended = (ThreadStatus.DONE, ThreadStatus.ERROR)
        return self.view is not None and self.view.status in ended

    @property
    def failed_at(self) -> Breakpoint | None:
        """Where the run of a failed thread can go on."""
        failed = self.view is not None and self.view.status is ThreadStatus.ERROR
        return self.view.stop if failed and self.view is not None else None

    def asks_again(self, answered: Iterable[Waiting]) -> bool:
        """Whether the question in view comes from a node that asked one of these questions."""
        now = self.shown
        return isinstance(now, Interrupt) and any(
            isinstance(each, Interrupt) and _asking_node(each) == _asking_node(now)
            for each in answered
        )

    def is_missing_from(self, inbox: Inbox | None) -> bool:
        """Whether the item in view is not in an inbox although its thread could be read."""
        if inbox is None:
            return False
        unreadable = any(thread_id == self.thread_id for thread_id, _ in inbox.unreadable)
        return self.shown is not None and not unreadable and self.shown not in inbox.items

    def reviewers_changed_in(self, waiting: Iterable[Waiting]) -> Interrupt | None:
        """Return the question in view as it is among these, if other reviewers have answered now."""
        shown = self.shown
        if not isinstance(shown, Interrupt):
            return None
        same = next((each for each in waiting if each == shown), None)
        if not isinstance(same, Interrupt) or same.two_reviewers == shown.two_reviewers:
            return None
        return same

    def change_in(self, view: ThreadView) -> ItemChange:
        """Return how the item in view differs in a thread that was read again."""
        assert self.shown is not None, "only an item in view is compared"
        if self.shown in view.waiting:
            return ItemChange.UNCHANGED
        replaced = any(_same_item(self.shown, item) for item in view.waiting)
        return ItemChange.CHANGED if replaced else ItemChange.GONE


def _asking_node(item: Interrupt) -> tuple[str, ...]:
    """Return the node that asks, below the nodes whose subgraphs contain it."""
    outer = (part.partition(":")[0] for part in item.namespace.split("|") if part)
    return (*outer, item.node)


def _same_item(one: Waiting, other: Waiting) -> bool:
    """A breakpoint has no id; a thread has at most one."""
    if isinstance(one, Interrupt) and isinstance(other, Interrupt):
        return one.interrupt_id == other.interrupt_id
    return isinstance(one, Breakpoint) and isinstance(other, Breakpoint)
