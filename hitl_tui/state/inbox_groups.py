"""The groups of the inbox: items of one thread, one graph or one tool below a heading."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from hitl_engine.model import Waiting
from hitl_engine.visible import one_line
from hitl_tui.text.essence import Essence
from hitl_tui.text.literal import short_id


class InboxGrouping(Enum):
    """What the items of a group have in common."""

    NONE = ""
    THREAD = "by thread"
    GRAPH = "by graph"
    TOOL = "by tool"


class GroupHeading(NamedTuple):
    """The row above the items of a group."""

    grouping: InboxGrouping
    key: tuple[str, ...]
    """What its items have in common. Untrusted."""
    graph_id: str
    """The graph of its first item. Untrusted."""
    size: int
    """How many listed items the group has."""

    @property
    def name(self) -> str:
        """Its name, as visible text; made when it is drawn, because there may be many groups."""
        match self.grouping:
            case InboxGrouping.THREAD:
                target, thread_id = self.key
                parts = [one_line(target, 80), one_line(self.graph_id, 80), short_id(thread_id)]
            case InboxGrouping.GRAPH:
                parts = [one_line(part, 80) for part in self.key]
            case _:
                parts = [one_line(", ".join(self.key), 200) or "no tool"]
        return "  ".join(part for part in parts if part)


Row: TypeAlias = Waiting | GroupHeading


def grouped(
    items: Iterable[Waiting], grouping: InboxGrouping, essence: Callable[[Waiting], Essence]
) -> Sequence[Row]:
    """Return the items below the headings of their groups; the group of the first item comes first.

    In a group the order stays. `essence` is called for each item if they are grouped by tool.
    """
    key_of = _KEYS.get(grouping) or (lambda item: tuple(dict.fromkeys(essence(item).tools)))
    groups: defaultdict[tuple[str, ...], list[Waiting]] = defaultdict(list)
    for item in items:
        groups[key_of(item)].append(item)
    rows: list[Row] = []
    for key, members in groups.items():
        rows.append(GroupHeading(grouping, key, members[0].graph_id, len(members)))
        rows += members
    return rows


_KEYS: dict[InboxGrouping, Callable[[Waiting], tuple[str, ...]]] = {
    InboxGrouping.THREAD: attrgetter("target", "thread_id"),
    InboxGrouping.GRAPH: attrgetter("target", "graph_id"),
}
