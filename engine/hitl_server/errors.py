"""Why the server cannot start, as one tree. Each error ends the process with its exit code.

ServeError                    exit code
├── BadTarget                 2   no such file, or a langgraph.json that does not parse
├── BadOption                 2   an option, a token or a token file that cannot be used
└── StartFailed               5   a file, an import or a port that cannot be had
    └── AlreadyRunning        5   another server uses the data folder
"""

from typing import ClassVar


class ServeError(Exception):
    """The server cannot start.

    `what` happened and what to do (`hint`): one sentence each. `detail` may have many lines (a
    traceback) and is untrusted text.
    """

    title: ClassVar[str] = "The server did not start"
    exit_code: ClassVar[int] = 5

    def __init__(self, what: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".rstrip()


class BadTarget(ServeError):
    """The target names no graphs, or its settings cannot be used."""

    title = "The target cannot be used"
    exit_code = 2


class BadOption(ServeError):
    """An option cannot be used as given."""

    title = "Not understood"
    exit_code = 2


class StartFailed(ServeError):
    """The target is fine, but it cannot be served."""


class AlreadyRunning(StartFailed):
    """Another server uses the data folder."""
