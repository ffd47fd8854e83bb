"""A command of the user's own: run without a shell, with a text on its standard input."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress


async def run_with_input(
    command: Sequence[str], text: str, *, seconds: float, quiet: bool = False
) -> str:
    """Run a command to its end, at most for so long; return how it failed, or nothing.

    What it prints goes where ours goes, or nowhere if it is `quiet`. It has a process group of its own, so that ctrl+c does not
    interrupt it, and all that it started can be ended with it.
    """
    output = asyncio.subprocess.DEVNULL if quiet else None
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError as error:
        return f"cannot be run: {error.strerror}"
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(text.encode())
    except TimeoutError:
        return f"did not end within {seconds:g} seconds, and was ended"
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    code = process.returncode
    if code is not None and code < 0:
        return f"was ended by signal {-code}"
    return f"failed with exit code {code}" if code else ""
