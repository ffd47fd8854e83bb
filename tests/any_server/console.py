"""The real program on a server by its URL: the shell commands and the console."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.program import run_program
from tests.server.processes import ROOT, Served
from tests.terminal import Terminal


@dataclass(frozen=True)
class Console:
    """What one person uses: a server, and a folder for their journal."""

    served: Served
    data: Path

    def run(self, command: str, *args: str, code: int = 0) -> Any:
        """Return the JSON document that a shell command prints; its exit code must be `code`."""
        return printed(command, *args, "--target", self.served.url, *self._options(), code=code)

    def open(self, *, columns: int = 80, rows: int = 24) -> Terminal:
        """Open the console in a terminal."""
        return Terminal(
            [*_PROGRAM, self.served.url, *self._options(), "--grace", "0"],
            columns=columns,
            rows=rows,
            env={"PYTHONPATH": str(ROOT)},
        )

    def _options(self) -> list[str]:
        headers = [f"--header={key}: {value}" for key, value in self.served.headers.items()]
        return ["--data-dir", str(self.data), *headers]


_PROGRAM = (sys.executable, "-m", "hitl_tui")


def printed(command: str, *args: str, code: int = 0, **environment: str) -> Any:
    """Return the JSON document that a shell command prints, or else what it prints as an error.

    Its exit code must be `code`.
    """
    done = run_program(command, *args, "--json", env=environment)
    assert done.returncode == code, (done.args, done.stdout, done.stderr)
    return json.loads(done.stdout) if done.stdout else done.stderr
