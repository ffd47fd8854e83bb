"""Asks on the terminal whether a project's code may run, before anything of it does."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

from hitl_engine.desk import Desk, trust_code
from hitl_engine.errors import NotTrusted
from hitl_engine.model import ProjectCode
from hitl_tui.shell.standard_streams import print_note
from hitl_tui.shell.typed_lines import EndOfInput, TypedLines
from hitl_tui.text.code_lines import code_lines

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
            trust_code(error.code)


@asynccontextmanager
async def desk_with_consent(
    open_desk: Callable[[], AbstractAsyncContextManager[Desk]],
) -> AsyncIterator[Desk]:
    """Open a desk, as `with_consent`."""
    async with AsyncExitStack() as stack:
        yield await with_consent(lambda: stack.enter_async_context(open_desk()))


def _can_ask() -> bool:
    """Whether a person sees the question and can answer it; standard output may go elsewhere."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


async def _agrees(code: ProjectCode) -> bool:
    question = "\n".join([*code_lines(code), "Trust this project? [y/N]"])
    try:
        return await TypedLines(print_note).yes(question)
    except EndOfInput:
        return False
