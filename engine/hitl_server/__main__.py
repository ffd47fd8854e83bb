"""Entry point: `python -m hitl_server TARGET --data DIR`."""

import argparse
import os
import sys
import traceback
from pathlib import Path

from hitl_server.data_folder import DataFolder
from hitl_server.errors import ServeError, StartFailed
from hitl_server.identity.tokens import VARIABLE, Token, checked_token, read_tokens
from hitl_server.process import detach_streams
from hitl_server.project.config import read_project


def main(arguments: list[str] | None = None) -> int:
    """Serve a target; return the exit code (0 ended, 2 bad target, 5 could not be served)."""
    args = _parse(arguments)
    from hitl_server.startup_report import PipeReporter, Reporter, TerminalReporter

    report: Reporter = TerminalReporter(2)
    if args.report_fd is not None:
        os.set_inheritable(args.report_fd, False)
        report = PipeReporter(args.report_fd)
    try:
        tokens = _tokens(args)
        project = read_project(args.target)
        folder = DataFolder.claim(args.data)
        terminal = detach_streams(folder.open_log())
        if isinstance(report, TerminalReporter):
            report = TerminalReporter(terminal)
        # Both are read when langgraph is imported, so they come before anything that does.
        os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
        os.environ.setdefault("LANGSMITH_TRACING", "false")
        project.enter()
        from hitl_server.lifecycle import Options, owners_token, serve

        options = Options(
            args.target, args.host, args.port, tokens, args.parent_fd, args.clients_fd
        )
        owner = owners_token(options, project, started_by_console=args.report_fd is not None)
        serve(options, project, folder, owner, report)
    except ServeError as error:
        report.failed(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 0
    except ImportError as error:
        what = f"{sys.executable} cannot import what the engine needs: {error}."
        hint = f"Install hitl-tui there: {sys.executable} -m pip install hitl-tui"
        report.failed(StartFailed(what, hint=hint))
        return StartFailed.exit_code
    except Exception as error:  # noqa: BLE001  the starter has to hear of it, whatever it was
        what = f"{type(error).__name__}: {error}"
        report.failed(StartFailed(what, detail=traceback.format_exc()))
        return StartFailed.exit_code
    return 0


def _tokens(args: argparse.Namespace) -> tuple[Token, ...]:
    """Return the tokens of the command line and the environment, where nodes look in vain for it.

    Raises `BadOption`.
    """
    brought = os.environ.pop(VARIABLE, None)
    given = {"--token": args.token} if args.token is not None else {VARIABLE: brought}
    unnamed = [
        checked_token(secret, place) for place, secret in given.items() if secret is not None
    ]
    return (*unnamed, *(read_tokens(args.tokens) if args.tokens else ()))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hitl_server", description=__doc__)
    parser.add_argument("target", help="a langgraph.json, or path/to/file.py:graph")
    parser.add_argument("--data", type=Path, required=True, help="folder for everything kept")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--token", help=f"what clients must show; better in {VARIABLE}")
    parser.add_argument("--tokens", type=Path, help="a file: a line each, name = secret")
    parser.add_argument("--parent-fd", type=int, help="a pipe; its end is the server's end")
    parser.add_argument("--clients-fd", type=int, help="a file; who locks it is at work here")
    parser.add_argument("--report-fd", type=int, help="a pipe for one JSON line: ready or failed")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads of the user's nodes may still run; nothing of ours is open
