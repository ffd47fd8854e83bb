"""From a command line to its parsed arguments: the commands, and the options of the console.

The options of the shell commands are in `shell/command_options.py`.
"""

import argparse
import difflib
import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, NoReturn

from hitl_engine.errors import BadInput
from hitl_tui import demo
from hitl_tui.options import (
    add_connection_options,
    add_data_dir_option,
    add_python_option,
    add_target_argument,
    add_target_option,
    add_trust_option,
    given_path,
    given_text,
    number_between,
)
from hitl_tui.shell.standard_streams import print_output

COMMANDS = (
    *(
        "demo",
        "serve",
        "web",
        "graphs",
        "run",
        "list",
        "review",
        "show",
        "answer",
        "claim",
        "release",
        "reopen",
        "step",
        "log",
    ),
    *("graph", "threads", "state", "messages", "history", "update", "fork", "goto"),
    *("runs", "cancel", "pause", "stream", "copy-as", "copy", "delete", "assistants", "store"),
    *("export", "story", "open", "replay", "watch", "rules", "doctor", "selftest"),
    *("config", "targets", "completion"),
)
"""First words that are a command, not a target."""

_EPILOG = """\
commands:
  hitl-tui [TARGET]         open the console
  hitl-tui --all            open the console on all targets of config.toml
  hitl-tui demo             open the console on the sample graphs
  hitl-tui serve [TARGET]   run the local server without a console
  hitl-tui web [TARGET]     serve the console to your browser

  hitl-tui graphs           list the graphs of the target
  hitl-tui run GRAPH        run a graph to its next stop or end
  hitl-tui list             list what waits for a person
  hitl-tui review           decide what waits, line by line, as screen readers need it
  hitl-tui show THREAD      print what a thread waits for, and its state
  hitl-tui answer THREAD    answer one interrupt, or several at once
  hitl-tui claim THREAD     take a thread, so that others see who has it
  hitl-tui release THREAD   give it back
  hitl-tui reopen THREAD    ask again a question whose node failed on its answer
  hitl-tui step THREAD      step past a breakpoint
  hitl-tui log              list the decisions sent from this data folder
  hitl-tui watch            tell what happens to what waits, a JSON document a line
  hitl-tui rules check FILE explain the rules by which watch answers what waits

  hitl-tui graph GRAPH      print a graph: as a list, Mermaid, SVG or JSON
  hitl-tui threads          list all threads, whatever their status
  hitl-tui runs THREAD      list the runs of a thread
  hitl-tui cancel THREAD    cancel the run in progress on a thread
  hitl-tui pause THREAD     stop it before its next step
  hitl-tui stream THREAD    print the events of the run in progress
  hitl-tui state THREAD     print the state of a thread, or parts of it
  hitl-tui messages THREAD  print the messages of a thread
  hitl-tui history THREAD   list the checkpoints of a thread
  hitl-tui update THREAD    write into the state of a thread
  hitl-tui fork THREAD      begin a branch at a checkpoint
  hitl-tui goto THREAD NODE run a thread at another node
  hitl-tui copy-as LANGUAGE THREAD  print code that does what a thread waits for
  hitl-tui copy THREAD      copy a thread
  hitl-tui delete THREAD    delete a thread
  hitl-tui assistants       list the assistants, or the versions of one
  hitl-tui store ACTION     list, get, put and delete items of the store

  hitl-tui export THREAD    save what was done on a thread as a story
  hitl-tui story FILE       print a story
  hitl-tui open FILE        open the console on a story, to read it
  hitl-tui replay FILE      do it again on a local graph, and print the differences

  hitl-tui config           explain every setting, with its value
  hitl-tui targets ACTION   list, add, test and remove named targets
  hitl-tui doctor           check the terminal, the target and the local data
  hitl-tui selftest         try on this machine what this program promises
  hitl-tui completion SHELL print the script that completes commands in bash, zsh or fish

Each command has its own --help. TARGET is a name from config.toml, a URL, a
langgraph.json, or file.py:graph. Without one, HITL_TUI_TARGET is used, then
./langgraph.json, then default_target of config.toml, then its only target. If
it has several, the console shows all of them in one inbox.

Before the code of a project runs for the first time, or after it has changed,
you are shown its files and asked. --trust and HITL_TUI_TRUST=1 skip that.

exit codes:
  0    done
  1    the output could not be written
  2    wrong usage; nothing was sent
  3    refused: the item no longer waits, is not what --expect names, does not
       exist, or a new run would discard what waits on the thread
  4    the answer does not fit this interrupt, or needs --yes, --even-if-claimed
       or a reason for the log
  5    the target cannot be reached or used; no graph ran
  6    the outcome is unknown
  7    the run failed; mostly its graph raised an error
  8    a replay did something otherwise than its story
  9    the command of watch --exec failed
  10   doctor, selftest or log --verify found something wrong
  11   nobody agreed to run the code of this project; nothing of it ran
  12   the answer is recorded, and waits for a second reviewer; nothing ran
  130  ended with Ctrl+C before anything was sent
  141  nothing reads the output any more, such as head; the command was ended

With --json, standard output is one JSON document; messages go to standard
error. run, answer, reopen, step, update, fork and goto print a document with
exit codes 0, 3, 4, 6 and 7, replay also with 8, the other commands only with 0.
With 4 the document lists each fault of the answer, with its path.
"""


