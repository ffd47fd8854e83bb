"""The command, once the interpreter is known to fit: from its arguments to an exit code."""

import argparse
import os
import signal
import sys
import traceback
from types import FrameType
from typing import NoReturn

from hitl_server import requirements
from hitl_server.data_folder import DataFolder
from hitl_server.errors import ServeError, StartFailed
from hitl_server.forks import keep_from_forks
from hitl_server.identity.tokens import VARIABLE, Token, checked_token, read_tokens
from hitl_server.process import detach_streams
from hitl_server.project.config import read_project
from hitl_server.project_code import OwnCtrlC
from hitl_server.startup_report import Reporter, TerminalReporter

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
