"""Calls of the project's code, which may raise anything, and so end only what called it.

`sys.exit()` in a node, a KeyboardInterrupt, a CancelledError without any cancellation and classes
that derive from BaseException pass every `except Exception`. They must not end the server, nor a
run without a word. So the server calls the project's code inside of `calling_project`, and handles
`Exception` as usual.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class OwnCtrlC(KeyboardInterrupt):
    """Somebody interrupts the start of the server; any other KeyboardInterrupt is the project's."""


class ProjectCodeEnded(Exception):
    """The project's code raised `error`, which is no `Exception`."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.error = error


@contextmanager
def calling_project() -> Iterator[None]:
    """Raise `ProjectCodeEnded` instead of what is no `Exception`.

    Only a cancellation of the current task by the server, and its Ctrl+C, stay what they are.
    """
    try:
        yield
    except (Exception, OwnCtrlC):
        raise
    except asyncio.CancelledError as error:
        if _is_being_cancelled():
            raise
        raise ProjectCodeEnded(error) from error
    except BaseException as error:
        raise ProjectCodeEnded(error) from error


async def in_own_task(work: Coroutine[Any, Any, T]) -> T:
    """Await work that runs the project's code for long. Raises what it raises.

    asyncio throws the exception of a task into the coroutine that awaits it. A GeneratorExit closes
    that coroutine, in the midst of what it holds for others.
    """
    task = asyncio.create_task(work)
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            is_cancelled = True
            task.cancel()
    if is_cancelled and task.cancelled():
        raise asyncio.CancelledError
    with calling_project():
        return task.result()


def raised(error: BaseException) -> BaseException:
    """Return what the project's code raised."""
    return error.error if isinstance(error, ProjectCodeEnded) else error


def _is_being_cancelled() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs
        return False
    return task is not None and task.cancelling() > 0