class Parser(argparse.ArgumentParser):
    """Reports errors as the rest of the program does: in one line, with what to do.

    A text or a path is not empty, unless its argument has the type `any_text`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.register("type", None, given_text)
        self.register("type", Path, given_path)

    def parse_args(self, argv: Sequence[str]) -> argparse.Namespace:  # type: ignore[override]  # one use
        """Parse all arguments. Raises BadInput that names those that are not known."""
        args, left_over = self._parse(argv)
        if left_over:
            raise BadInput(_unknown(left_over, argv), hint=self._hint(argv))
        return args

    def _parse(self, argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
        positionals = [each for each in self._actions if not each.option_strings]
        if len(positionals) > 1 and positionals[-1].nargs == "?":
            # Else an option between them would end them, and those after it would be left over.
            return self.parse_known_intermixed_args(argv)
        return self.parse_known_args(argv)

    def print_help(self, file: object = None) -> None:
        """Print the help. Raises OutputFailed."""
        print_output(self.format_help().rstrip())

    def error(self, message: str) -> NoReturn:
        """Raise BadInput with this message and a hint."""
        value = " A value that begins with a dash is written --option=-value."
        hint = value if "expected one argument" in message else ""
        raise BadInput(f"{message.rstrip('.')}.", hint=f"See {self.prog} --help.{hint}")

    def _hint(self, argv: Sequence[str]) -> str:
        command = next((word for word in argv if word in COMMANDS), None)
        if command and self.prog == "hitl-tui":
            return f"The command comes first: hitl-tui {command}."
        return f"See {self.prog} --help."


class _PrintVersion(argparse.Action):
    """Prints the version; it is looked up only then, because that takes time."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it, and end the program."""
        from importlib.metadata import version

        print_output(f"hitl-tui {version('hitl-tui')}")
        parser.exit()


def _unknown(left_over: Sequence[str], argv: Sequence[str]) -> str:
    """Name the arguments that are not known, but never a part of a header: it may be a secret."""
    options = [word.partition("=")[0] for word in left_over if word.startswith("-")]
    if options:
        return f"There is no option {', '.join(options)} here."
    if any(word.startswith("--header") for word in argv):
        return "Unexpected argument; a header is one argument, in quotes: --header 'K: V'."
    return f"Unexpected argument: {' '.join(left_over)}."


def parse_arguments(
    argv: Sequence[str], targets: Callable[[], Collection[str]] = tuple
) -> argparse.Namespace:
    """Return the arguments, with the name of the command, or None for the console.

    `targets` returns the names of configured targets. Raises BadInput.
    """
    _refuse_what_is_no_text(argv)
    if argv and argv[0] in COMMANDS:
        return _parse_command(argv[0], argv[1:])
    if argv:
        _refuse_a_misspelt_command(argv[0], targets)
    parser = _console_parser()
    args = parser.parse_args(argv)
    args.command = None
    return args


def _refuse_what_is_no_text(argv: Sequence[str]) -> None:
    """Refuse bytes that are no characters: Python keeps them as surrogates, which nothing can store."""
    for number, word in enumerate(argv, 1):
        if any("\ud800" <= each <= "\udfff" for each in word):
            encoding = sys.getfilesystemencoding().upper()
            raise BadInput(
                f"Argument {number} is no text: it has bytes that are not {encoding}.",
                kept="Nothing was sent.",
            )


def console_arguments(args: argparse.Namespace) -> list[str]:
    """Return the arguments of a console with the same target and connection as these."""
    given = [("--target", args.target), ("--api-key-env", args.api_key_env)]
    given += [("--data-dir", args.data_dir), ("--python", args.python)]
    given += [("--header", f"{name}: {value}") for name, value in args.header]
    words = [f"{option}={value}" for option, value in given if value is not None]
    return [*words, "--trust"] if args.trust else words


def _parse_command(command: str, argv: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog=f"hitl-tui {command}", allow_abbrev=False)
    _add_command(command, parser)
    if not {"-h", "--help"}.isdisjoint(argv):
        from hitl_tui.examples import add_example  # only help needs it

        add_example(parser, command)
    args = parser.parse_args(argv)
    args.command = command
    return args


def _add_command(command: str, parser: argparse.ArgumentParser) -> None:
    """Add the options and the help of a command."""
    match command:
        case "demo":
            _add_demo_options(parser)
        case "open":
            _add_open_options(parser)
        case "serve":
            _add_serve_options(parser)
        case "web":
            _add_web_options(parser)
        case "completion":
            _add_completion_options(parser)
        case _:
            from hitl_tui.shell.command_options import add_options  # the console needs none of it

            add_options(command, parser)


