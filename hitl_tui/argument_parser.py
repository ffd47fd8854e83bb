"""From a command line to its parsed arguments: the commands, and the options of the console.

The options of the shell commands are in `shell/command_options.py`.
"""

import argparse
import difflib
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from hitl_engine.errors import BadInput
from hitl_tui import demo
from hitl_tui.options import add_connection_options, add_target_argument, number_between

COMMANDS = ("demo", "serve", "graphs", "run", "list", "show", "answer", "reopen", "step", "log")
"""First words that are a command, not a target."""

_EPILOG = """\
commands:
  hitl-tui [TARGET]         open the console (hitl-tui --help)
  hitl-tui demo             open the console on the sample graphs
  hitl-tui serve [TARGET]   run the engine server alone

  hitl-tui graphs           the graphs of the target
  hitl-tui run GRAPH        run a graph to its next stop or end
  hitl-tui list             what waits
  hitl-tui show THREAD      the state of one thread, what it asks, and what it takes
  hitl-tui answer THREAD    answer one interrupt, or several at once
  hitl-tui reopen THREAD    have a question asked anew that is stuck on an answer
  hitl-tui step THREAD      step past a breakpoint
  hitl-tui log              the decisions made here

Each has its own --help. TARGET is a URL, a langgraph.json, or file.py:graph; without one:
HITL_TUI_TARGET, then ./langgraph.json.

exit codes: 0 done as asked; 1 the output was lost; 2 wrong usage; 3 refused: it
no longer waits, was never there, or would replace what waits; 4 the answer is not one this
interrupt takes, or it wants --yes; 5 the target cannot be reached or refuses us; 6 the outcome is unknown; 7 the
graph raised; 130 interrupted before anything was sent.

With --json, standard output is one JSON document and messages go to standard error. run, answer,
reopen and step print theirs also when they are refused (3, 4) or do not know the outcome (6); an
answer that does not fit has its faults in it, each with its path. With 2 and 5 nothing was sent and
there is no document.
"""


class Parser(argparse.ArgumentParser):
    """Complains as the rest of the program does: one line, and what to do."""

    def parse_args(self, argv: Sequence[str]) -> argparse.Namespace:  # type: ignore[override]  # one use
        """Parse, and say what is left over."""
        args, left_over = self.parse_known_args(argv)
        if left_over:
            raise BadInput(_about(left_over, argv), hint=self._hint(argv))
        return args

    def error(self, message: str) -> NoReturn:
        """Say what is wrong."""
        value = " A value that begins with a dash is written --option=-value."
        hint = value if "expected one argument" in message else ""
        raise BadInput(f"{message.rstrip('.')}.", hint=f"See {self.prog} --help.{hint}")

    def _hint(self, argv: Sequence[str]) -> str:
        command = next((word for word in argv if word in COMMANDS), None)
        if command and self.prog == "hitl-tui":
            return f"The command comes first: hitl-tui {command}."
        return f"See {self.prog} --help."


def _about(left_over: Sequence[str], argv: Sequence[str]) -> str:
    """Say what is left over; never what may be a part of a header, which is a secret."""
    options = [word.partition("=")[0] for word in left_over if word.startswith("-")]
    if options:
        return f"There is no option {', '.join(options)} here."
    if any(word.startswith("--header") for word in argv):
        return "There is a word too many; a header is one argument, in quotes: --header 'K: V'."
    return f"There is a word too many: {' '.join(left_over)}."


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return the arguments, with the name of the command, or None for the console.

    Raises BadInput.
    """
    if argv and argv[0] in COMMANDS:
        return _parse_command(argv[0], argv[1:])
    if argv:
        _refuse_a_misspelt_command(argv[0])
    parser = _console_parser()
    args = parser.parse_args(argv)
    args.command = None
    return args


def _parse_command(command: str, argv: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog=f"hitl-tui {command}", allow_abbrev=False)
    match command:
        case "demo":
            _add_demo_options(parser)
        case "serve":
            _add_serve_options(parser)
        case _:
            from hitl_tui.shell.command_options import ADD_OPTIONS  # the console needs none of it

            ADD_OPTIONS[command](parser)
    args = parser.parse_args(argv)
    args.command = command
    return args


def _console_parser() -> Parser:
    parser = Parser(
        prog="hitl-tui",
        description="Review what LangGraph graphs are about to do.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_target_argument(parser)
    add_connection_options(parser)
    return parser


def _refuse_a_misspelt_command(word: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z_-]*", word) or os.path.exists(word):
        return
    close = difflib.get_close_matches(word.lower(), COMMANDS, n=1)
    raise BadInput(
        f"There is no command and no target {word}.",
        hint=f"Did you mean hitl-tui {close[0]}?" if close else "See hitl-tui --help.",
    )


def _add_demo_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Open the console on the sample graphs, with threads that wait."
    add_connection_options(parser)
    parser.set_defaults(target=demo.TARGET)


def _add_serve_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Run the engine alone: a LangGraph server on SQLite."
    add_target_argument(parser)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=number_between(0, 65_535), default=2024)
    parser.add_argument(
        "--token",
        metavar="SECRET",
        help="what clients have to show, required for any address but loopback; other users of "
        "this machine may see it here, but not in HITL_TUI_TOKEN",
    )
    parser.add_argument(
        "--tokens",
        type=Path,
        metavar="FILE",
        help="more tokens: a line each, name = secret; runs record the name of who started them",
    )
    parser.add_argument("--data-dir", type=Path, metavar="DIR")
    parser.add_argument("--python", metavar="PATH")
