"""Leases: a client that uses the server process of a project keeps it from ending.

A lease is a shared lock on the file `engine.clients` in the data folder. A server whose starter has
gone takes the lock exclusively before it ends: it waits for every lease, and from then on no client
gets one. The kernel releases the locks of a process that ends.
"""

import fcntl
import os
from pathlib import Path

from hitl_engine.errors import LocalServerFailed
from hitl_engine.private_files import make_private_folder, open_private_file


class Lease:
    """One client's lease on the server process of a data folder; not taken at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1

    def take(self) -> bool:
        """Take the lease unless it is taken; False if the server is about to end.

        Raises LocalServerFailed.
        """
        if self._descriptor < 0:
            descriptor = _open_clients_file(self._folder)
            if not _locked(descriptor, fcntl.LOCK_SH):
                os.close(descriptor)
                return False
            self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let the server end as far as this client is concerned."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class LeaseFile:
    """The lock as its starter and the server share it: what one locks, both hold."""

    def __init__(self, folder: Path) -> None:
        self.descriptor = _open_clients_file(folder)
        """For the server to inherit: a lock belongs to all processes that share the open file."""

    def refuse_new(self) -> bool:
        """Grant no lease from now on; False, and nothing changes, while a client has one."""
        return _locked(self.descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Leave the lock to the server process."""
        os.close(self.descriptor)


def _open_clients_file(folder: Path) -> int:
    try:
        make_private_folder(folder)
        return open_private_file(folder / "engine.clients", os.O_RDWR)
    except OSError as error:
        raise LocalServerFailed(
            f"The data folder cannot be used: {error}.", hint="Choose another with --data-dir."
        ) from error


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
