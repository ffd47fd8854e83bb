"""Arguments: from a command line to the console, or to a shell command."""

import argparse
import asyncio
import difflib
import io
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from hitl_engine.errors import BadInput, EngineFailed, HitlError
from hitl_tui import demo
from hitl_tui.options import (
    COMMANDS,
    Parser,
    add_connection_options,
    add_target_argument,
    number_between,
)

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.model import LogEntry
    from hitl_tui.shell.commands import Said

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


class OutputFailed(HitlError):
    """The command did what it was asked to, but could not tell."""

    title = "Output lost"
    exit_code = 1


def main(argv: Sequence[str] | None = None) -> None:
    """Run `hitl-tui` and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an ASCII terminal gets escapes, no traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(_run(_parse(list(sys.argv[1:] if argv is None else argv))))
    except HitlError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _forget_stdout()
        sys.exit(141)


def _run(args: argparse.Namespace) -> int:
    match args.command:
        case None | "demo":
            return _console(args)
        case "serve":
            return _serve(args)
        case _:
            return asyncio.run(_shell(args))


def _console(args: argparse.Namespace) -> int:
    if not all(stream and stream.isatty() for stream in (sys.__stderr__, sys.stdin)):
        raise BadInput("The console needs a terminal.", hint="See hitl-tui --help for commands.")
    from hitl_tui.app import ConsoleApp  # Textual is 0.3 s that a shell command need not wait for

    app = ConsoleApp(lambda: _open_desk(args))
    app.run()
    return app.return_code or 0


def _serve(args: argparse.Namespace) -> int:
    desk = import_module("hitl_engine.desk")
    command = desk.serve_command(
        args.target,
        data_dir=args.data_dir,
        host=args.host,
        port=args.port,
        tokens=args.tokens,
        python=args.python,
    )
    token = {} if args.token is None else {"HITL_TUI_TOKEN": args.token}
    try:
        os.execvpe(command[0], command, {**os.environ, **token})
    except OSError as error:
        raise EngineFailed(
            f"{command[0]} cannot be run: {error.strerror}.",
            hint="Give the path of a Python interpreter with --python.",
        ) from error


async def _shell(args: argparse.Namespace) -> int:
    # With the nouns, which the console loads after its first paint.
    from hitl_tui.shell import commands

    if args.command == "log":
        said = commands.log(await _read_log(args))
        _say(said, args)
        return said.exit_code
    try:
        async with _open_desk(args) as desk:
            try:
                said = await args.run(desk, args)
            except asyncio.CancelledError:
                if not desk.unsettled:
                    raise
                said = commands.left(desk.unsettled[-1])
            _say(said, args)  # before the desk closes, so that an impatient ctrl+c hides nothing
    except HitlError as error:
        document = commands.refusal(error, args)
        if args.json and document is not None:
            _print(json.dumps(document))
        raise
    return said.exit_code


def _say(said: "Said", args: argparse.Namespace) -> None:
    try:
        _print(json.dumps(said.document) if args.json else "\n".join(said.lines))
    finally:
        for note in said.notes:
            _tell(note)


def _tell(text: str) -> None:
    if sys.stderr is not None:  # `print` would take standard output instead
        print(text, file=sys.stderr)


def _print(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        _forget_stdout()
        raise OutputFailed(f"It could not be written: {error.strerror}.") from error


def _forget_stdout() -> None:
    """Let the interpreter's last flush succeed where nobody takes the output any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _read_log(args: argparse.Namespace) -> "tuple[LogEntry, ...]":
    """Read the journal, which is here even when the target is away."""
    desk_module = import_module("hitl_engine.desk")
    entries: tuple[LogEntry, ...] = await desk_module.read_log(
        args.target, data_dir=args.data_dir, limit=args.limit
    )
    return entries


@asynccontextmanager
async def _open_desk(args: argparse.Namespace) -> AsyncIterator["Desk"]:
    """Open the desk; the engine is imported here, in a thread, because the screen paints first."""
    desk_module = await asyncio.to_thread(import_module, "hitl_engine.desk")
    opened: AbstractAsyncContextManager[Desk] = desk_module.open_desk(
        args.target,
        data_dir=args.data_dir,
        headers=dict(args.header),
        api_key_env=args.api_key_env,
        python=args.python,
    )
    async with opened as desk:
        if args.command == "demo":
            await demo.seed(desk)
        yield desk


def _complain(error: HitlError) -> None:
    from hitl_tui.shell import commands

    _tell(commands.error_line(error.title, str(error)))
    for reason in commands.reasons(error):
        _tell(reason)
    if error.detail:
        _tell(commands.error_detail(error.detail))


def _parse(argv: list[str]) -> argparse.Namespace:
    if argv and argv[0] in COMMANDS:
        command, rest = argv[0], argv[1:]
        parser = Parser(prog=f"hitl-tui {command}", allow_abbrev=False)
        _add_options(command, parser)
        args = parser.parse_args(rest)
        args.command = command
        return args
    if argv:
        _refuse_a_misspelt_command(argv[0])
    parser = Parser(
        prog="hitl-tui",
        description="Review what LangGraph graphs are about to do.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_target_argument(parser)
    add_connection_options(parser)
    args = parser.parse_args(argv)
    args.command = None
    return args


def _add_options(command: str, parser: argparse.ArgumentParser) -> None:
    match command:
        case "demo":
            _demo(parser)
        case "serve":
            _serve_options(parser)
        case _:
            from hitl_tui.shell import parsers

            parsers.PARSERS[command](parser)


def _refuse_a_misspelt_command(word: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z_-]*", word) or os.path.exists(word):
        return
    close = difflib.get_close_matches(word.lower(), COMMANDS, n=1)
    raise BadInput(
        f"There is no command and no target {word}.",
        hint=f"Did you mean hitl-tui {close[0]}?" if close else "See hitl-tui --help.",
    )


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.description = "Open the console on the sample graphs, with threads that wait."
    add_connection_options(parser)
    parser.set_defaults(target=demo.TARGET)


def _serve_options(parser: argparse.ArgumentParser) -> None:
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
