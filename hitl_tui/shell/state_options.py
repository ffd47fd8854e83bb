"""The options of the shell commands that print what a thread holds."""

import argparse
from collections.abc import Callable

from hitl_tui.options import number_between
from hitl_tui.shell import state_commands
from hitl_tui.shell.common_options import add_shell_options, add_thread_argument


def _add_state_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, state_commands.state, "Print the state of a thread, or the parts that a path names."
    )
    add_thread_argument(parser)
    parser.add_argument(
        "--path",
        metavar="JSONPATH",
        help="print only what this names, like '$.messages[-1].content'",
    )
    _add_checkpoint_option(parser)
    parser.add_argument(
        "--subgraph",
        metavar="NAMESPACE",
        help="print the state of this subgraph: its namespace, or the node that contains it",
    )


def _add_messages_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, state_commands.messages, "Print the messages of a thread.")
    add_thread_argument(parser)
    parser.add_argument("--key", metavar="KEY", help="print only those in this key of the state")
    parser.add_argument(
        "--last",
        type=number_between(1, 1_000_000),
        metavar="N",
        help="print only the last N messages of each key",
    )
    _add_checkpoint_option(parser)


def _add_checkpoint_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checkpoint",
        metavar="ID",
        help="the thread as it was at this checkpoint, as hitl-tui history lists them",
    )


ADD_STATE_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "state": _add_state_options,
    "messages": _add_messages_options,
}
