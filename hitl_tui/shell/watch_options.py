"""The options of `hitl-tui watch`."""

import argparse
import shlex
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hitl_tui.options import number_between
from hitl_tui.shell import watch_command
from hitl_tui.shell.common_options import add_filter_options, add_shell_options, add_yes_option


def _add_watch_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        watch_command.watch,
        "Print what happens to what waits, one JSON document a line: new items, changed ones, "
        "answers and who gave them, deadlines. Begins with what was not told yet. Answers nothing, "
        "except what the rules of --rules name.",
    )
    add_filter_options(parser)
    parser.add_argument(
        "--since",
        metavar="CURSOR",
        help="tell what came after the line with this cursor; now: leave out what waits already",
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="where to keep what was told; two watches of a target need two files",
    )
    parser.add_argument(
        "--exec",
        type=_command,
        dest="command_line",
        metavar="COMMAND",
        help="run this for each line instead, with the line on its standard input: without a "
        "shell, one at a time",
    )
    parser.add_argument(
        "--timeout",
        type=number_between(1, 86_400),
        default=30,
        metavar="SECONDS",
        help="end the command after so long; then it failed (default: %(default)s)",
    )
    parser.add_argument(
        "--tries",
        type=number_between(1, 1000),
        default=3,
        metavar="N",
        help="run a command that failed so often, then end with exit code 9 (default: %(default)s)",
    )
    parser.add_argument(
        "--ahead",
        type=_minutes,
        default=timedelta(minutes=10),
        metavar="MINUTES",
        help="tell a deadline so long before it (default: 10)",
    )
    parser.add_argument(
        "--rules",
        type=Path,
        metavar="FILE",
        help="answer the tool calls that the rules of this file name; hitl-tui rules check explains it",
    )
    add_yes_option(parser)
    parser.add_argument("--once", action="store_true", help="end when everything was told")


def _command(text: str) -> tuple[str, ...]:
    """Read a command: its words, split as a shell does it, and nothing else of a shell."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a command: {error}") from error
    if not words or shutil.which(words[0]) is None:
        raise argparse.ArgumentTypeError(f"there is no program {words[0] if words else text!r}")
    return words


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=number_between(0, 1_000_000)(text))


ADD_WATCH_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "watch": _add_watch_options
}
