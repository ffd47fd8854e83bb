"""The process around the server: its own standard streams, its parent, its end."""

import fcntl
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_GRACE = 5.0
"""Seconds the server gets to end by itself before the process is ended."""


def detach_streams(log: int) -> int:
    """Send what anybody prints to `log`, give readers of stdin nothing; return the old stderr.

    On the level of file descriptors, so that it holds for C code and child processes too.
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


def end_with_parent(pipe: int, clients: int | None, stop: Callable[[], object]) -> None:
    """Call `stop` when the parent has gone and nobody is at work, and see to it that it ends.

    The parent has gone when it closes its end of the pipe or dies; others are at work while they
    hold `clients` locked (`hitl_engine.local.leases`). A thread, not the event loop: user code may block it.
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
        fcntl.flock(clients, fcntl.LOCK_EX)  # from here on nobody finds this server
    stop()
    time.sleep(_GRACE)
    os._exit(1)
