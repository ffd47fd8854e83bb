"""Runs tests in a child of this process, with one module replaced by a mutant."""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, ModuleType

import pytest

_IMPORTED_ONCE = (
    "aiosqlite",
    "fastapi",
    "httpx",
    "hypothesis.strategies",
    "jsonschema",
    "langchain.agents",
    "langgraph.graph",
    "langgraph_sdk",
    "pydantic",
    "referencing",
    "uvicorn",
    "xdist.scheduler",
)
"""What tests import besides this project: it takes most of the time, so children inherit it."""
_LOOK_AGAIN = 0.05


def import_once() -> None:
    """Import what does not change, for all children."""
    for name in _IMPORTED_ONCE:
        importlib.import_module(name)


def in_child(work: Callable[[], int], log: Path, seconds: float) -> int | None:
    """Return the exit code of `work`, run in a child; None if it took longer and was killed.

    All output of the child goes to `log`. Processes that it started end with it.
    """
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            with log.open("wb") as output:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
            code = work()
        finally:
            sys.stdout.flush()
            os._exit(code)
    ends = time.monotonic() + seconds
    try:
        while time.monotonic() < ends:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(_LOOK_AGAIN)
        return None
    finally:
        _end(child)


def _end(group: int) -> None:
    """End a child and what it has started; the child is its group's leader."""
    try:
        os.killpg(group, signal.SIGKILL)
        os.waitpid(group, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def run_tests(paths: Sequence[str], *plugins: object, options: Sequence[str] = ()) -> int:
    """Run pytest in this process; return its exit code. Nothing is written into the project."""
    from hypothesis import Phase, settings

    settings.register_profile(
        "core figures",
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
    )
    common = ("-q", "-m", "", "-p", "no:cacheprovider", "--hypothesis-profile", "core figures")
    return int(pytest.main([*common, *options, *paths], plugins=list(plugins)))


class Chosen:
    """A pytest plugin that keeps only some tests, in the order in which they are given."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._order = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (each for each in items if each.nodeid in self._order),
            key=lambda each: self._order[each.nodeid],
        )


class Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from other code than that of its file."""

    def __init__(self, module: str, code: CodeType) -> None:
        self._module = module
        self._code = code

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102  # the code of this project, changed


def survives(code: CodeType, module: str, tests: Sequence[str], log: Path, seconds: float) -> bool:
    """Return whether these tests pass with a mutant of a module. `tests`: ids, in their order."""

    def work() -> int:
        sys.meta_path.insert(0, Replaced(module, code))
        paths = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        return run_tests(paths, Chosen(tests), options=("-x", "--no-header", "--tb=line"))

    match in_child(work, log, seconds):
        case 0:
            return True
        case None | 1 | 2 | 4:  # too slow, a test failed, or the module cannot be imported
            return False
        case code_of_pytest:
            said = log.read_text(errors="replace")[-2000:]
            raise AssertionError(f"pytest ended with {code_of_pytest}:\n{said}")
