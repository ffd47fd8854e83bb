"""Private files and folders: modes 0600 and 0700, owned by this user, never a link.

All functions raise OSError; `hitl_server.private_files` is its own copy of the same rules, because
the server also runs where this package is missing.
"""

import os
import stat
from pathlib import Path


def make_private_folder(path: Path) -> None:
    """Create the folder and its missing parents with mode 0700, or check one that exists."""
    if not path.parent.exists():  # `Path.mkdir` would leave the parents to the umask
        make_private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{path} is a link or belongs to another user")
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)


def open_private_file(path: Path, flags: int, *, create: bool = True) -> int:
    """Open a file of mode 0600 and return its descriptor; create a missing one if `create`."""
    flags |= os.O_CREAT if create else 0
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        found = os.fstat(descriptor)
        _check_file(path, found)
        if found.st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def create_private_file(path: Path) -> bool:
    """Create an empty file of mode 0600; return False where something exists already."""
    try:
        os.close(open_private_file(path, os.O_RDWR | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def make_file_private(path: Path) -> None:
    """Check a file and give it mode 0600; a missing one stays missing.

    A file of that mode is not opened: closing it would release the locks that SQLite holds on it.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    _check_file(path, found)
    if found.st_mode & 0o077:
        os.close(open_private_file(path, os.O_RDWR, create=False))


def replace_file(path: Path, text: str) -> None:
    """Write a text in place of what is at `path`, or leave that as it was.

    A new file gets mode 0600, and one that exists keeps its mode. What is no file, as a pipe, is
    written to.
    """
    real = path.resolve()
    if real.exists() and not real.is_file():
        real.write_text(text, encoding="utf-8")
        return
    new = real.with_name(f"{real.name}.{os.getpid()}")
    try:
        with os.fdopen(open_private_file(new, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            file.write(text.encode())
        if real.exists():
            new.chmod(stat.S_IMODE(real.stat().st_mode))
        new.replace(real)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _check_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{path} is not a file of yours")
