"""The data folder of a project: private, used by one server at a time, with its address."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from hitl_server.errors import AlreadyRunning
from hitl_server.private_files import private_file, private_folder, replace_private_file

_LOG_LIMIT = 1024 * 1024


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


@dataclass(slots=True)
class DataFolder:
    """A folder of mode 0700 that belongs to this user, with files of mode 0600."""

    path: Path
    _lock: int = -1

    @classmethod
    def claim(cls, path: Path) -> "DataFolder":
        """Create or check the folder and lock it for the life of this process.

        Raises `AlreadyRunning`, and `StartFailed` for a folder or file of another user.
        """
        private_folder(path)
        folder = cls(path)
        folder._lock = private_file(path / "engine.lock", os.O_RDWR)
        try:
            fcntl.flock(folder._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(folder._lock)
            raise AlreadyRunning(
                f"{folder._server_there()} already uses {path}.",
                hint="Use that one, or end it first.",
            ) from None
        return folder

    def _server_there(self) -> str:
        """Return in words which server uses the folder, as far as it has written its address."""
        try:
            notice = json.loads((self.path / "engine.json").read_text(encoding="utf-8"))
            return f"The server at {notice['url']} (process {notice['pid']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "A server"

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
