"""Asks on the terminal whether a project's code may run, before anything of it does."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from hitl_engine.errors import NotTrusted
from hitl_tui.shell.standard_streams import print_note

if TYPE_CHECKING:
    from hitl_engine.code_to_run import ProjectCode
    from hitl_engine.desk import Desk

_Got = TypeVar("_Got")


async def with_consent(attempt: Callable[[], Awaitable[_Got]]) -> _Got:
    """Return what `attempt` returns; where it needs a person's consent, ask and try it again.

    Raises what it raises: NotTrusted too, without a terminal, or if the person does not agree.
    """
    while True:
        try:
            return await attempt()
        except NotTrusted as error:
            if error.code is None or not _can_ask() or not await _agrees(error.code):
                raise
            from hitl_engine.desk import trust_code  # it was imported for the attempt

            trust_code(error.code)


@asynccontextmanager
async def desk_with_consent(
    open_desk: Callable[[], AbstractAsyncContextManager["Desk"]],
) -> AsyncIterator["Desk"]:
    """Open a desk, as `with_consent`."""
    async with AsyncExitStack() as stack:
        yield await with_consent(lambda: stack.enter_async_context(open_desk()))


def _can_ask() -> bool:
    """Whether a person sees the question and can answer it; standard output may go elsewhere."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


async def _agrees(code: "ProjectCode") -> bool:
    from hitl_tui.shell.typed_lines import EndOfInput, TypedLines  # few commands ask
    from hitl_tui.text.code_lines import code_lines

    question = "\n".join([*code_lines(code), "Trust this project? [y/N]"])
    try:
        return await TypedLines(print_note).yes(question)
    except EndOfInput:
        return False
