"""`hitl-tui` as a process of its own, forked from one that has imported it: imports take a second."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from multiprocessing import reduction
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
_IMPORTED = ["hitl_tui.cli", "hitl_tui.shell.commands", "hitl_engine.desk", "tests.program"]


def run_program(
    *args: str, typed: str = "", env: Mapping[str, str] | None = None, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a shell command to its end, with `typed` on its standard input.

    `env` is added to the environment. Raises subprocess.TimeoutExpired.
    """
    with ExitStack() as stack:
        given, out, err = (
            stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(3)
        )
        given.write(typed)
        given.seek(0)
        streams = [_Passed(each) for each in (given, out, err)]
        environment = {**os.environ, **(env or {})}
        process = _forks().Process(target=_begin, args=(args, environment, streams))
        process.start()
        process.join(seconds)
        code = process.exitcode
        if code is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["hitl-tui", *args], seconds)
        process.close()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(["hitl-tui", *args], code, out.read(), err.read())


@cache
def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context


class _Passed:
    """A stream of which the process gets a file descriptor."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (reduction.DupFd(self._stream.fileno()),)


def _received(passed: Any) -> int:
    descriptor: int = passed.detach()
    return descriptor


def _begin(args: tuple[str, ...], environment: dict[str, str], streams: list[int]) -> None:
    from hitl_tui.cli import main  # in the forked process, which has it already

    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding=encoding, closefd=False)  # noqa: SIM115  as long as the process
        for number, mode in enumerate("rww")
    )
    sys.argv = ["hitl-tui", *args]
    main()
