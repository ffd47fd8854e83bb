"""Explains why a graph cannot be imported, for the person who can fix it."""

import sys
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

_DISTRIBUTIONS = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dotenv": "python-dotenv",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Well-known modules whose distribution has another name."""


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """A graph that cannot be imported, and why."""

    graph_id: str
    what: str
    """The error in one line, with the command that installs a missing module."""
    traceback: str
    """Frames of the user's own code, then the error."""

    def to_json(self) -> dict[str, str]:
        """Return `{"graph_id", "what", "traceback"}`."""
        return asdict(self)


def import_failure_of(graph_id: str, error: BaseException) -> ImportFailure:
    """Return the explanation for a graph whose import ended with `error`."""
    return ImportFailure(graph_id, _one_line(error), _own_frames(error))


def _one_line(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = error.name.partition(".")[0]
        return (
            f"No module named {error.name!r} in {sys.executable}. Install it there: "
            f"{sys.executable} -m pip install {_DISTRIBUTIONS.get(top, top)}"
        )
    text = " ".join(str(error).split())
    if isinstance(error, ImportError):
        return f"{text} (in {sys.executable})"
    if isinstance(error, SyntaxError) and error.filename:
        return f"SyntaxError: {error.msg} ({Path(error.filename).name}, line {error.lineno})"
    if isinstance(error, SystemExit):
        return f"The import ended the interpreter (SystemExit: {text})"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _own_frames(error: BaseException) -> str:
    libraries = (sys.prefix, sys.base_prefix, str(Path(__file__).parent), "<frozen")
    report = traceback.TracebackException.from_exception(error)
    own = [frame for frame in report.stack if not frame.filename.startswith(libraries)]
    head = ["Traceback (your code):\n", *traceback.format_list(own)] if own else []
    return "".join([*head, *report.format_exception_only()]).rstrip()
