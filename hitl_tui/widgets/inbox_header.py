"""The lines above the inbox list: counts, and problems with the server or its graphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hitl_engine.model import BrokenGraph, Inbox
from hitl_engine.visible import one_line
from hitl_tui.text.fitting import counted
from hitl_tui.text.literal import short_id
from hitl_tui.widgets.targets_line import TargetsLine

_SHOWN = 2
"""Problems of one kind that are shown; of the others the count, or nothing, is shown."""


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """What the summary shows of the list next to the inbox itself."""

    listed: int
    filtered: bool
    fault: str
    """What is wrong with the filter, or nothing."""
    order: str
    grouping: str
    """How the items are grouped; empty if they are not."""
    marked: int
    snoozed: int
    """How many items are hidden for a time."""
    sending: str
    """How many decisions on marked items are sent; empty while none are."""


class InboxHeader(Vertical):
    """Shows a summary of the inbox, and its problems if there are any."""

    DEFAULT_CSS = """
    InboxHeader {
        height: auto;
        #summary { height: 1; text-wrap: nowrap; text-overflow: ellipsis; padding: 0 1; color: $foreground 70%; }
        #problems {
            display: none; height: auto; max-height: 4; padding: 0 1;
            color: $text-warning; background: $warning-muted;
        }
        &.-problems #problems { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.targets = TargetsLine()
        self._summary = Static(id="summary", markup=False)
        self._problems = Static(id="problems", markup=False)

    def compose(self) -> ComposeResult:
        """Put the targets and the summary above the problems."""
        yield self.targets
        yield self._summary
        yield self._problems

    def show_summary(self, inbox: Inbox | None, counts: InboxCounts, before: str = "") -> Content:
        """Show the counts, or the words for the time before the inbox is read; return them."""
        summary = _summary(inbox, counts) if inbox is not None else Content(before)
        self._summary.update(summary)
        return summary

    def show_problems(
        self, inbox: Inbox | None, broken: Sequence[BrokenGraph], targets: Sequence[str] = ()
    ) -> None:
        """Show why the list is old or incomplete, and which graphs cannot be imported.

        `targets`: why some of several targets are not reached, a line each.
        """
        lines = [*targets, *_inbox_problems(inbox), *_graph_problems(broken)]
        self._problems.update("\n".join(lines))
        self.set_class(bool(lines), "-problems")


def _summary(inbox: Inbox, counts: InboxCounts) -> Content:
    total = len(inbox.items)
    all_words = f"{total - counts.snoozed:,} waiting"
    waiting = f"{counts.listed:,} of {total:,} waiting" if counts.filtered else all_words
    parts = [
        counts.fault,
        counts.sending,
        f"{counts.marked:,} marked" if counts.marked else "",
        f"{counts.snoozed:,} snoozed" if counts.snoozed else "",
        "old list" if inbox.error else "",
        _imports(inbox.coming),
        f"{inbox.busy:,} running" if inbox.busy else "",
        f"{counted(inbox.unread, 'thread')} to read" if inbox.unread else "",
        ", ".join(part for part in (counts.order, counts.grouping) if part),
    ]
    rest = "  ·  " + "  ·  ".join(part for part in parts if part)
    return Content.assemble((waiting, "bold $foreground"), rest)


def _imports(coming: Sequence[str]) -> str:
    if not coming:
        return ""
    return "importing the graph" if len(coming) == 1 else f"importing {len(coming)} graphs"


def _inbox_problems(inbox: Inbox | None) -> Iterator[str]:
    if inbox is None:
        return
    if inbox.error:
        yield f"The list is old: {one_line(inbox.error, 300)}"
    if inbox.code_changes:
        more = f" And {len(inbox.code_changes) - 1} more." if len(inbox.code_changes) > 1 else ""
        yield f"{one_line(inbox.code_changes[0], 300)}{more} f6 takes up the new code."
    for thread_id, why in inbox.unreadable[:_SHOWN]:
        name = short_id(thread_id)
        yield f"Cannot be read now, listed as last read: {name} {one_line(why, 160)}"
    if len(inbox.unreadable) > _SHOWN:
        yield f"… and {len(inbox.unreadable) - _SHOWN} more"


def _graph_problems(broken: Sequence[BrokenGraph]) -> Iterator[str]:
    """Return one line, whatever the number of graphs: it takes the space of what waits."""
    if len(broken) == 1:
        yield f"{one_line(broken[0].graph_id, 60)} cannot be imported. Press b to see why."
    elif broken:
        names = one_line(", ".join(graph.graph_id for graph in broken), 60)
        yield f"{len(broken)} graphs cannot be imported: {names}. Press b to see why."
