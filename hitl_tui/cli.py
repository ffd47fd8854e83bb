"""Arguments: from a command line to the console, or to a shell command."""

import argparse
import asyncio
import difflib
import io
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from engine.errors import BadInput, EngineFailed, HitlError
from engine.model import JsonValue, LogEntry
from engine.strict_json import JsonProblem, read_json
from hitl_tui import demo, shell

if TYPE_CHECKING:
    from engine.desk import Desk

Command = Callable[["Desk", argparse.Namespace], Awaitable[shell.Said]]

_EPILOG = """\
commands:
  hitl-tui [TARGET]         open the console (hitl-tui --help)
  hitl-tui demo             open the console on the sample graphs
  hitl-tui serve [TARGET]   run the engine server alone

  hitl-tui graphs           the graphs of the target
  hitl-tui run GRAPH        run a graph to its next stop or end
  hitl-tui list             what waits
  hitl-tui show THREAD      the state of one thread
  hitl-tui answer THREAD    answer one interrupt
  hitl-tui step THREAD      step past a breakpoint
  hitl-tui log              the decisions made here

Each has its own --help. TARGET is a URL, a langgraph.json, or file.py:graph; without one:
HITL_TUI_TARGET, then ./langgraph.json.

exit codes: 0 done as asked; 1 the output was lost; 2 wrong usage; 3 refused: it
no longer waits, was never there, or would replace what waits; 4 the answer is not one this
interrupt takes; 5 the target cannot be reached or refuses us; 6 the outcome is unknown; 7 the
graph raised; 130 interrupted before anything was sent.

With --json, standard output is one JSON document and messages go to standard error. run, answer
and step print theirs also when they are refused (3, 4) or do not know the outcome (6); with 2
and 5 nothing was sent and there is no document.
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
    desk = import_module("engine.desk")
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
    if args.command == "log":
        said = shell.log(await _read_log(args))
        _say(said, args)
        return said.exit_code
    try:
        async with _open_desk(args) as desk:
            try:
                said = await args.run(desk, args)
            except asyncio.CancelledError:
                if not desk.unsettled:
                    raise
                said = shell.left(desk.unsettled[-1])
            _say(said, args)  # before the desk closes, so that an impatient ctrl+c hides nothing
    except HitlError as error:
        document = shell.refusal(error, args)
        if args.json and document is not None:
            _print(json.dumps(document))
        raise
    return said.exit_code


def _say(said: shell.Said, args: argparse.Namespace) -> None:
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


async def _read_log(args: argparse.Namespace) -> tuple[LogEntry, ...]:
    """Read the journal, which is here even when the target is away."""
    desk_module = import_module("engine.desk")
    entries: tuple[LogEntry, ...] = await desk_module.read_log(
        args.target, data_dir=args.data_dir, limit=args.limit
    )
    return entries


@asynccontextmanager
async def _open_desk(args: argparse.Namespace) -> AsyncIterator["Desk"]:
    """Open the desk; the engine is imported here, in a thread, because the screen paints first."""
    desk_module = await asyncio.to_thread(import_module, "engine.desk")
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
    _tell(shell.error_line(error.title, str(error)))
    if error.detail:
        _tell(shell.error_detail(error.detail))


def _parse(argv: list[str]) -> argparse.Namespace:
    if argv and argv[0] in _PARSERS:
        command, rest = argv[0], argv[1:]
        parser = _Parser(prog=f"hitl-tui {command}", allow_abbrev=False)
        _PARSERS[command](parser)
        args = parser.parse_args(rest)
        args.command = command
        return args
    if argv:
        _refuse_a_misspelt_command(argv[0])
    parser = _Parser(
        prog="hitl-tui",
        description="Review what LangGraph graphs are about to do.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_target_argument(parser)
    _add_connection_options(parser)
    args = parser.parse_args(argv)
    args.command = None
    return args


def _refuse_a_misspelt_command(word: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z_-]*", word) or os.path.exists(word):
        return
    close = difflib.get_close_matches(word.lower(), _PARSERS, n=1)
    raise BadInput(
        f"There is no command and no target {word}.",
        hint=f"Did you mean hitl-tui {close[0]}?" if close else "See hitl-tui --help.",
    )


def _add_target_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", nargs="?", help="a URL, a langgraph.json, or file.py:graph")


def _add_connection_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        type=_header,
        metavar="'K: V'",
        help="a header for a URL; may be repeated",
    )
    parser.add_argument(
        "--api-key-env", metavar="NAME", help="the environment variable that holds the API key"
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where local state lives, a folder a project"
    )
    parser.add_argument(
        "--python", metavar="PATH", help="the interpreter that has the graphs' dependencies"
    )


def _add_shell_options(
    parser: argparse.ArgumentParser, run: Command | None, description: str
) -> None:
    parser.description = description
    parser.set_defaults(run=run)
    parser.add_argument("-t", "--target", help="a URL, a langgraph.json, or file.py:graph")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    _add_connection_options(parser)


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.description = "Open the console on the sample graphs, with threads that wait."
    _add_connection_options(parser)
    parser.set_defaults(target=demo.TARGET)


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.description = "Run the engine alone: a LangGraph server on SQLite."
    _add_target_argument(parser)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_number(0, 65_535), default=2024)
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


def _graphs_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, shell.graphs, "Print the graphs of the target.")


def _run_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, shell.run, "Run a graph to its next stop or end.")
    parser.add_argument("graph")
    parser.add_argument("--input", type=_json, required=True, metavar="JSON")
    parser.add_argument("--thread", metavar="ID", help="run on this thread, not on a new one")
    for when in ("before", "after"):
        parser.add_argument(
            f"--interrupt-{when}",
            type=_nodes,
            default=(),
            metavar="NODES",
            help=f"stop {when} these nodes: a,b or '*'",
        )


def _list_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, shell.list_waiting, "Print what waits, longest waiting first.")
    parser.add_argument("--graph", metavar="G")


def _show_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, shell.show, "Print the state of one thread.")
    parser.add_argument("thread")


def _answer_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, shell.answer, "Answer one interrupt.")
    parser.epilog = "A text that begins with a dash is written with an equals sign: --text=-text."
    parser.add_argument("thread")
    parser.add_argument(
        "--interrupt", metavar="ID", help="which one; needed where more than one waits"
    )
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--text", metavar="T", help="answer with this text")
    given.add_argument(
        "--value",
        type=_json,
        default=shell.ABSENT,
        metavar="JSON",
        help="with this JSON; - reads it",
    )
    given.add_argument("--approve", action="store_true", help="let the tool call run as it is")
    given.add_argument("--edit", type=_json_object, metavar="JSON", help="run it with these args")
    given.add_argument(
        "--reject", nargs="?", default=shell.ABSENT, metavar="MSG", help="do not run it"
    )
    given.add_argument("--respond", metavar="MSG", help="answer in the tool's place")


def _step_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, shell.step, "Step past a breakpoint to the next stop or the end.")
    parser.add_argument("thread")


def _log_options(parser: argparse.ArgumentParser) -> None:
    _add_shell_options(parser, None, "Print the decisions made here, newest first.")
    parser.add_argument("--limit", type=_number(1, 1_000_000), default=200)


_PARSERS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "demo": _demo,
    "serve": _serve_options,
    "graphs": _graphs_options,
    "run": _run_options,
    "list": _list_options,
    "show": _show_options,
    "answer": _answer_options,
    "step": _step_options,
    "log": _log_options,
}


class _Parser(argparse.ArgumentParser):
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
        command = next((word for word in argv if word in _PARSERS), None)
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


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"a number from {least:,} to {most:,} is wanted")
        return value

    return number


def _json(text: str) -> JsonValue:
    """Read JSON; `-` stands for what is on standard input."""
    try:
        return read_json(sys.stdin.read() if text == "-" else text)
    except UnicodeDecodeError as error:
        raise argparse.ArgumentTypeError("what is on standard input is no UTF-8") from error
    except JsonProblem as problem:
        raise argparse.ArgumentTypeError(f"not JSON. {problem}") from problem


def _json_object(text: str) -> JsonValue:
    value = _json(text)
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError("all the arguments are wanted, as a JSON object")
    return value


def _nodes(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not value.strip():
        raise argparse.ArgumentTypeError("a header is one argument, in quotes: 'Name: value'")
    return name.strip().lower(), value.strip()
