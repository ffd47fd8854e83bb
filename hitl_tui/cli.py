"""The entry point `hitl-tui`: starts the console, the local server alone, or a shell command."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from hitl_engine.errors import BadInput, HitlError, LocalServerFailed
from hitl_tui import demo
from hitl_tui.argument_parser import parse_arguments
from hitl_tui.settings import Settings
from hitl_tui.shell.standard_streams import discard_output, escape_unencodable, print_note

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.last_seen import LastSeenFile


def main(argv: Sequence[str] | None = None) -> None:
    """Run `hitl-tui` and exit with its code."""
    escape_unencodable()
    try:
        sys.exit(_run(parse_arguments(list(sys.argv[1:] if argv is None else argv))))
    except HitlError as error:
        _print_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        discard_output()
        sys.exit(141)


def _run(args: argparse.Namespace) -> int:
    match args.command:
        case None | "demo" | "open":
            return _run_console(args)
        case "serve":
            return _serve(args)
        case _:
            return _run_shell_command(args)


def _run_console(args: argparse.Namespace) -> int:
    if not all(stream and stream.isatty() for stream in (sys.__stderr__, sys.stdin)):
        raise BadInput("The console needs a terminal.", hint="See hitl-tui --help for commands.")
    from hitl_tui.app import ConsoleApp  # Textual takes 0.3 s, which a shell command saves

    settings = Settings(args.data_dir or user_data_path("hitl-tui"))
    app = ConsoleApp(
        lambda: _open_desk(args),
        settings,
        _last_seen_file(args, settings),
        opens_thread=args.command == "open",
    )
    app.session.takes_up_code = args.reload
    app.run()
    for thread_id in app.unsettled:
        print_note(
            f"You quit before the run on thread {thread_id} ended, so its outcome is not in the log."
            f" To see its state: hitl-tui show {thread_id}"
        )
    return app.return_code or 0


def _last_seen_file(args: argparse.Namespace, settings: Settings) -> "LastSeenFile | None":
    """Return where the inbox of the target is kept; None if nothing is to be kept of it."""
    if args.command == "open":
        return None  # a story is in a file already
    from hitl_engine.last_seen import LastSeenFile  # shell commands need no such file

    file = LastSeenFile.of_target(
        args.target,
        data_dir=args.data_dir,
        headers=dict(args.header),
        api_key_env=args.api_key_env,
    )
    if file is None or (settings.kept("keep_inbox") is not False and not args.forget_inbox):
        return file
    file.remove()
    return None


def _run_shell_command(args: argparse.Namespace) -> int:
    from hitl_tui.shell.runner import run_command  # loads what the console needs only later

    return asyncio.run(run_command(args, lambda: _open_desk(args)))


def _serve(args: argparse.Namespace) -> int:
    from hitl_engine.desk import serve_command  # loads what the console needs only later

    command = serve_command(
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
        raise LocalServerFailed(
            f"{command[0]} cannot be run: {error.strerror}.",
            hint="Give the path of a Python interpreter with --python.",
        ) from error


@asynccontextmanager
async def _open_desk(args: argparse.Namespace) -> AsyncIterator["Desk"]:
    """Open the desk of the target.

    Its module is imported here, in a thread, so that the console paints its first screen before.
    """
    desk_module = await asyncio.to_thread(import_module, "hitl_engine.desk")
    opened: AbstractAsyncContextManager[Desk]
    if args.command == "open":
        opened = desk_module.open_story(args.story)
    else:
        opened = desk_module.open_desk(
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


def _print_error(error: HitlError) -> None:
    from hitl_tui.shell.error_output import error_lines  # loads what the console needs only later

    for line in error_lines(error):
        print_note(line)
