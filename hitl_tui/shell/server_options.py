"""The options of the shell commands that look at a server: its threads, graphs, runs and store."""

import argparse
from collections.abc import Callable

from hitl_engine.model import CodeLanguage, ThreadGroup
from hitl_tui.options import json_object, json_value, key_value, member_of, number_between
from hitl_tui.shell import server_commands
from hitl_tui.shell.common_options import add_shell_options, add_thread_argument, add_yes_option
from hitl_tui.shell.decision_options import ABSENT


def _add_threads_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, server_commands.threads, "List the threads of the target, newest changes first."
    )
    parser.add_argument(
        "--status",
        type=member_of(ThreadGroup),
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
    parser.add_argument(
        "--copy-as",
        type=member_of(CodeLanguage),
        choices=list(CodeLanguage),
        metavar="LANGUAGE",
        help="print code that lists them instead: python, javascript or curl",
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
    add_yes_option(parser)


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
    parser.add_argument(
        "--ascii", action="store_true", help="print the list or picture with ASCII characters only"
    )
    form = parser.add_mutually_exclusive_group()
    for name, help in (
        ("picture", "print it as a laid-out picture"),
        ("mermaid", "print it in Mermaid's language"),
        ("svg", "print an SVG picture"),
    ):
        form.add_argument(f"--{name}", dest="form", action="store_const", const=name, help=help)


def _add_runs_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, server_commands.runs, "List the runs of a thread, newest first.")
    add_thread_argument(parser)
    parser.add_argument(
        "--limit",
        type=number_between(1, 1_000),
        default=20,
        metavar="N",
        help="how many runs to list (default: %(default)s)",
    )


def _add_cancel_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, server_commands.cancel, "Cancel the run in progress on a thread.")
    add_thread_argument(parser)
    parser.add_argument(
        "--rollback",
        action="store_true",
        help="delete the run as well, with what it wrote into the state",
    )
    add_yes_option(parser)


def _add_pause_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        server_commands.pause,
        "Stop the run in progress on a thread before its next step; hitl-tui step goes on.",
    )
    add_thread_argument(parser)
    add_yes_option(parser)


def _add_stream_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        server_commands.stream,
        "Print the events of the run in progress on a thread, one JSON document a line.",
    )
    add_thread_argument(parser)


def _add_copy_as_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        server_commands.copy_as,
        "Print code that answers what waits on a thread, or steps it on. Nothing is sent.",
    )
    parser.epilog = (
        "Keys are not printed: the code takes them from the environment variables that it names."
    )
    parser.add_argument("language", type=member_of(CodeLanguage), choices=list(CodeLanguage))
    add_thread_argument(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--answer",
        type=json_value,
        default=ABSENT,
        metavar="JSON",
        help="the answer, to each question that waits; without it the code has a placeholder",
    )
    what.add_argument("--run", metavar="ID", dest="run_id", help="what this run was sent with")
    what.add_argument(
        "--checkpoint", metavar="ID", help="run the thread again from this checkpoint"
    )
    what.add_argument(
        "--update",
        type=json_value,
        default=ABSENT,
        metavar="JSON",
        help="write this into the state",
    )
    parser.add_argument("--as-node", metavar="NODE", help="write it as this node")


def _add_assistants_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        server_commands.assistants,
        "List the assistants of the target, with their settings.",
    )
    parser.add_argument(
        "assistant", nargs="?", help="list the versions of this assistant: its name or its id"
    )


def _add_store_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, server_commands.store, "Look at the store of the target, or change it."
    )
    parser.epilog = (
        "list prints the namespaces, or the items in and below one; get prints one item; put "
        "stores one, and delete deletes one: both need --yes where an item is lost."
    )
    parser.add_argument("action", choices=("list", "get", "put", "delete"))
    parser.add_argument("namespace", nargs="?", help="its labels, with dots between them")
    parser.add_argument("key", nargs="?", help="the key of an item")
    parser.add_argument("value", nargs="?", type=json_object, help="a JSON object; - reads it")
    add_yes_option(parser)


ADD_SERVER_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "graph": _add_graph_options,
    "threads": _add_threads_options,
    "runs": _add_runs_options,
    "cancel": _add_cancel_options,
    "pause": _add_pause_options,
    "stream": _add_stream_options,
    "copy-as": _add_copy_as_options,
    "copy": _add_copy_options,
    "delete": _add_delete_options,
    "assistants": _add_assistants_options,
    "store": _add_store_options,
}
