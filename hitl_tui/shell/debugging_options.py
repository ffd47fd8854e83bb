"""The options of the shell commands of a developer."""

import argparse
import re
from collections.abc import Callable

from hitl_engine.model import Path, Replacement
from hitl_tui.options import json_value, number_between
from hitl_tui.shell import debugging_commands
from hitl_tui.shell.common_options import add_shell_options, add_thread_argument, add_yes_option

_STEP = re.compile(r"\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\[(\"(?:[^\"\\]|\\.)*\")\]")


def _replacement(text: str) -> Replacement:
    """Read `PATH=JSON`, such as `$.log[0]="x"` or `text="y"`."""
    place, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not PATH=JSON")
    return Replacement(_path(place), json_value(value))


def _path(text: str) -> Path:
    steps: list[str | int] = []
    rest = text.removeprefix("$")
    while rest:
        found = _STEP.match(rest)
        if found is None:
            raise argparse.ArgumentTypeError(f"{text} is not a place, such as $.log[0]")
        name, index, quoted = found.groups()
        step = name if name else int(index) if index else json_value(quoted)
        steps.append(step if isinstance(step, str | int) else str(step))
        rest = rest[found.end() :]
    if not steps or not isinstance(steps[0], str):
        raise argparse.ArgumentTypeError(f"{text} does not begin with a key of the state")
    return tuple(steps)


def _add_history_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, debugging_commands.history, "List the checkpoints of a thread, newest first."
    )
    add_thread_argument(parser)
    parser.add_argument(
        "--limit",
        type=number_between(1, 1_000_000),
        default=50,
        metavar="N",
        help="how many checkpoints to list (default: %(default)s)",
    )


def _add_update_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, debugging_commands.update, "Write into the state of a thread, as a node."
    )
    add_thread_argument(parser)
    _add_edit_options(parser)
    parser.add_argument(
        "--subgraph",
        metavar="NAME",
        help="write into the state of this subgraph, by its node or namespace; a question that it"
        " asks is asked again",
    )
    parser.add_argument("--go-on", action="store_true", help="then run to the next stop or the end")
    add_yes_option(parser)


def _add_fork_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        debugging_commands.fork,
        "Begin a branch at a checkpoint; the present branch stays in the history.",
    )
    add_thread_argument(parser)
    parser.add_argument(
        "--checkpoint",
        required=True,
        metavar="ID",
        help="the id of a checkpoint, as hitl-tui history prints it",
    )
    _add_edit_options(parser)
    parser.add_argument(
        "--run",
        dest="runs",
        action="store_true",
        help="run from there, to the next stop or the end",
    )
    add_yes_option(parser)


def _add_goto_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, debugging_commands.goto, "Run a thread at another node.")
    add_thread_argument(parser)
    parser.add_argument("node", help="the node to run")
    add_yes_option(parser)


def _add_edit_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        type=_replacement,
        action="append",
        default=[],
        metavar="PATH=JSON",
        help="a new value, as in '$.log[0]=\"x\"'; may be repeated",
    )
    parser.add_argument(
        "--as-node",
        metavar="NODE",
        help="the node that counts as the writer (default: the one that ran last); one that is next "
        "is skipped",
    )


def add_goal_options(parser: argparse.ArgumentParser) -> None:
    """Add how far a step goes, if not to the next stop."""
    goal = parser.add_mutually_exclusive_group()
    goal.add_argument("--node", metavar="NODE", help="go on, past breakpoints, up to this node")
    goal.add_argument(
        "--until",
        metavar="CONDITION",
        help="go on, node by node, until this holds for the state: a condition of JSONPath, such as "
        "'$.total > 100'",
    )
    goal.add_argument(
        "--until-changed",
        metavar="PATH",
        help="go on, node by node, until there are other values at this JSONPath, such as '$.total'",
    )
    goal.add_argument("--to-end", action="store_true", help="go on, past breakpoints, to the end")
    parser.add_argument(
        "--break-if",
        nargs=2,
        action="append",
        default=[],
        metavar=("NODE", "CONDITION"),
        help="stop before this node where this holds for the state; may be repeated",
    )


ADD_DEBUGGING_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "history": _add_history_options,
    "update": _add_update_options,
    "fork": _add_fork_options,
    "goto": _add_goto_options,
}
