"""The command, once the interpreter is known to fit: from its arguments to an exit code."""

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from hitl_server import requirements
from hitl_server.data_folder import DataFolder
from hitl_server.errors import BadOption, ServeError, StartFailed
from hitl_server.forks import keep_from_forks
from hitl_server.identity.tokens import VARIABLE, Role, Token, checked_token, read_tokens
from hitl_server.process import detach_streams
from hitl_server.project.config import ProjectConfig, read_project
from hitl_server.project_code import OwnCtrlC
from hitl_server.startup_report import Reporter, TerminalReporter

if TYPE_CHECKING:
    from hitl_server.four_eyes.admission import FourEyes

_DEFAULTS = {
    "LANGGRAPH_STRICT_MSGPACK": "true",
    "LANGSMITH_TRACING": "false",
}
"""Environment variables of LangGraph's packages, for a project that does not set them."""


def run(args: argparse.Namespace, report: Reporter) -> int:
    """Serve until a signal or the parent ends it; return 0 (ended), 2 (bad target) or 5 (not served)."""
    signal.signal(signal.SIGINT, _interrupt)  # until the event loop has its own handler
    try:
        tokens = _tokens(args)
        project = read_project(args.target)
        four_eyes = _four_eyes(args.four_eyes, tokens, project) if args.four_eyes else None
        folder = DataFolder.claim(args.data)
        given = (args.parent_fd, args.clients_fd, args.report_fd)
        keep_from_forks([folder.lock, *(each for each in given if each is not None)])
        terminal = detach_streams(folder.open_log())
        if isinstance(report, TerminalReporter):
            report = TerminalReporter(terminal)
        project.enter()
        # Both are read when langgraph is imported, so they come before anything that does.
        for name, value in _DEFAULTS.items():
            os.environ.setdefault(name, value)
        from hitl_server.lifecycle import Options, owners_token, serve

        options = Options(
            args.target,
            args.host,
            args.port,
            tokens,
            args.parent_fd,
            args.clients_fd,
            four_eyes,
            by_console=args.report_fd is not None,
        )
        owner = owners_token(options, project)
        serve(options, project, folder, owner, report)
    except ServeError as error:
        report.failed(error)
        return error.exit_code
    except OwnCtrlC:
        return 0
    except ImportError as error:
        what = f"{sys.executable} cannot import what the server needs: {error}."
        hint = f"Install its packages again: {requirements.install_command()}"
        report.failed(StartFailed(what, hint=hint))
        return StartFailed.exit_code
    except BaseException as error:  # noqa: BLE001  any failure is reported to the starter
        what = f"{type(error).__name__}: {error}"
        report.failed(StartFailed(what, detail=traceback.format_exc()))
        return StartFailed.exit_code
    return 0


def _four_eyes(path: Path, tokens: tuple[Token, ...], project: ProjectConfig) -> "FourEyes":
    """Return the rules of a file. Raises `BadOption`, also where no two persons could ever answer."""
    from hitl_server.four_eyes.admission import FourEyes  # needs a library that few servers use
    from hitl_server.four_eyes.rule_file import read_rules

    rules = read_rules(path)
    reviewers = [token for token in tokens if token.name and token.role is not Role.VIEWER]
    if len(reviewers) < 2 and not project.auth:
        raise BadOption(
            "--four-eyes needs at least two reviewers with names.",
            hint="Give --tokens a file with two names that are not viewers, or use your own auth.",
        )
    if project.own_checkpointer:
        raise BadOption(
            "--four-eyes needs the checkpoints of this server: other programs can write into yours.",
            hint='Remove "checkpointer" from langgraph.json, or do not give --four-eyes.',
        )
    return FourEyes(rules)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise OwnCtrlC


def _tokens(args: argparse.Namespace) -> tuple[Token, ...]:
    """Return the tokens of the command line and of the environment.

    That variable is removed, so that no node reads it. Raises `BadOption`.
    """
    brought = os.environ.pop(VARIABLE, None)
    given = {"--token": args.token} if args.token is not None else {VARIABLE: brought}
    unnamed = [
        checked_token(secret, place) for place, secret in given.items() if secret is not None
    ]
    return (*unnamed, *(read_tokens(args.tokens) if args.tokens else ()))
