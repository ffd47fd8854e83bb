"""The filter of the inbox: words and facets."""

from hitl_tui.widgets.filter_line import FilterLine


class InboxFilterLine(FilterLine):
    """Takes a filter as `parse_filter` reads it."""

    HELP = """\
    ### The filter
    Words are searched in target, graph, node and thread, and in what is asked. These look at one thing:

    - `kind:tool`, `tool:send_email`, `graph:…`, `node:…`, `thread:…`, `target:…`
    - `age:>1h`, `deadline:<30m`
    - `is:flagged`, `is:snoozed`, `is:new`, `is:draft`, `is:marked`

    `-` before one excludes it. **Enter** goes to the list, **escape** lists all items again.
    """

    def __init__(self) -> None:
        super().__init__("Filter: graph, node, what is asked, tool:NAME, age:>1h, is:flagged")
