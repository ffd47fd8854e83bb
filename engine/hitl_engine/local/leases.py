"""Leases: who is at work in the engine of a project, so that it does not end under them.

A lease is a shared lock on the file `engine.clients` of the data folder. An engine whose starter
has gone takes the lock for itself before it ends: it waits for every lease, and from then on
nobody gets one. The kernel takes locks back from whoever dies.
"""

import fcntl
import os
from pathlib import Path

from hitl_engine.local.private_files import private_file, private_folder


class Lease:
    """A client's hold on the engine of one data folder; not held at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1

    def take(self) -> bool:
        """Hold the engine, if it is not held yet; say whether it is held, or about to end."""
        if self._descriptor < 0:
            descriptor = _clients(self._folder)
            if not _locked(descriptor, fcntl.LOCK_SH):
                os.close(descriptor)
                return False
            self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the engine end as far as we are concerned."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class LeaseOwner:
    """The starter's side: shared with its engine, so that what is shut for one is for both."""

    def __init__(self, folder: Path) -> None:
        private_folder(folder)
        self.descriptor = _clients(folder)
        """For the engine to inherit: a lock belongs to all who share the open file."""

    def shut(self) -> bool:
        """Let nobody in any more; False, and still open, where somebody is at work."""
        return _locked(self.descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Leave the lock to the server process."""
        os.close(self.descriptor)


def _clients(folder: Path) -> int:
    return private_file(folder / "engine.clients", os.O_RDWR)


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
