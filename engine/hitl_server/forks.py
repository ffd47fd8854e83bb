"""Processes that a node forks: they get copies of what belongs to the server alone.

A forked process has all descriptors of the server, close-on-exec or not. It may live longer than the
server, as workers of `multiprocessing` do when the server is killed. Then it would keep the lock of
the data folder and the port, and clients would wait on connections that nobody serves. And a signal
that it gets would reach the event loop of the server, which listens on a shared socket.
"""

import os
import signal
import socket
import stat
import threading
from collections.abc import Iterable

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def keep_from_forks(descriptors: Iterable[int]) -> None:
    """Take these descriptors, and the handlers of signals, from every process that is forked."""
    kept = tuple(descriptors)
    before = threading.local()

    def block_signals() -> None:
        before.mask = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)

    def unblock_signals() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before.mask)

    def take_away() -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _replace(kept)
        unblock_signals()

    os.register_at_fork(
        before=block_signals, after_in_parent=unblock_signals, after_in_child=take_away
    )


def keep_port_from_forks(port: int) -> None:
    """Take the listening socket and all connections of clients from every forked process."""

    def take_away() -> None:
        open_now = [int(name) for name in os.listdir("/dev/fd")]
        _replace(each for each in open_now if _is_at_port(each, port))

    os.register_at_fork(after_in_child=take_away)


def _is_at_port(descriptor: int, port: int) -> bool:
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        there = socket.socket(fileno=os.dup(descriptor))
    except OSError:  # it was open only to list the descriptors
        return False
    with there:
        is_tcp = there.family in (socket.AF_INET, socket.AF_INET6)
        return is_tcp and there.getsockname()[1] == port


def _replace(descriptors: Iterable[int]) -> None:
    """Let them refer to nothing, instead of closing them: objects may close them once more."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor, inheritable=False)
    os.close(nothing)
