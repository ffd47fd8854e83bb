"""Private files and folders: owned by this user, closed to others, and no symbolic links."""

import os
import stat
from pathlib import Path
from typing import Any

from hitl_server.errors import StartFailed


def private_folder(path: Path) -> None:
    """Create or check a folder: mode 0700, of this user, no link. Raises `StartFailed`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        found: Any = path.lstat()
    except OSError as error:
        raise StartFailed(f"{path} cannot be used: {error.strerror}.") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise StartFailed(f"{path} is not a folder of yours.", hint="Choose another --data-dir.")
    if found.st_mode & 0o077:
        path.chmod(0o700)


def private_file(path: Path, flags: int) -> int:
    """Open or create a file: mode 0600, of this user, no link. Raises `StartFailed`."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartFailed(
            f"{path} cannot be opened: {error.strerror}.", hint="See who made it, and why."
        ) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
        os.close(descriptor)
        raise StartFailed(f"{path} is not a file of yours.", hint="Move it away.")
    if found.st_mode & 0o077:
        os.fchmod(descriptor, 0o600)
    return descriptor


def replace_private_file(path: Path, text: str) -> None:
    """Write a file atomically and durably. Raises `StartFailed`, or `OSError` from the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(private_file(draft, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
