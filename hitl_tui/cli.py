"""Arguments: from a command line to the console, or to a shell command."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from engine.errors import BadInput, HitlError
from engine.model import JsonValue
from engine.strict_json import JsonProblem, read_json
from engine.visible import one_line
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

exit codes: 0 done as asked; 2 wrong usage; 3 refused: it no longer waits or was never there;
4 the answer is not one this interrupt takes; 5 the target cannot be reached or refuses us;
6 the outcome is unknown; 7 the graph raised.
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Run `hitl-tui` and exit with its code."""
    try:
        sys.exit(_run(_parse(list(sys.argv[1:] if argv is None else argv))))
    except HitlError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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
    if not sys.__stderr__ or not sys.__stderr__.isatty() or not sys.stdin.isatty():
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
        token=args.token,
        python=args.python,
    )
    os.execv(command[0], command)


async def _shell(args: argparse.Namespace) -> int:
    async with _open_desk(args) as desk:
        said: shell.Said = await args.run(desk, args)
    if args.json:
        print(json.dumps(said.document, ensure_ascii=True))
    else:
        print("\n".join(said.lines))
    for note in said.notes:
        print(f"hitl-tui: {one_line(note, 2000)}", file=sys.stderr)
    return said.exit_code


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
    print(shell.error_line(error.title, str(error)), file=sys.stderr)
    if error.detail:
        print(shell.error_detail(error.detail), file=sys.stderr)


def _parse(argv: list[str]) -> argparse.Namespace:
    if argv and argv[0] in _PARSERS:
        command, rest = argv[0], argv[1:]
        parser = _Parser(prog=f"hitl-tui {command}", allow_abbrev=False)
        _PARSERS[command](parser)
        args = parser.parse_args(rest)
        args.command = command
        return args
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


def _add_shell_options(parser: argparse.ArgumentParser, run: Command, description: str) -> None:
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
    parser.add_argument("--port", type=int, default=2024)
    parser.add_argument("--token", help="required for any address but loopback")
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
    parser.add_argument("thread")
    parser.add_argument(
        "--interrupt", metavar="ID", help="which one; needed where more than one waits"
    )
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--text", metavar="T", help="answer with this text")
    given.add_argument(
        "--value", type=_json, default=shell.ABSENT, metavar="JSON", help="with this JSON"
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
    _add_shell_options(parser, shell.log, "Print the decisions made here, newest first.")
    parser.add_argument("--limit", type=int, default=200)


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

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message}.", hint=f"See {self.prog} --help.")


def _json(text: str) -> JsonValue:
    try:
        return read_json(text)
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
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError("a header is written 'Name: value'")
    return name.strip().lower(), value.strip()
