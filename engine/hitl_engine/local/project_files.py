"""Reads files of the project whose graphs run on this machine, to compare them with what a tool writes."""

import asyncio
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from hitl_engine.local.target import LocalProject, Target
from hitl_engine.model import ProjectFile

_LARGEST = 1024 * 1024
"""Bytes of a file that is read."""


def project_files_of(target: Target) -> "ProjectFiles":
    """Return the files of a target: those in the folder of a local project, or none."""
    return ProjectFiles(Path(target.spec).parent if isinstance(target, LocalProject) else None)


class ProjectFiles:
    """Reads files inside one folder, and nothing outside of it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    async def read(self, path: str) -> ProjectFile | None:
        """Read the file that a tool names; a relative path is one in the project's folder.

        None if it is not inside the folder, also where a link leads out of it, and for targets that
        are not local. Raises nothing for a file that cannot be read: it has a `problem`.
        """
        if self._folder is None or not path or "\0" in path:
            return None
        return await asyncio.to_thread(_read_inside, self._folder, path)


def _read_inside(folder: Path, path: str) -> ProjectFile | None:
    try:
        inside = folder.resolve()
        file = (inside / path).resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a path that cannot be
        return None
    if file == inside or not file.is_relative_to(inside):
        return None
    text, problem = _text_of(file)
    return ProjectFile(str(file), datetime.now(UTC), text, problem)


def _text_of(file: Path) -> tuple[str | None, str]:
    """Return what is in a file, or why it cannot be read; neither if there is no such file."""
    try:
        # it does not wait for the other end of a pipe, and does not follow a link made just now
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None, ""
    except OSError as error:
        return None, error.strerror or "it cannot be opened"
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None, "it is not a file"
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        return None, error.strerror or "it cannot be read"
    finally:
        os.close(descriptor)
    if len(content) > _LARGEST:
        return None, "it is larger than 1 MB"
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        return None, "it is not a text in UTF-8"
