"""The process of the server: its standard streams, its parent process, its end."""

import fcntl
import os
import resource
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_GRACE = 5.0
"""Seconds in which the server may end by itself before the process is ended."""
_DESCRIPTORS = 16_384
"""Open files: each connection of a client is one."""


def detach_streams(log: int) -> int:
    """Redirect output to `log` and stdin to nothing; return a descriptor of the old stderr.

    This changes file descriptors, so that it applies to C code and child processes too.
    """
    original = os.dup(2)
    os.set_inheritable(original, False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(nothing)
    os.close(log)
    return original


def allow_many_connections() -> None:
    """Raise the limit of open files, which is often 1,024, as far as the system permits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def end_with_parent(pipe: int, clients: int | None, stop: Callable[[], object]) -> None:
    """Call `stop` when the parent has ended and no client holds a lease; then end the process.

    The parent has ended when its end of the pipe is closed. Clients hold a lease by a shared lock
    on `clients` (`hitl_engine.local.leases`). User code may block the event loop, so this uses a
    thread.
    """
    for descriptor in (pipe, *(() if clients is None else (clients,))):
        os.set_inheritable(descriptor, False)
    threading.Thread(
        target=_wait_for_parent, args=(pipe, clients, stop), daemon=True, name="parent"
    ).start()


def _wait_for_parent(pipe: int, clients: int | None, stop: Callable[[], object]) -> None:
    with suppress(OSError):
        while os.read(pipe, 1024):
            pass
    if clients is not None:
        fcntl.flock(clients, fcntl.LOCK_EX)  # no client can get a new lease now
    stop()
    time.sleep(_GRACE)
    os._exit(1)
