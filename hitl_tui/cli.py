"""The entry point `hitl-tui`: starts the console, the local server alone, or a shell command."""

import argparse
import asyncio
import locale
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from hitl_engine.configuration import (
    Configuration,
    NamedTarget,
    chosen_target,
    configuration_path,
    named_targets,
    read,
    which_target,
)
from hitl_engine.early_server import EarlyServer
from hitl_engine.errors import BadInput, HitlError, LocalServerFailed
from hitl_tui import demo
from hitl_tui.argument_parser import console_arguments, parse_arguments, parser_of_all
from hitl_tui.collector import expect_many_objects
from hitl_tui.settings import Settings
from hitl_tui.shell.standard_streams import (
    discard_output,
    escape_unencodable,
    print_note,
    print_output,
)
from hitl_tui.text.signs import ascii_table, escape_in_payloads, is_utf_8

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.last_seen import LastSeenFile

_IN_BROWSER = "HITL_TUI_IN_BROWSER"
"""Set for the consoles that `hitl-tui web` starts."""


_WITHOUT_TARGET = ("config", "targets", "story")
"""Commands that use no target, or name those that they use."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run `hitl-tui` and exit with its code."""
    expect_many_objects()
    escape_unencodable()
    try:
        sys.exit(_run(list(sys.argv[1:] if argv is None else argv)))
    except HitlError as error:
        _print_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        discard_output()
        sys.exit(141)


def _run(argv: list[str]) -> int:
    configured = cache(lambda: read(configuration_path(os.environ)))
    args = parse_arguments(argv, lambda: configured().names("targets"))
    match args.command:
        case None:
            return _run_console(args, _targets(args, configured()), configured())
        case "demo" | "open":
            return _run_console(args, [NamedTarget(args.target)], configured())
        case "web":
            return _serve_web(args)
        case "completion":
            return _print_completion(args)
        case "selftest" if args.target is None:
            pass  # it needs none
        case "list" if args.all:
            args.targets = _targets(args, configured())
        case "rules" if not (args.target or args.thread):
            pass  # it explains the file alone
        case command if command not in _WITHOUT_TARGET:
            args.target = _target(args, configured())
    return _serve(args) if args.command == "serve" else _run_shell_command(args)


def _targets(args: argparse.Namespace, configuration: Configuration) -> Sequence[NamedTarget]:
    """Return the targets that the console shows: one, or all that are configured."""
    if not args.all:
        found = chosen_target(configuration, args.target, os.environ, Path())
        if found is not None:
            return [found]
    targets = named_targets(configuration)
    if not targets:
        raise BadInput("No target is configured.", hint="Add some: hitl-tui targets add NAME URL.")
    if len(targets) > 1 and (args.header or args.api_key_env or args.python):
        raise BadInput(
            "--header, --api-key-env and --python are for one target.",
            kept="Nothing was sent.",
            hint="Name a target with -t, or set them for each target in config.toml.",
        )
    return targets


def _target(args: argparse.Namespace, configuration: Configuration) -> NamedTarget:
    """Return the configured target that the arguments name, or the one that they describe."""
    found = chosen_target(configuration, args.target, os.environ, Path())
    if found is None:
        raise which_target(configuration)
    return found


def _run_console(
    args: argparse.Namespace, targets: Sequence[NamedTarget], configuration: Configuration
) -> int:
    in_terminal = all(stream and stream.isatty() for stream in (sys.__stderr__, sys.stdin))
    if not in_terminal and not _in_browser():
        raise BadInput("The console needs a terminal.", hint="See hitl-tui --help for commands.")
    openers = {
        target.name: partial(
            _open_desk,
            args,
            target,
            _early_server(args, target) if args.command != "open" else None,
        )
        for target in targets
    }
    from hitl_tui.app import ConsoleApp  # Textual takes 0.3 s, which a shell command saves
    from hitl_tui.configured_console import configured_grace

    settings = Settings(args.data_dir or user_data_path("hitl-tui"))
    app = ConsoleApp(
        openers if len(targets) > 1 else openers[targets[0].name],
        settings,
        configuration,
        last_seen=_last_seen_files(args, targets, configuration),
        opens_thread=args.command == "open",
        ascii_signs=_ascii_signs(args, configuration),
    )
    app.session.takes_up_code = args.reload
    for session, target in zip(app.sessions.targets, targets, strict=True):
        configured = configured_grace(configuration, target.name)
        session.grace = configured if args.grace is None else args.grace
    app.run()
    for thread_id in app.unsettled:
        print_note(
            f"You quit before the run on thread {thread_id} ended, so its outcome is not in the log."
            f" To see its state: hitl-tui show {thread_id}"
        )
    return app.return_code or 0


def _ascii_signs(args: argparse.Namespace, configuration: Configuration) -> Mapping[int, str]:
    """Return which signs are drawn in ASCII, for `str.translate`: none, unless that is needed."""
    encoding = "utf-8" if _in_browser() else _encoding_of_terminal()
    wanted = args.ascii or configuration.get("ascii")
    if wanted is False or (wanted is None and is_utf_8(encoding)):
        return {}
    escape_in_payloads(encoding)
    return ascii_table(encoding)


