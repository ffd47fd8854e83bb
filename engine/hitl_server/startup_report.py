"""What the starter of the server hears: one JSON line on a pipe, or lines for a person."""

from __future__ import annotations  # read by interpreters that are too old, to tell them so

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hitl_server.errors import AlreadyRunning, ServeError

if TYPE_CHECKING:
    from collections.abc import Collection

    from hitl_server.data_folder import ServerAddress
    from hitl_server.project.import_errors import ImportFailure


class Reporter(Protocol):
    """Tells how the start went; exactly one of the two is called."""

    def ready(self, notice: ServerAddress, broken: Collection[ImportFailure]) -> None:
        """The server listens."""

    def failed(self, error: ServeError) -> None:
        """It does not come to that."""


@dataclass(frozen=True)
class PipeReporter:
    """Writes `{"ready": …}` or `{"failed": …}` and closes the pipe."""

    descriptor: int

    def ready(self, notice: ServerAddress, broken: Collection[ImportFailure]) -> None:
        """Write url, token, pid and identity."""
        told = ("url", "token", "pid", "identity")
        self._write({"ready": {name: getattr(notice, name) for name in told}})

    def failed(self, error: ServeError) -> None:
        """Write title, what, hint and detail."""
        failed: dict[str, Any] = {
            "title": error.title,
            "what": error.what,
            "hint": error.hint,
            "detail": error.detail,
            "exit_code": error.exit_code,
        }
        if isinstance(error, AlreadyRunning):
            failed["already_running"] = True
        self._write({"failed": failed})

    def _write(self, line: dict[str, Any]) -> None:
        try:
            with os.fdopen(self.descriptor, "w", encoding="utf-8") as pipe:
                pipe.write(json.dumps(line) + "\n")
        except OSError:  # nobody listens any more; the parent pipe will tell
            pass


@dataclass(frozen=True)
class TerminalReporter:
    """Writes lines for a person to the terminal that the process was started from."""

    descriptor: int

    def ready(self, notice: ServerAddress, broken: Collection[ImportFailure]) -> None:
        """Say where the server is, and which graphs are missing."""
        for breakage in broken:
            self._line(f"Graph {breakage.graph_id} is not served. {breakage.what}")
        self._line(f"Serving {notice.target} at {notice.url} (end with Ctrl+C)")

    def failed(self, error: ServeError) -> None:
        """Say what happened and what to do, in one line, and the detail below."""
        self._line(str(error))
        if error.detail:
            self._line(error.detail)

    def _line(self, text: str) -> None:
        safe = "".join(
            c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text
        )
        try:
            os.write(self.descriptor, (safe + "\n").encode())
        except OSError:
            pass
