"""The options of `hitl-tui rules`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from hitl_tui.shell import rules_command
from hitl_tui.shell.common_options import add_shell_options


def _add_rules_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Standing rules: a file by which hitl-tui watch --rules answers tool calls. This explains it; "
        "it sends nothing."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("check", help="explain the rules of a file")
    add_shell_options(
        check,
        rules_command.check_target,
        "Explain in plain words what each rule does. With -t or --thread, also tell which of the items "
        "that wait now the rules would answer, and how much is left of each limit. Sends nothing.",
    )
    check.add_argument(
        "file", type=Path, help="a file of rules, as hitl-tui watch --rules takes it"
    )
    check.add_argument(
        "--thread",
        action="append",
        default=[],
        metavar="ID",
        help="only what waits on this thread; may be repeated",
    )


ADD_RULES_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "rules": _add_rules_options
}
