"""The options of the shell commands that look at a server: its threads, graphs, runs and store."""

import argparse
from collections.abc import Callable

from hitl_engine.model import ThreadGroup
from hitl_tui.options import key_value, number_between
from hitl_tui.shell import server_commands
from hitl_tui.shell.common_options import add_shell_options, add_thread_argument, add_yes_option


def _add_threads_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, server_commands.threads, "List the threads of the target, newest changes first."
    )
    parser.add_argument(
        "--status",
        type=ThreadGroup,
        choices=list(ThreadGroup),
        help="list only these, by the status that the server gives them",
    )
    parser.add_argument("--graph", metavar="G", help="list only threads of this graph")
    parser.add_argument(
        "--metadata",
        type=key_value,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="list only threads with this in their metadata; may be repeated",
    )
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument(
        "--limit",
        type=number_between(1, 1_000_000),
        default=50,
        metavar="N",
        help="how many threads to list (default: %(default)s)",
    )
    amount.add_argument("--all", action="store_true", help="list all of them")


def _add_copy_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, server_commands.copy, "Copy a thread, with its checkpoints and what waits on it."
    )
    add_thread_argument(parser)


def _add_delete_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, server_commands.delete, "Delete a thread, with its checkpoints and runs."
    )
    add_thread_argument(parser)
    add_yes_option(parser)


def _add_graph_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, server_commands.graph, "Print a graph: its nodes, edges and compiled breakpoints."
    )
    parser.add_argument("graph", help="the name of a graph, as hitl-tui graphs lists it")
    parser.add_argument(
        "--subgraphs", action="store_true", help="print the nodes of subgraphs in their place"
    )
    form = parser.add_mutually_exclusive_group()
    for name, help in (
        ("ascii", "print the list with ASCII characters only"),
        ("mermaid", "print it in Mermaid's language"),
        ("svg", "print an SVG picture"),
    ):
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=help)


ADD_SERVER_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "graph": _add_graph_options,
    "threads": _add_threads_options,
    "copy": _add_copy_options,
    "delete": _add_delete_options,
}
