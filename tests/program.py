"""Our programs as processes of their own, forked from one that has imported them.

That takes 0.1 s of processor time instead of one (`hitl-tui`) to three (`hitl_server`). Where imports
or the start itself are the subject, tests start the programs by their command.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from multiprocessing import forkserver, reduction
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _modules_in(folder: Path, *patterns: str) -> list[str]:
    """Return the names of modules; a program imports most of them only when it uses them."""
    top = folder.parent if (folder / "__init__.py").exists() else folder
    files = sorted(file for pattern in patterns for file in folder.glob(pattern))
    return [
        ".".join(file.relative_to(top).with_suffix("").parts).removesuffix(".__init__")
        for file in files
    ]


_IMPORTED = [
    "tests.program",
    *_modules_in(ROOT / "hitl_tui", "cli.py", "shell/*.py"),
    *_modules_in(ROOT / "engine", "hitl_engine/**/*.py"),
    *(
        "hitl_server.app",
        "hitl_server.command",
        "uvicorn.loops.uvloop",
        "uvicorn.protocols.http.httptools_impl",
    ),
    *("langgraph.graph", "langgraph.checkpoint.sqlite.aio", "langchain.agents.middleware"),
]


class Forked:
    """A process that was forked; what `subprocess.Popen` offers of it, as far as tests use it."""

    def __init__(self, begin: Callable[..., None], *arguments: object) -> None:
        """Call `begin` with these arguments in a new process, which ends with this one."""
        self._process = _forks().Process(target=begin, args=arguments, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        pid = self._process.pid
        assert pid is not None, "it was started"
        return pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, or the negative number of the signal that ended it; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired([f"process {self.pid}"], timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended: the fork server may know that before we do."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)


class Passed:
    """A file descriptor of which a forked process gets a copy; there it is a number."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (reduction.DupFd(self._descriptor),)


def run_program(
    *args: str, typed: str = "", env: Mapping[str, str] | None = None, seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a shell command of `hitl-tui` to its end, with `typed` on its standard input.

    `env` is added to the environment. Raises subprocess.TimeoutExpired.
    """
    return _run(_command, ["hitl-tui", *args], typed, env or {}, seconds)


def run_file(path: Path, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a Python file as a program. Raises subprocess.TimeoutExpired."""
    return _run(_file, [str(path)], "", {}, seconds)


def _run(
    begin: Callable[[], None], argv: list[str], typed: str, env: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    with ExitStack() as stack:
        given, out, err = (
            stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(3)
        )
        given.write(typed)
        given.seek(0)
        streams = [Passed(each.fileno()) for each in (given, out, err)]
        process = Forked(_begin, begin, argv, {**os.environ, **env}, streams)
        try:
            code = process.wait(seconds)
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(argv, code, out.read(), err.read())


@cache
def _forks() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    with pytest.MonkeyPatch.context() as patch:  # read at import, and set by hitl_server before
        patch.setenv("LANGGRAPH_STRICT_MSGPACK", "true")
        forkserver.ensure_running()
    return context


def _received(passed: Any) -> int:
    descriptor: int = passed.detach()
    return descriptor


def _begin(
    begin: Callable[[], None], argv: list[str], environment: dict[str, str], streams: list[int]
) -> None:
    _settle(environment)
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding=encoding, closefd=False)  # noqa: SIM115  as long as the process
        for number, mode in enumerate("rww")
    )
    sys.argv = argv
    begin()


def _command() -> None:
    from hitl_tui.cli import main  # in the forked process, which has it already

    main()


def _file() -> None:
    runpy.run_path(sys.argv[0], run_name="__main__")


def start_local_server(options: Sequence[str], parent: Passed, report: Passed) -> Forked:
    """Start `hitl_server` with these options, and its ends of the pipes to its parent."""
    return Forked(_serve, list(options), dict(os.environ), parent, report)


def _serve(options: list[str], environment: dict[str, str], parent: int, report: int) -> None:
    from hitl_server.__main__ import main  # in the forked process, which has it already

    _settle(environment)
    multiprocessing.current_process().daemon = False  # else no node may start a process
    os.setsid()
    code = main([*options, "--parent-fd", str(parent), "--report-fd", str(report)])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _settle(environment: dict[str, str]) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
