"""Explains why a graph cannot be imported, for the person who can fix it."""

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from hitl_server.errors import StartFailed
from hitl_server.project.missing_modules import advice
from hitl_server.project_code import calling_project, raised


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


def import_failure_of(
    graph_id: str, error: BaseException, folders: Sequence[Path]
) -> ImportFailure:
    """Return the explanation for a graph whose import ended with `error`.

    `folders` are the import paths of the project.
    """
    error = raised(error)
    return ImportFailure(graph_id, _one_line(error, folders), own_traceback(error))


@contextmanager
def needed_by_server(what: str, name: str, hint: str) -> Iterator[None]:
    """Raise `StartFailed` for whatever the project's code in the block raises.

    For a part without which the project must not be served; `what` names it with its place.
    """
    try:
        with calling_project():
            yield
    except Exception as error:
        failure = import_failure_of(name, error, ())
        raise StartFailed(
            f"{what} cannot be used: {failure.what}", hint=hint, detail=failure.traceback
        ) from error


def _one_line(error: BaseException, folders: Sequence[Path]) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        what = f"No module named {error.name!r} in {sys.executable}."
        return f"{what} {advice(error.name, folders)}"
    text = " ".join(str(error).split())
    if isinstance(error, ImportError) and "no known parent package" in text:
        return f"{text}. Put an empty __init__.py into the folder of the file that imports it"
    if isinstance(error, ImportError):
        return f"{text} (in {sys.executable})"
    if isinstance(error, SyntaxError) and error.filename:
        return f"SyntaxError: {error.msg} ({Path(error.filename).name}, line {error.lineno})"
    if isinstance(error, SystemExit):
        return f"The import ended the interpreter (SystemExit: {text})"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def own_traceback(error: BaseException) -> str:
    """Return the traceback of an error with the frames of the project's own code alone."""
    libraries = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]), "<frozen")
    report = traceback.TracebackException.from_exception(error)
    own = [frame for frame in report.stack if not frame.filename.startswith(libraries)]
    head = ["Traceback (your code):\n", *traceback.format_list(own)] if own else []
    return "".join([*head, *report.format_exception_only()]).rstrip()
