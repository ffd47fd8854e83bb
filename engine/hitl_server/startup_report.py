"""How a start is reported: one JSON line on a pipe for a program, or lines for a person."""

from __future__ import annotations  # interpreters that are too old must be able to read this

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hitl_server.errors import AlreadyRunning, ServeError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from hitl_server.data_folder import ServerAddress
    from hitl_server.project.import_errors import ImportFailure


class Reporter(Protocol):
    """Reports the start: `ready` or `failed` is called once, `listening` perhaps before."""

    def listening(self, address: ServerAddress) -> None:
        """The server answers lists; its graphs are still being imported."""

    def ready(
        self, address: ServerAddress, broken: Collection[ImportFailure], remarks: Iterable[str]
    ) -> None:
        """The server listens. `remarks` are sentences about the settings of the project."""

    def failed(self, error: ServeError) -> None:
        """The server could not start."""


class PipeReporter:
    """Writes `{"ready": …}` or `{"failed": …}`, whichever comes first, and closes the pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def listening(self, address: ServerAddress) -> None:
        """Write url, token, pid and identity; `GET /info` contains the rest."""
        names = ("url", "token", "pid", "identity")
        self._write({"ready": {name: getattr(address, name) for name in names}})

    def ready(
        self, address: ServerAddress, broken: Collection[ImportFailure], remarks: Iterable[str]
    ) -> None:
        """Write the same as `listening`, if that was not called."""
        self.listening(address)

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
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as pipe:
                pipe.write(json.dumps(line) + "\n")
        except OSError:  # no reader; `end_with_parent` handles that
            pass


@dataclass(frozen=True)
class TerminalReporter:
    """Writes lines for a person to the terminal that the process was started from."""

    descriptor: int

    def listening(self, address: ServerAddress) -> None:
        """Write nothing yet: a person wants to know when the graphs can be used."""

    def ready(
        self, address: ServerAddress, broken: Collection[ImportFailure], remarks: Iterable[str]
    ) -> None:
        """Write the URL of the server, which graphs are missing, and the remarks."""
        for remark in remarks:
            self._line(f"Note: {remark}")
        for failure in broken:
            self._line(f"Graph {failure.graph_id} is not served. {failure.what}")
        self._line(f"Serving {address.target} at {address.url} (end with Ctrl+C)")

    def failed(self, error: ServeError) -> None:
        """Write what happened and what to do in one line, and the detail below."""
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