def _encoding_of_terminal() -> str:
    """Return the encoding of what is drawn, or that of the locale where it is not UTF-8."""
    drawn = getattr(sys.__stderr__, "encoding", "")
    return drawn if not is_utf_8(drawn) else locale.getencoding()


def _last_seen_files(
    args: argparse.Namespace, targets: Sequence[NamedTarget], configuration: Configuration
) -> "dict[str, LastSeenFile]":
    """Return where the inbox of each target is kept, by its name; nothing if it is not to be kept."""
    if args.command == "open":
        return {}  # a story is in a file already
    from hitl_engine.last_seen import LastSeenFile  # shell commands need no such file

    found = {
        target.name if len(targets) > 1 else "": LastSeenFile.of_target(
            target,
            data_dir=args.data_dir,
            headers=dict(args.header),
            api_key_env=args.api_key_env,
        )
        for target in targets
    }
    files = {name: file for name, file in found.items() if file is not None}
    if configuration.get("keep_inbox") is not False and not args.forget_inbox:
        return files
    for file in files.values():
        file.remove()
    return {}


def _print_completion(args: argparse.Namespace) -> int:
    from hitl_tui.shell.completion_command import completion_script

    print_output(completion_script(parser_of_all(), args.shell))
    return 0


def _in_browser() -> bool:
    """Whether `hitl-tui web` started this console."""
    return _IN_BROWSER in os.environ


def _serve_web(args: argparse.Namespace) -> int:
    try:
        from hitl_tui.web.server import serve_web  # needs packages that nothing else needs
    except ImportError as error:
        raise BadInput(
            f"hitl-tui web needs packages that are not installed: {error.name} is missing.",
            hint="Install them: pip install 'hitl-tui[web]'.",
        ) from error
    os.environ[_IN_BROWSER] = "1"
    # With -P, no file in the current folder is taken for a module of ours.
    command = (sys.executable, "-P", "-m", "hitl_tui", *console_arguments(args))
    asyncio.run(
        serve_web(
            command,
            port=args.port,
            sessions=args.sessions,
            on_ready=lambda link: print_output(f"The console is at {link}"),
        )
    )
    return 0


def _run_shell_command(args: argparse.Namespace) -> int:
    from hitl_tui.shell.runner import run_command  # loads what the console needs only later
    from hitl_tui.shell.trust_question import desk_with_consent

    def open_desk() -> AbstractAsyncContextManager["Desk"]:
        return desk_with_consent(
            lambda: _open_desk(args, args.target, _early_server(args, args.target))
        )

    return asyncio.run(run_command(args, open_desk))


def _serve(args: argparse.Namespace) -> int:
    from hitl_engine.desk import serve_command  # loads what the console needs only later
    from hitl_tui.shell.trust_question import with_consent

    async def made() -> list[str]:
        return serve_command(
            args.target,
            data_dir=args.data_dir,
            host=args.host,
            port=args.port,
            tokens=args.tokens,
            four_eyes=args.four_eyes,
            python=args.python,
            trusts_code=_trusts_code(args, args.target.place),
        )

    command = asyncio.run(with_consent(made))
    token = {} if args.token is None else {"HITL_TUI_TOKEN": args.token}
    try:
        os.execvpe(command[0], command, {**os.environ, **token})
    except OSError as error:
        raise LocalServerFailed(
            f"{command[0]} cannot be run: {error.strerror}.",
            hint="Give the path of a Python interpreter with --python.",
        ) from error


def _trusts_code(args: argparse.Namespace, place: str | None) -> bool:
    """Whether the code of a project is run unseen; the samples are code of this program."""
    return bool(args.trust) or demo.is_sample(place)


def _early_server(args: argparse.Namespace, target: NamedTarget) -> EarlyServer:
    return EarlyServer(
        target,
        data_dir=args.data_dir,
        python=args.python,
        trusts_code=_trusts_code(args, target.place),
    )


@asynccontextmanager
async def _open_desk(
    args: argparse.Namespace, target: NamedTarget, early: EarlyServer | None
) -> AsyncIterator["Desk"]:
    """Open the desk of a target.

    Its module is imported here, in a thread, so that the console paints its first screen before, and
    the local server starts meanwhile.
    """
    desk_module = await asyncio.to_thread(import_module, "hitl_engine.desk")
    opened: AbstractAsyncContextManager[Desk]
    if args.command == "open":
        opened = desk_module.open_story(args.story)
    else:
        opened = desk_module.open_desk(
            target,
            data_dir=args.data_dir,
            headers=dict(args.header),
            api_key_env=args.api_key_env,
            python=args.python,
            trusts_code=_trusts_code(args, target.place),
            confirmed=args.command in (None, "demo", "review") or getattr(args, "yes", False),
            through="web" if _in_browser() else "",
            opens_journal=args.command in (None, "demo"),
            early=early,
        )
    async with opened as desk:
        if args.command == "demo":
            await demo.seed(desk)
        yield desk


def _print_error(error: HitlError) -> None:
    from hitl_tui.shell.error_output import error_lines  # loads what the console needs only later

    for line in error_lines(error):
        print_note(line)
