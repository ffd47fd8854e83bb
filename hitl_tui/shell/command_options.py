"""The options of each shell command. The console does not load this module."""

import argparse
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from hitl_tui.options import (
    add_connection_options,
    json_object,
    json_value,
    nodes,
    number_between,
)
from hitl_tui.shell import commands, decision_options
from hitl_tui.shell.command_result import CommandResult

if TYPE_CHECKING:
    from hitl_engine.desk import Desk

Command = Callable[["Desk", argparse.Namespace], Awaitable[CommandResult]]


def _add_graphs_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, commands.graphs, "Print the graphs of the target.")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, commands.run, "Run a graph to its next stop or end.")
    parser.add_argument("graph")
    parser.add_argument("--input", type=json_value, required=True, metavar="JSON")
    parser.add_argument("--thread", metavar="ID", help="run on this thread, not on a new one")
    for when in ("before", "after"):
        parser.add_argument(
            f"--interrupt-{when}",
            type=nodes,
            default=(),
            metavar="NODES",
            help=f"stop {when} these nodes: a,b or '*'",
        )


def _add_list_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, commands.list_waiting, "Print what waits, longest waiting first.")
    parser.add_argument("--graph", metavar="G")


def _add_show_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, commands.show, "Print the state of one thread.")
    parser.add_argument("thread")


def _add_answer_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, commands.answer, "Answer one interrupt, or several at once.")
    parser.epilog = (
        "N counts calls, options and questions from 1, as hitl-tui show numbers them. JSON given "
        "as - is read from standard input. A text that begins with a dash is written with an "
        "equals sign: --text=-text."
    )
    parser.add_argument("thread")
    parser.add_argument(
        "--interrupt",
        type=decision_options.asked_and_answer,
        action="append",
        default=[],
        metavar="ID[=JSON]",
        help="which one; needed where more than one waits. With JSON it is the answer, and may "
        "be repeated: all are sent as one",
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--text", metavar="T", help="answer with this text")
    given.add_argument(
        "--value",
        type=json_value,
        default=decision_options.ABSENT,
        metavar="JSON",
        help="with this JSON",
    )
    given.add_argument("--approve", action="store_true", help="let the tool calls run as they are")
    given.add_argument("--edit", type=json_object, metavar="JSON", help="run it with these args")
    given.add_argument(
        "--reject",
        nargs="?",
        default=decision_options.ABSENT,
        metavar="MSG",
        help="do not run them",
    )
    given.add_argument("--respond", metavar="MSG", help="answer in the tool's place")
    given.add_argument(
        "--decision",
        type=decision_options.numbered_verdict,
        action="append",
        metavar="N=VERDICT",
        help="approve, reject[:MSG], respond:MSG or edit:JSON for call N; one for each",
    )
    given.add_argument(
        "--choose",
        type=decision_options.choice,
        metavar="N[:TEXT]",
        help="take option N, with a text",
    )
    given.add_argument(
        "--reply",
        type=decision_options.numbered_text,
        action="append",
        metavar="N=TEXT",
        help="reply to question N; one for each, or for each choice",
    )
    given.add_argument("--decline", action="store_true", help="answer neither form nor questions")
    parser.add_argument(
        "--tool",
        type=decision_options.numbered_text,
        action="append",
        default=[],
        metavar="N=NAME",
        help="let the edited call N run this tool instead",
    )
    _add_yes_option(parser)


def _add_reopen_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(
        parser, commands.reopen, "Have a question asked anew whose node failed on an answer."
    )
    parser.epilog = (
        "All answers of its step are forgotten, and its nodes run again; no earlier ones."
    )
    parser.add_argument("thread")
    parser.add_argument("--interrupt", metavar="ID", help="which one; else the one that failed")
    _add_yes_option(parser)


def _add_yes_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="also where it wants to be confirmed")


def _add_step_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, commands.step, "Step past a breakpoint to the next stop or the end.")
    parser.add_argument("thread")


def _add_log_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, None, "Print the decisions made here, newest first.")
    parser.add_argument("--limit", type=number_between(1, 1_000_000), default=200)


def _add_shell_options(
    parser: argparse.ArgumentParser, run: Command | None, description: str
) -> None:
    parser.description = description
    parser.set_defaults(run=run)
    parser.add_argument("-t", "--target", help="a URL, a langgraph.json, or file.py:graph")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_connection_options(parser)


ADD_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "graphs": _add_graphs_options,
    "run": _add_run_options,
    "list": _add_list_options,
    "show": _add_show_options,
    "answer": _add_answer_options,
    "reopen": _add_reopen_options,
    "step": _add_step_options,
    "log": _add_log_options,
}
