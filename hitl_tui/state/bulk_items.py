"""The items that are decided on together: what each gets, and how far its decision is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from rich.cells import cell_len

from hitl_engine.errors import HitlError
from hitl_engine.model import (
    Breakpoint,
    Item,
    Outcome,
    OutcomeKind,
    PlannedDecision,
    Progress,
    Waiting,
)
from hitl_engine.visible import one_line
from hitl_tui.state.bulk_choice import BulkChoice
from hitl_tui.state.outbox import SendingStatus
from hitl_tui.text.fitting import shortened
from hitl_tui.text.literal import short_id

_MIN_FOR_NODE = 20
"""Cells below which a name leaves out the node."""


def with_log_reason(item: Item, reason: str) -> Item:
    """Return an item with the reason for the log, with which it is decided."""
    return replace(item, log_reason=reason)


class BulkItemStatus(Enum):
    """How far an item is: the text and the theme colour that show it."""

    WAITING = ("", "")
    EXCLUDED = ("· taken out, and no longer marked", "$foreground 60%")
    GONE = ("· no longer waits, or has changed: taken out", "$text-warning")
    SENDING = ("▶ running", "$text-primary")
    APPLIED = ("✓ applied", "$text-success")
    MISMATCHED = ("! applied, but not as decided", "$text-warning")
    RECORDED = ("◑ recorded", "$text-accent")
    UNMOVED = ("= nothing moved", "$text-warning")
    REFUSED = ("✕ refused", "$text-error")
    UNKNOWN = ("? unknown", "$text-error")
    UNSENT = ("· not sent, still marked", "$text-warning")


_OF_OUTCOME = {
    OutcomeKind.APPLIED: BulkItemStatus.APPLIED,
    OutcomeKind.RECORDED: BulkItemStatus.RECORDED,
    OutcomeKind.UNMOVED: BulkItemStatus.UNMOVED,
    OutcomeKind.REFUSED: BulkItemStatus.REFUSED,
    OutcomeKind.UNKNOWN: BulkItemStatus.UNKNOWN,
}
_ENDED = (*_OF_OUTCOME.values(), BulkItemStatus.MISMATCHED)
_OUTCOMES = {
    SendingStatus.APPLIED: (BulkItemStatus.APPLIED, BulkItemStatus.MISMATCHED),
    SendingStatus.RECORDED: (BulkItemStatus.RECORDED,),
    SendingStatus.UNMOVED: (BulkItemStatus.UNMOVED,),
    SendingStatus.REFUSED: (BulkItemStatus.REFUSED,),
    SendingStatus.UNKNOWN: (BulkItemStatus.UNKNOWN,),
}
_COUNTED = {
    BulkItemStatus.APPLIED: "applied",
    BulkItemStatus.MISMATCHED: "not as decided",
    BulkItemStatus.RECORDED: "recorded",
    BulkItemStatus.UNMOVED: "not moved",
    BulkItemStatus.REFUSED: "refused",
    BulkItemStatus.UNKNOWN: "unknown",
    BulkItemStatus.UNSENT: "not sent",
}


@dataclass(eq=False)
class BulkItem:
    """One of the items, with its decision and its status."""

    item: Item
    planned: PlannedDecision | None = None
    """What it gets, once that has been chosen."""
    status: BulkItemStatus = BulkItemStatus.WAITING
    detail: str = ""
    """The result, or the node that runs; may contain untrusted text."""
    target: str = ""
    """The name of its target, where the items may be on several."""
    own: BulkChoice | None = None
    """The choice for it alone; None: it gets what the others get."""

    @property
    def waiting(self) -> Waiting:
        """The interrupt or the breakpoint."""
        return self.item if isinstance(self.item, Breakpoint) else self.item.interrupt

    @property
    def included(self) -> bool:
        """Whether it is decided on with the others."""
        return self.status not in (BulkItemStatus.EXCLUDED, BulkItemStatus.GONE)

    @property
    def status_text(self) -> str:
        """The status in words, with its detail."""
        text = self.status.value[0]
        return f"{text}: {self.detail}" if self.detail else text

    def name(self, width: int = 60) -> str:
        """Return graph, node and thread; graph and node are cut to `width` cells together.

        The name of the target comes before the graph.
        """
        graph = one_line(f"{self.target} {self.waiting.graph_id}".strip(), 200)
        thread = short_id(self.waiting.thread_id)
        if width < _MIN_FOR_NODE:
            return f"{shortened(graph, width)} {thread}"
        graph = shortened(graph, width // 2)
        node = shortened(one_line(self.waiting.node, 200), width - 3 - cell_len(graph))
        return f"{graph} ▸ {node} {thread}"


class BulkSending:
    """Follows the decisions that are sent to items, one each; `place` is the index of an item."""

    def __init__(self, items: Sequence[BulkItem] = ()) -> None:
        self.items = items

    def begin(self, place: int) -> BulkItem:
        """Note that the decision on this item is sent now."""
        return _set(self.items[place], BulkItemStatus.SENDING)

    def at_node(self, progress: Progress) -> list[BulkItem]:
        """Note which node the run of a thread is at; return the items of that run."""
        return [
            _set(item, BulkItemStatus.SENDING, progress.node)
            for item in self.items
            if item.status is BulkItemStatus.SENDING
            and item.waiting.thread_id == progress.thread_id
            and item.waiting.target == progress.target
        ]

    def end(self, place: int, result: Outcome | HitlError, detail: str) -> BulkItem:
        """Note the result for this item."""
        return _set(self.items[place], _status_of(result), detail)

    def close(self) -> None:
        """Note that nothing more is sent, and that unfinished results stay unknown."""
        for item in self.items:
            if item.status is BulkItemStatus.SENDING:
                _set(item, BulkItemStatus.UNKNOWN, "The console failed before the result came.")
            elif item.status is BulkItemStatus.WAITING:
                item.status = BulkItemStatus.UNSENT

    @property
    def outcomes(self) -> dict[SendingStatus, list[Waiting]]:
        """The items of each outcome, the worst last; those that were not sent have none."""
        found: dict[SendingStatus, list[Waiting]] = {}
        for outcome, statuses in _OUTCOMES.items():
            if items := [each.waiting for each in self.items if each.status in statuses]:
                found[outcome] = items
        return found

    @property
    def statuses(self) -> set[BulkItemStatus]:
        """The different statuses of the items."""
        return {item.status for item in self.items}

    @property
    def ended(self) -> int:
        """How many items have a result."""
        return sum(item.status in _ENDED for item in self.items)

    def counts(self) -> str:
        """Return how many items have which result: `2 applied, 1 refused`."""
        counts = Counter(item.status for item in self.items)
        return ", ".join(
            f"{counts[status]:,} {word}" for status, word in _COUNTED.items() if counts[status]
        )


def _set(item: BulkItem, status: BulkItemStatus, detail: str = "") -> BulkItem:
    item.status, item.detail = status, detail
    return item


def _status_of(result: Outcome | HitlError) -> BulkItemStatus:
    if isinstance(result, HitlError):
        return BulkItemStatus.REFUSED
    if result.mismatches and result.kind is OutcomeKind.APPLIED:
        return BulkItemStatus.MISMATCHED
    return _OF_OUTCOME[result.kind]
