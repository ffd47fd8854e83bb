"""The options of the shell commands that run graphs, and that show, answer and step threads."""

import argparse
from collections.abc import Callable

from hitl_tui.options import any_text, json_object, json_value, key_value, nodes, tool_arguments
from hitl_tui.shell import decision_options, thread_commands
from hitl_tui.shell.common_options import (
    add_even_if_claimed_option,
    add_expect_option,
    add_log_reason_option,
    add_shell_options,
    add_thread_argument,
    add_yes_option,
)
from hitl_tui.shell.debugging_options import add_goal_options


def _add_graphs_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, thread_commands.graphs, "List the graphs of the target.")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, thread_commands.run, "Run a graph to its next stop or end.")
    parser.add_argument("graph", help="the name of a graph, as hitl-tui graphs lists it")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument(
        "--input",
        type=json_value,
        default=decision_options.ABSENT,
        metavar="JSON",
        help="the input of the graph; - reads it from standard input",
    )
    given.add_argument(
        "--input-text",
        type=any_text,
        metavar="TEXT",
        help="the input as one text: a message, or the one field of the input that takes a text",
    )
    parser.add_argument(
        "--config",
        type=json_object,
        default={},
        metavar="JSON",
        help="LangGraph's config of the run",
    )
    parser.add_argument(
        "--configurable",
        type=key_value,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a value of `configurable` in the config: JSON, or else a text; may be repeated",
    )
    parser.add_argument(
        "--context", type=json_object, default={}, metavar="JSON", help="the context of the run"
    )
    parser.add_argument("--thread", metavar="ID", help="run on this thread instead of a new one")
    for when in ("before", "after"):
        parser.add_argument(
            f"--interrupt-{when}",
            type=nodes,
            default=(),
            metavar="NODES",
            help=f"stop {when} these nodes, too: a,b or '*' for all",
        )
    parser.add_argument(
        "--replace-breakpoints",
        action="store_true",
        help="stop at these nodes alone, and not at the breakpoints that the graph was compiled with",
    )
    add_yes_option(parser)


def _add_show_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        thread_commands.show,
        "Print what a thread waits for (each question, and which answers it takes), and its state.",
    )
    add_thread_argument(parser)


def _add_answer_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, thread_commands.answer, "Answer one interrupt, or several at once.")
    parser.epilog = (
        "N is the number of a call, an option or a question in hitl-tui show, from 1. Give - for "
        "JSON to read it from standard input. If a text begins with a dash, write it with an "
        "equals sign: --text=-text."
    )
    add_thread_argument(parser)
    parser.add_argument(
        "--interrupt",
        type=decision_options.asked_and_answer,
        action="append",
        default=[],
        metavar="ID[=JSON]",
        help="the interrupt to answer, if more than one waits. With =JSON it contains the answer "
        "and may be repeated; all answers are sent in one request",
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--text", type=any_text, metavar="T", help="answer with this text")
    given.add_argument(
        "--value",
        type=json_value,
        default=decision_options.ABSENT,
        metavar="JSON",
        help="answer with this JSON",
    )
    given.add_argument("--approve", action="store_true", help="let the tool calls run as shown")
    given.add_argument(
        "--edit",
        type=tool_arguments,
        metavar="JSON",
        help="let the tool call run with these arguments instead",
    )
    given.add_argument(
        "--reject",
        type=any_text,
        nargs="?",
        default=decision_options.ABSENT,
        metavar="MSG",
        help="do not let the tool calls run, and give this reason",
    )
    given.add_argument("--respond", type=any_text, metavar="MSG", help="answer in the tool's place")
    given.add_argument(
        "--decision",
        type=decision_options.numbered_verdict,
        action="append",
        metavar="N=VERDICT",
        help="approve, reject[:MSG], respond:MSG or edit:JSON for call N; repeat it for each call",
    )
    given.add_argument(
        "--choose",
        type=decision_options.choice,
        metavar="N[:TEXT]",
        help="choose option N, with a text where it takes one",
    )
    given.add_argument(
        "--reply",
        type=decision_options.numbered_text,
        action="append",
        metavar="N=TEXT",
        help="reply to question N of this interrupt; repeat it for each question. To choose several "
        "options of one question, repeat it with the same N",
    )
    given.add_argument(
        "--decline",
        action="store_true",
        help="decline to fill in the form or to answer the questions",
    )
    parser.add_argument(
        "--tool",
        type=decision_options.numbered_name,
        action="append",
        default=[],
        metavar="N=NAME",
        help="let the edited call N run this tool instead",
    )
    add_even_if_claimed_option(parser)
    add_log_reason_option(parser)
    add_expect_option(parser)
    add_yes_option(parser)


def _add_claim_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser,
        thread_commands.claim,
        "Claim a thread for 30 minutes, so that others who work on the same server see who has it.",
    )
    add_thread_argument(parser)
    parser.add_argument(
        "--take-over", action="store_true", help="claim it though somebody else has claimed it"
    )


def _add_release_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(parser, thread_commands.release, "Give a thread back that you claimed.")
    add_thread_argument(parser)


def _add_reopen_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, thread_commands.reopen, "Ask again a question whose node failed on its last answer."
    )
    parser.epilog = (
        "All answers of the current step are discarded, and the nodes of that step run again. "
        "Earlier nodes do not."
    )
    add_thread_argument(parser)
    parser.add_argument(
        "--interrupt", metavar="ID", help="the interrupt to reopen, if several nodes failed"
    )
    add_expect_option(parser)
    add_yes_option(parser)


def _add_step_options(parser: argparse.ArgumentParser) -> None:
    add_shell_options(
        parser, thread_commands.step, "Step past a breakpoint to the next stop or the end."
    )
    add_thread_argument(parser)
    add_goal_options(parser)
    add_even_if_claimed_option(parser)
    add_log_reason_option(parser)
    add_expect_option(parser)
    add_yes_option(parser)


ADD_THREAD_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "graphs": _add_graphs_options,
    "run": _add_run_options,
    "show": _add_show_options,
    "answer": _add_answer_options,
    "claim": _add_claim_options,
    "release": _add_release_options,
    "reopen": _add_reopen_options,
    "step": _add_step_options,
}
