"""The data folder of a project: private, used by one server at a time, with its address."""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from hitl_server.errors import AlreadyRunning, StartFailed
from hitl_server.private_files import private_file, private_folder, replace_private_file

_LOG_LIMIT = 1024 * 1024
_LOOKS, _PAUSE = 10, 0.1
"""How often, and with how many seconds between, the lock of a server that is gone is tried."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """The content of `engine.json`: where the running server is, and how to use it."""

    url: str
    token: str
    pid: int
    target: str
    version: str
    identity: str
    """Of its database: differs from that of another server at the same URL."""
    by_console: bool
    """Whether a console started it, and will start it again when it has ended."""


@dataclass(slots=True)
class DataFolder:
    """A folder of mode 0700 that belongs to this user, with files of mode 0600."""

    path: Path
    lock: int = -1
    """Descriptor of `engine.lock`, which contains the process id of the server that holds it."""

    @classmethod
    def claim(cls, path: Path) -> "DataFolder":
        """Create or check the folder and lock it for the life of this process.

        Raises `AlreadyRunning`, and `StartFailed` for a folder or file of another user, or if the
        server that took the lock is gone and a process that it started has it.
        """
        private_folder(path)
        folder = cls(path, private_file(path / "engine.lock", os.O_RDWR))
        for _ in range(_LOOKS):
            if folder._take_lock():
                return folder
            if folder._holder_lives():
                what, hint = f"{folder._server_there()} already uses {path}.", "Use that one, or "
                raise AlreadyRunning(what, hint=f"{hint}end it first.")
            time.sleep(_PAUSE)  # a server writes its process id just after it got the lock
        raise StartFailed(
            f"The server that used {path} is gone, but a process that it started holds its lock: "
            f"{_processes_with(path / 'engine.lock') or 'unknown'}.",
            hint="End that process, then start again.",
        )

    def _take_lock(self) -> bool:
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        os.ftruncate(self.lock, 0)
        os.pwrite(self.lock, str(os.getpid()).encode(), 0)
        return True

    def _holder(self) -> int | None:
        """Return the process id in the lock file; None while there is none."""
        text = os.pread(self.lock, 20, 0)
        return int(text) if text.isdigit() else None

    def _holder_lives(self) -> bool:
        if (holder := self._holder()) is None:
            return False
        try:
            os.kill(holder, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True

    def _server_there(self) -> str:
        """Return in words which server uses the folder."""
        try:
            notice = json.loads((self.path / "engine.json").read_text(encoding="utf-8"))
            return f"The server at {notice['url']} (process {notice['pid']})"
        except (OSError, ValueError, KeyError, TypeError):
            return f"A server that is about to start or to end (process {self._holder()})"

    @property
    def database(self) -> Path:
        """The SQLite file of threads, runs and checkpoints."""
        return self.path / "engine.sqlite"

    def open_log(self) -> int:
        """Return a descriptor that appends to the log; only its last 1 MB is kept."""
        descriptor = private_file(self.path / "engine.log", os.O_RDWR | os.O_APPEND)
        size = os.fstat(descriptor).st_size
        if size > _LOG_LIMIT:
            kept = os.pread(descriptor, _LOG_LIMIT, size - _LOG_LIMIT)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, kept)
        return descriptor

    def write_address(self, address: ServerAddress) -> None:
        """Write `engine.json` atomically and durably."""
        replace_private_file(self.path / "engine.json", json.dumps(asdict(address)))

    def remove_address(self) -> None:
        """Delete `engine.json`."""
        (self.path / "engine.json").unlink(missing_ok=True)


def _processes_with(path: Path) -> str:
    """Return which processes have a file open, with their commands; "" where /proc is missing."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if any(path.samefile(each) for each in (folder / "fd").iterdir() if each.exists()):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                found.append(f"process {folder.name} ({command})")
        except (OSError, ValueError):  # it has ended, or belongs to another user
            continue
    return ", ".join(found)
