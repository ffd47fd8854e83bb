"""What notifications say of new items: how many, and their names, never what they ask."""

from collections.abc import Sequence

from hitl_engine.model import Breakpoint, Item, kind_of, tools_of
from hitl_engine.visible import one_line

_NAMED = 3
"""So many items are named."""
_NAME = 40
"""Characters of a name."""


def notice_words(new: Sequence[Item]) -> str:
    """Return the words for new items, on one line of visible text."""
    names = list(dict.fromkeys(map(item_name, new)))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    count = "1 new item waits" if len(new) == 1 else f"{len(new):,} new items wait"
    return f"{count}: {', '.join(names[:_NAMED])}{more}"


def item_name(item: Item) -> str:
    """Return the name of an item: its tools or else its kind, and its graph; visible."""
    graph_id = item.graph_id if isinstance(item, Breakpoint) else item.interrupt.graph_id
    tools = "+".join(one_line(name, _NAME) for name in dict.fromkeys(tools_of(item)))
    return f"{one_line(tools, _NAME) or kind_of(item).value} in {one_line(graph_id, _NAME)}"


def title_words(waiting: int) -> str:
    """Return the title of the window."""
    return f"hitl-tui ({waiting:,} waiting)" if waiting else "hitl-tui"
