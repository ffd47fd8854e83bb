"""Options that several shell commands have."""

import argparse
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from hitl_engine.model import ItemKind
from hitl_tui.options import add_connection_options, add_target_option, fingerprint_text, member_of
from hitl_tui.shell.command_result import CommandResult

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

Command: TypeAlias = Callable[["Desk", argparse.Namespace], Awaitable[CommandResult]]


def add_shell_options(
    parser: argparse.ArgumentParser, run: Command | None, description: str
) -> None:
    """Add what every shell command takes, and the function that runs it."""
    parser.description = description
    parser.set_defaults(run=run)
    add_target_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_connection_options(parser)


def add_thread_argument(parser: argparse.ArgumentParser) -> None:
    """Add the thread that the command is about."""
    parser.add_argument("thread", help="the id of a thread, as hitl-tui list prints it")


def add_filter_options(parser: argparse.ArgumentParser) -> None:
    """Add which items the command is about: those that fit each option that is given."""
    for name, metavar, help in (
        ("graph", "G", "only what waits in this graph"),
        ("tool", "NAME", "only tool calls of this tool, and what it asks itself"),
    ):
        parser.add_argument(
            f"--{name}",
            action="append",
            default=[],
            metavar=metavar,
            help=f"{help}; may be repeated",
        )
    parser.add_argument(
        "--kind",
        type=member_of(ItemKind),
        choices=list(ItemKind),
        action="append",
        default=[],
        metavar="KIND",
        help=f"only items of this kind: {', '.join(ItemKind)}; may be repeated",
    )


def add_yes_option(parser: argparse.ArgumentParser) -> None:
    """Add the confirmation."""
    parser.add_argument(
        "--yes",
        action="store_true",
        help="confirm what the command warns about, and what goes to a target in production",
    )


def add_even_if_claimed_option(parser: argparse.ArgumentParser) -> None:
    """Add the consent to answer what somebody else has claimed."""
    parser.add_argument(
        "--even-if-claimed",
        action="store_true",
        help="send it though somebody else has claimed the thread",
    )


def add_log_reason_option(parser: argparse.ArgumentParser) -> None:
    """Add why it is decided so."""
    parser.add_argument(
        "--log-reason",
        metavar="TEXT",
        help="a reason or a ticket for the log; the graph does not get it",
    )


def add_expect_option(parser: argparse.ArgumentParser) -> None:
    """Add what must still wait."""
    parser.add_argument(
        "--expect",
        type=fingerprint_text,
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help="go on only if what was shown with this fingerprint still waits; may be repeated",
    )
