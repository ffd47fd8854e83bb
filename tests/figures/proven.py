"""Runs the tests that show something, and counts what is shown: all of its tests exist and pass."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from xml.etree import ElementTree

from hitl_engine.selftest.figure import Figure
from tests.figures.proofs import ATTACKS, BUGS
from tests.server.processes import ROOT


def without_test(shown: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is named in a table and is not there: tests, or any test for a row."""
    named = [test for tests in shown.values() for test in tests if not _exists(test)]
    return named + [name for name, tests in shown.items() if not tests]


def proven(
    shown: Mapping[str, Sequence[str]], promise: str, folder: Path, count: int, seed: int
) -> tuple[Figure]:
    """Run the tests of the first `count` rows, those that take long too."""
    rows = dict(list(shown.items())[:count])
    report = folder / "report.xml"
    tests = sorted({test for each in rows.values() for test in each if _exists(test)})
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", f"--junitxml={report}",
         "-m", "hardening or not hardening", "--timeout=0", f"--basetemp={folder / 'pytest'}", *tests],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    passed = _passed(report)
    wrong = {
        name: missing
        for name, each in rows.items()
        if (missing := [test for test in each if not passed.get(test, False)]) or not each
    }
    first = "; ".join(f"{name}: {', '.join(each)}" for name, each in wrong.items())
    cases = sum(1 for _ in _cases(report))
    return (Figure(promise, len(rows), len(wrong), first, f"{len(tests)} tests, {cases} cases"),)


def _passed(report: Path) -> dict[str, bool]:
    """Return whether all cases of each test passed; what a server that is not installed skips counts not."""
    passed: dict[str, bool] = {}
    for test, ended in _cases(report):
        if ended != "skipped":
            passed[test] = passed.get(test, True) and not ended
    return passed


def _cases(report: Path) -> Iterator[tuple[str, str]]:
    """Yield the test of each case, and `failure`, `error`, `skipped`, or nothing."""
    if not report.exists():
        return
    for case in ElementTree.parse(report).iter("testcase"):
        path = case.get("classname", "").replace(".", "/")
        name = case.get("name", "").partition("[")[0]
        ended = next((each.tag for each in case if each.tag in ("failure", "error", "skipped")), "")
        yield f"{path}.py::{name}", ended


def _exists(test: str) -> bool:
    path, _, name = test.partition("::")
    return name in _tests_in(path)


@cache
def _tests_in(path: str) -> frozenset[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, kinds))


attacks = partial(proven, ATTACKS, "an attack is exposed or refused")
bugs = partial(proven, BUGS, "a known bug of LangGraph is survived")
