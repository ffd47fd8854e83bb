"""Which branches of the core the tests take, and which tests run which of its lines."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import coverage
import pytest

from tests.core_figures.core import ALSO_LONG, MODULES, NOT_ON, ON_AEGRA, TESTS, source_of
from tests.core_figures.runs import in_child, run_tests

_AN_HOUR = 3600.0
_ALL_RAN = (0, 1)
"""Exit codes of pytest: all tests passed, or some failed."""


@dataclass(slots=True)
class Measured:
    """What the tests run of one module."""

    branches: int
    taken: int
    missing: tuple[str, ...]
    """Branches that no test takes: `LINE -> LINE`, -N for the end of a function."""
    unrun: tuple[int, ...]
    """Lines that no test runs."""
    tests: dict[int, frozenset[str]] = field(default_factory=dict)
    """The tests that run each line, by id."""


class _Contexts:
    """A pytest plugin: what each test runs is kept under its id, with the time that it takes."""

    def __init__(self, measuring: coverage.Coverage) -> None:
        self._measuring = measuring
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [each for each in items if _is_wanted(each)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._measuring.switch_context(item.nodeid)
        began = time.monotonic()
        result = yield
        self.seconds[item.nodeid] = time.monotonic() - began
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def _is_wanted(test: pytest.Item) -> bool:
    if "aegra" in test.nodeid and test.nodeid.startswith(ON_AEGRA):
        return True
    if any(name in test.nodeid for name in NOT_ON):
        return False
    is_quick = test.get_closest_marker("hardening") is None
    return is_quick or test.nodeid.startswith(ALSO_LONG)


def measure(folder: Path) -> tuple[dict[str, Measured], dict[str, float]]:
    """Run the tests; return what they run of each module, and the seconds that each test takes.

    Measured tests are slower, so one that depends on time may fail; it is named and left out. This
    leaves its files in `folder`, and uses those that it finds there.
    """
    data, times, log = folder / "coverage", folder / "seconds.json", folder / "tests.log"

    def work() -> int:
        measuring = coverage.Coverage(
            data_file=str(data),
            branch=True,
            config_file=False,
            include=[str(source_of(module)) for module in MODULES],
        )
        plugin = _Contexts(measuring)
        measuring.start()
        code = run_tests(TESTS, plugin)
        measuring.stop()
        measuring.save()
        if code in _ALL_RAN:
            kept = {
                test: took for test, took in plugin.seconds.items() if test not in plugin.failed
            }
            times.write_text(json.dumps({"seconds": kept, "failed": plugin.failed}))
        return code

    if not times.exists():
        code = in_child(work, log, _AN_HOUR)
        assert code in _ALL_RAN, f"{code}:\n{log.read_text(errors='replace')[-4000:]}"
    ran = json.loads(times.read_text())
    for test in ran["failed"]:
        print(f"failed while it was measured, and is not used for mutants: {test}")
    return measured_in(data), ran["seconds"]


def measured_in(data: Path) -> dict[str, Measured]:
    """Return what a file of measurements has of each module."""
    read = coverage.Coverage(data_file=str(data), branch=True, config_file=False)
    read.load()
    return {module: _of_module(read, source_of(module)) for module in MODULES}


def _of_module(read: coverage.Coverage, source: Path) -> Measured:
    report = source.with_suffix(".json").name
    path = Path(read.config.data_file).with_name(report)
    read.json_report(morfs=[str(source)], outfile=str(path))
    (found,) = json.loads(path.read_text())["files"].values()
    lines = read.get_data().contexts_by_lineno(str(source))
    return Measured(
        branches=found["summary"]["num_branches"],
        taken=found["summary"]["covered_branches"],
        missing=tuple(f"{start} -> {end}" for start, end in found["missing_branches"]),
        unrun=tuple(found["missing_lines"]),
        tests={line: frozenset(names) - {""} for line, names in lines.items()},
    )
