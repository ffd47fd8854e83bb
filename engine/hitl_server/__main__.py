"""Entry point: `python -m hitl_server TARGET --data DIR`."""

from __future__ import annotations  # interpreters that are too old must be able to read this

import argparse
import os
import sys
from pathlib import Path

from hitl_server.errors import StartFailed
from hitl_server.requirements import check_interpreter
from hitl_server.startup_report import PipeReporter, Reporter, TerminalReporter


def main(arguments: list[str] | None = None) -> int:
    """Serve a target; return the exit code (0 ended, 2 bad target, 5 could not be served)."""
    args = _parse(arguments)
    report: Reporter = TerminalReporter(2)
    if args.report_fd is not None:
        os.set_inheritable(args.report_fd, False)
        report = PipeReporter(args.report_fd)
    try:
        check_interpreter()
    except StartFailed as error:
        report.failed(error)
        return error.exit_code
    from hitl_server.command import run  # needs the Python that was just checked

    return run(args, report)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hitl_server", description=__doc__)
    parser.add_argument("target", help="a langgraph.json, or path/to/file.py:graph")
    parser.add_argument("--data", type=Path, required=True, help="folder for everything kept")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--token", help="the token of clients; better in HITL_TUI_TOKEN")
    parser.add_argument("--tokens", type=Path, help="a file: a line each, name = secret")
    parser.add_argument("--four-eyes", type=Path, help="a file: answers that need two reviewers")
    parser.add_argument("--parent-fd", type=int, help="a pipe; when it closes, the server ends")
    parser.add_argument("--clients-fd", type=int, help="a file that clients lock while they work")
    parser.add_argument("--report-fd", type=int, help="a pipe for one JSON line: ready or failed")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads of the user's nodes may still run; nothing of ours is open
