"""The shell commands for `config.toml`: explain settings; list, add, test and remove targets."""

import os
import shlex
from argparse import ArgumentTypeError, Namespace
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from platformdirs import user_data_path

from hitl_engine.concurrency import together
from hitl_engine.configuration import (
    Configuration,
    NamedTarget,
    configuration_path,
    edits,
    named_targets,
    read,
)
from hitl_engine.configuration.explained import explained
from hitl_engine.configuration.kinds import Value
from hitl_engine.errors import BadInput, HitlError
from hitl_engine.model import Server
from hitl_tui.configured_console import check_console
from hitl_tui.settings import Settings
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.configuration_output import (
    changed_result,
    config_result,
    targets_result,
    tested_result,
)

_OPTIONS = (
    *("headers", "key_env", "key_keyring", "key_command", "key_header", "ca", "proxy", "python"),
    *("read_only", "production", "colour"),
)
"""The settings of a target that `targets add` has options for."""


@dataclass(frozen=True, slots=True)
class TestedTarget:
    """What came of opening a target."""

    target: NamedTarget
    server: Server | None
    """None if it could not be opened."""
    error: HitlError | None
    waiting: int
    seconds: float


async def config(args: Namespace) -> CommandResult:
    """Explain every setting, with its value and where that comes from."""
    path = configuration_path(os.environ)
    kept = Settings(args.data_dir or user_data_path("hitl-tui"))
    configuration = read(path, lines=True)
    check_console(configuration)
    return config_result(path, explained(configuration), kept)


async def targets(args: Namespace) -> CommandResult:
    """List, add, test or remove targets."""
    path = configuration_path(os.environ)
    match args.action:
        case "add":
            return _add(path, args)
        case "remove":
            return _remove(path, args)
        case "test":
            return await _test(read(path), args)
        case _:
            configuration = read(path)
            return targets_result(
                path, named_targets(configuration), configuration.text("default_target")
            )


def _add(path: Path, args: Namespace) -> CommandResult:
    is_url = "://" in args.place
    place = args.place if is_url else str(Path(args.place).expanduser().absolute())
    values: dict[str, Value] = {"url" if is_url else "path": place}
    given = {**vars(args), "headers": dict(args.header)}
    values |= {name: given[name] for name in _OPTIONS if given.get(name) not in (None, False, {})}
    text = edits.with_target(_text(path), args.name, values)
    if args.default:
        text = edits.with_value(text, ("default_target",), args.name)
    edits.write(path, text)
    return changed_result(path, args.name, f"The target {args.name} was added to {path}.")


def _remove(path: Path, args: Namespace) -> CommandResult:
    edits.write(path, edits.without_target(_text(path), args.name))
    return changed_result(path, args.name, f"The target {args.name} was removed from {path}.")


async def _test(configuration: Configuration, args: Namespace) -> CommandResult:
    known = {target.name: target for target in named_targets(configuration)}
    if unknown := [name for name in args.names if name not in known]:
        raise BadInput(
            f"There is no target {unknown[0]}.",
            hint=f"The targets are: {', '.join(known) or 'none'}.",
        )
    chosen = [known[name] for name in args.names or known]
    tested = await together(_tested(target, args) for target in chosen)
    return tested_result(tested)


async def _tested(target: NamedTarget, args: Namespace) -> TestedTarget:
    from hitl_engine.desk import open_desk  # only a test opens targets

    began = monotonic()
    try:
        async with open_desk(target, data_dir=args.data_dir, trusts_code=args.trust) as desk:
            waiting = len((await desk.inbox()).items)
            return TestedTarget(target, desk.server, None, waiting, monotonic() - began)
    except HitlError as error:
        return TestedTarget(target, None, error, 0, monotonic() - began)


def command_words(text: str) -> tuple[str, ...]:
    """Cut a command into its words, as a shell does; no shell runs it."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise ArgumentTypeError(f"not a command: {error}") from error
    if not words:
        raise ArgumentTypeError("must not be empty")
    return words


def _text(path: Path) -> str:
    """Return the text of the file; an empty one if it is missing. Raises BadConfiguration."""
    read(path)
    return path.read_text(encoding="utf-8") if path.exists() else ""
