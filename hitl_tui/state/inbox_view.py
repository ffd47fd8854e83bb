"""What the inbox lists and how, as one text: a filter, and words such as `sort:deadline group:tool`."""

from dataclasses import dataclass

from hitl_engine.model import InboxOrder
from hitl_tui.state.inbox_filter import filter_words
from hitl_tui.state.inbox_groups import InboxGrouping

_ORDERS = {order.name.casefold(): order for order in InboxOrder}
_GROUPINGS = {grouping.name.casefold(): grouping for grouping in InboxGrouping}


@dataclass(frozen=True, slots=True)
class InboxView:
    """A filter, an order and groups; what is None stays as it is when the view is shown."""

    filter: str = ""
    order: InboxOrder | None = None
    grouping: InboxGrouping | None = None

    @property
    def text(self) -> str:
        """The view as a text, which `parse_view` reads."""
        sort = f"sort:{self.order.name.casefold()}" if self.order else ""
        group = f"group:{self.grouping.name.casefold()}" if self.grouping else ""
        return " ".join(word for word in (self.filter, sort, group) if word)


def parse_view(text: str) -> InboxView:
    """Read a view; a `sort:` or `group:` that there is not stays a word of its filter."""
    order, grouping, words = None, None, []
    for word in filter_words(text):
        name, _, value = word.casefold().partition(":")
        if name == "sort" and value in _ORDERS:
            order = _ORDERS[value]
        elif name == "group" and value in _GROUPINGS:
            grouping = _GROUPINGS[value]
        else:
            words.append(word)
    return InboxView(" ".join(words), order, grouping)
