"""The options of `hitl-tui list`."""

import argparse
from collections.abc import Callable

from hitl_engine.model import InboxOrder
from hitl_tui.shell import list_command
from hitl_tui.shell.common_options import add_filter_options, add_shell_options


def _add_list_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        list_command.list_waiting,
        "List what waits for a person, newest first unless another order is asked for.",
    )
    add_filter_options(parser)
    parser.add_argument(
        "--filter",
        metavar="TEXT",
        help="only what the inbox lists with this filter, such as 'age:>1h -is:flagged'",
    )
    parser.add_argument(
        "--view", metavar="NAME", help="what a named view of the inbox lists, in its order"
    )
    parser.add_argument(
        "--order",
        choices=[order.name.casefold() for order in InboxOrder],
        help="the order: first the newest, what waits longest, what changed last, or the next deadline "
        "(default: that of the view, or newest)",
    )
    parser.add_argument(
        "--all", action="store_true", help="list what waits on all targets of config.toml"
    )


ADD_LIST_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "list": _add_list_options,
}
