"""Imports beside the event loop, so that the server answers meanwhile.

langgraph-api imports graphs in a thread, too, so projects that can be deployed can be imported so.
"""

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SWITCH_SECONDS = 0.0005
"""After which an import lets the event loop run; Python's default would be ten times as long."""


def in_import_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Do imports in a thread of their own; the future gets their result, or what they raise.

    The process does not wait for the thread at its end.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def conclude(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # without an error, it is one

    def run() -> None:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        result, failed = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  whoever awaits the future handles it
            failed = error
        finally:
            sys.setswitchinterval(usual)
        loop.call_soon_threadsafe(conclude, result, failed)

    threading.Thread(target=run, daemon=True, name="imports").start()
    return done
