"""The options of `hitl-tui log`."""

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hitl_engine.model import OutcomeKind
from hitl_tui.options import number_between
from hitl_tui.shell import log_command
from hitl_tui.shell.common_options import add_shell_options

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def _add_log_options(parser: argparse.ArgumentParser) -> None:
    """Add which decisions are wanted, and what is done with them."""
    add_shell_options(
        parser,
        log_command.log_with_server,
        "List the decisions sent to the target from this data folder, newest first; or verify the "
        "journal, or sum it up.",
    )
    parser.add_argument(
        "--limit",
        type=number_between(1, 1_000_000),
        default=200,
        metavar="N",
        help="how many decisions to list, or how many threads --with-runs looks at "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--since",
        type=_moment,
        metavar="TIME",
        help="only decisions since then: 2h, 3d, 2026-11-30 or 2026-11-30T14:00",
    )
    for name, metavar, help in (
        ("thread", "ID", "only decisions on this thread"),
        ("graph", "G", "only decisions on this graph"),
        ("who", "NAME", "only decisions of users with this in their name"),
        ("log-reason", "TEXT", "only decisions with this in their reason for the log"),
    ):
        parser.add_argument(f"--{name}", metavar=metavar, help=help)
    parser.add_argument(
        "--outcome",
        choices=[*OutcomeKind, "none"],
        help="only decisions with this outcome; none: those of which none was recorded",
    )
    parser.add_argument(
        "--others",
        action="store_true",
        help="also ask the server for the answers and steps of others; they are not in the journal, "
        "and marked as told by the server",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--csv", action="store_true", help="print the decisions as CSV")
    what.add_argument(
        "--insight",
        action="store_true",
        help="sum the decisions up: how many, how long they waited and were on the screen",
    )
    what.add_argument(
        "--verify",
        action="store_true",
        help="compare each row of the journal with its hash: was one changed, added or removed?",
    )
    parser.add_argument(
        "--with-runs",
        action="store_true",
        help="with --verify: ask the server for the hashes that its runs carry; by them, rows that "
        "are gone from the end of the journal are found",
    )


def _moment(text: str) -> datetime:
    """Read a time, or how long ago it is."""
    try:
        if found := re.fullmatch(r"(\d{1,6})([smhdw])", text):
            return datetime.now(UTC) - timedelta(seconds=int(found[1]) * _UNITS[found[2]])
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 2h, 3d or 2026-11-30") from error


ADD_LOG_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "log": _add_log_options,
}
