"""Which waiting items a person wants to hear of: by graph, tool and kind."""

from dataclasses import dataclass
from enum import StrEnum

from hitl_engine.model.bulk import Item
from hitl_engine.model.review import (
    AnyJson,
    Choices,
    FormToFill,
    MachineRequest,
    Questions,
    Review,
    TextToRevise,
    ToolCalls,
)
from hitl_engine.model.thread import Breakpoint


class ItemKind(StrEnum):
    """What an item asks for, in one word."""

    TOOL = "tool"
    TEXT = "text"
    CHOICE = "choice"
    FORM = "form"
    QUESTIONS = "questions"
    PROGRAM = "program"
    """A request that a program has to answer, and no person."""
    JSON = "json"
    BREAKPOINT = "breakpoint"


_KINDS: dict[type[Review], ItemKind] = {
    ToolCalls: ItemKind.TOOL,
    TextToRevise: ItemKind.TEXT,
    Choices: ItemKind.CHOICE,
    FormToFill: ItemKind.FORM,
    Questions: ItemKind.QUESTIONS,
    MachineRequest: ItemKind.PROGRAM,
    AnyJson: ItemKind.JSON,
}


def kind_of(item: Item) -> ItemKind:
    """Return the kind of an item."""
    return ItemKind.BREAKPOINT if isinstance(item, Breakpoint) else _KINDS[type(item.review)]


def tools_of(item: Item) -> tuple[str, ...]:
    """Return the tools whose calls an item asks about, or which ask themselves. Untrusted."""
    if isinstance(item, Breakpoint):
        return ()
    running = item.interrupt.tool_call
    calls = item.review.calls if isinstance(item.review, ToolCalls) else ()
    return (*((running.name,) if running else ()), *(call.name for call in calls))


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Matches an item that fits each condition which is given."""

    graphs: frozenset[str] = frozenset()
    """Ids of graphs."""
    tools: frozenset[str] = frozenset()
    """Names of tools; an item with several calls matches if one of them fits."""
    kinds: frozenset[ItemKind] = frozenset()

    def matches(self, item: Item) -> bool:
        """Whether an item fits."""
        graph_id = item.graph_id if isinstance(item, Breakpoint) else item.interrupt.graph_id
        return (
            (not self.graphs or graph_id in self.graphs)
            and (not self.kinds or kind_of(item) in self.kinds)
            and (not self.tools or not self.tools.isdisjoint(tools_of(item)))
        )