def parser_of_all() -> argparse.ArgumentParser:
    """Return a parser with all commands, to be read; commands are parsed one by one.

    It has the target of the console only as an option, since the first word may be a command.
    """
    whole = Parser(prog="hitl-tui")
    add_target_option(whole)
    _add_all_option(whole)
    _add_console_options(whole)
    commands = whole.add_subparsers(parser_class=Parser)
    for command in COMMANDS:
        alone = Parser()
        _add_command(command, alone)
        _add_command(command, commands.add_parser(command, help=alone.description))
    return whole


def _console_parser() -> Parser:
    parser = Parser(
        prog="hitl-tui",
        description="Review what LangGraph graphs are about to do.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    target = parser.add_mutually_exclusive_group()
    add_target_argument(target)
    add_target_option(target)
    _add_all_option(target)
    _add_console_options(parser)
    return parser


def _add_all_option(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--all", action="store_true", help="show all targets of config.toml in one inbox"
    )


def _add_console_options(parser: argparse.ArgumentParser) -> None:
    add_connection_options(parser)
    parser.add_argument(
        "--reload",
        action="store_true",
        help="take up changed code of local graphs without asking, when no run is in progress; needs "
        "--trust",
    )
    parser.add_argument(
        "--grace",
        type=number_between(0, 60),
        metavar="SECONDS",
        help="how long an answer can be taken back before it is sent; 0 sends it at once (default: "
        "grace of config.toml, or 3)",
    )
    _add_forget_option(parser)
    _add_ascii_option(parser)
    parser.add_argument("--version", action=_PrintVersion, nargs=0, help="print the version")


def _refuse_a_misspelt_command(word: str, targets: Callable[[], Collection[str]]) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", word) or os.path.exists(word):
        return
    names = targets()
    if word in names:
        return
    close = difflib.get_close_matches(word.lower(), (*COMMANDS, *names), n=1)
    raise BadInput(
        f"{word} is neither a command nor a target.",
        hint=f"Did you mean hitl-tui {close[0]}?" if close else "See hitl-tui --help.",
    )


def _add_forget_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--forget-inbox",
        action="store_true",
        help="keep no copy of the list for the next start, and remove the one that is kept",
    )


def _add_ascii_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ascii",
        action="store_true",
        help="draw signs and frames with ASCII characters; done by itself where the locale is not UTF-8",
    )


def _add_demo_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Open the console on the sample graphs, with threads that wait for an answer."
    )
    add_data_dir_option(parser)
    add_python_option(parser)
    _add_forget_option(parser)
    _add_ascii_option(parser)
    parser.set_defaults(
        target=demo.TARGET, header=[], api_key_env=None, trust=True, reload=False, grace=None
    )


def _add_completion_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print a script for a shell. With it, the tab key completes commands, options and files."
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell that reads it")


def _add_web_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Serve the console to a browser on this machine. Prints a link, which contains a token; each "
        "tab gets a console of its own."
    )
    add_target_argument(parser)
    add_connection_options(parser)
    parser.add_argument(
        "--port",
        type=number_between(0, 65_535),
        default=8000,
        help="the port to listen on (default: %(default)s); 0 takes any free port",
    )
    parser.add_argument(
        "--sessions",
        type=number_between(1, 100),
        default=4,
        metavar="N",
        help="how many consoles may be open at one time (default: %(default)s)",
    )


def _add_open_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Open the console on a story: its conversation, states, history and graph, to read them. "
        "Needs no server."
    )
    parser.add_argument("story", type=Path, help="a file that hitl-tui export wrote")
    add_data_dir_option(parser)
    _add_ascii_option(parser)
    parser.set_defaults(target=None, trust=False, reload=False, grace=0)


def _add_serve_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Run the local server without a console: a LangGraph server on SQLite."
    add_target_argument(parser, local=True)
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--port",
        type=number_between(0, 65_535),
        default=2024,
        help="the port to listen on (default: %(default)s); 0 takes any free port",
    )
    parser.add_argument(
        "--token",
        metavar="SECRET",
        help="the token that clients must send. If --host is not a loopback address, this, --tokens "
        "or an auth section in langgraph.json is required. Other users of this machine can see "
        "command lines, so HITL_TUI_TOKEN is safer",
    )
    parser.add_argument(
        "--tokens",
        type=Path,
        metavar="FILE",
        help="a file with a named token on each line: name = secret. Each run records the "
        "name whose token was used",
    )
    parser.add_argument(
        "--four-eyes",
        type=Path,
        metavar="FILE",
        help="a file with rules: questions that two different people of --tokens must answer alike "
        "before a graph goes on",
    )
    add_data_dir_option(parser)
    add_python_option(parser)
    add_trust_option(parser)
