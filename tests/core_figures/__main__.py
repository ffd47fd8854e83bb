"""Branch coverage and mutants of the decision core: `python -m tests.core_figures MODULE...`.

It runs the tests of the core once and counts the branches that they take. Then it changes the
modules, one place at a time, and counts the changes that one of these tests notices.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType

from tests.core_figures.branches import Measured, measure
from tests.core_figures.core import MODULES, source_of
from tests.core_figures.equivalent import is_equivalent
from tests.core_figures.mutants import Mutant, code_of, mutants_of
from tests.core_figures.runs import import_once, survives

_KILLED = 0.9
"""The share of mutants that the tests must notice."""
SAMPLE = 25
"""Mutants of each module, if no other number is given."""
_BUDGET = 15.0
"""At most so many seconds of tests are run for one mutant, the quick ones first."""
_SLOWER, _AT_LEAST = 4.0, 30.0
"""A mutant is killed after so many times the time of its tests, and these seconds."""


def main() -> None:
    """Print the figures of all modules, or of those that are named, and what is missing."""
    parser = argparse.ArgumentParser(prog="tests.core_figures", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(MODULES))
    parser.add_argument("--seed", type=int, default=0, help="of the sample of mutants")
    parser.add_argument("--mutants", type=int, default=SAMPLE, help="of each module; 0: no mutants")
    parser.add_argument("--folder", help="where the measurements are kept, and used again")
    given = parser.parse_args()
    if unknown := set(given.modules) - set(MODULES):
        parser.error(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(MODULES)}.")
    import_once()
    with tempfile.TemporaryDirectory() as empty:
        folder = Path(given.folder or empty)
        measured, seconds = measure(folder)
        rows = [
            _figures(name, measured[name], seconds, _sample(name, given), folder)
            for name in given.modules or MODULES
        ]
    branches, taken, killed, tried, equivalent = map(sum, zip(*rows, strict=True))
    print(_row("all", branches, taken, killed, tried, equivalent))
    if taken < branches or killed < _KILLED * tried:
        sys.exit(f"The goal is missed: all branches, and {_KILLED:.0%} of the mutants.")


def _sample(module: str, given: argparse.Namespace) -> list[Mutant]:
    """Return mutants of a module, as many as asked for; the same ones for the same seed."""
    listed = mutants_of(module, source_of(module).read_text(encoding="utf-8"))
    chosen = random.Random(f"{given.seed} {module}").sample(
        range(len(listed)), min(given.mutants, len(listed))
    )
    return [listed[place] for place in sorted(chosen)]


def _figures(
    module: str,
    measured: Measured,
    seconds: Mapping[str, float],
    mutants: Sequence[Mutant],
    folder: Path,
) -> tuple[int, int, int, int, int]:
    """Print the row of a module, and below it what is missing; return its numbers."""
    tried = [each for each in mutants if not is_equivalent(each)]
    tests = _Tests(measured, seconds, folder / "mutant.log")
    if tried:
        tests.check(module)
    left = [each for each in tried if not tests.notice(each)]
    numbers = (
        measured.branches,
        measured.taken,
        len(tried) - len(left),
        len(tried),
        len(mutants) - len(tried),
    )
    print(_row(module, *numbers), flush=True)
    if measured.missing:
        print(f"    not taken: {', '.join(measured.missing)}")
    if measured.unrun:
        print(f"    not run: {', '.join(map(str, measured.unrun))}")
    for each in left:
        print(f"    survived, line {each.line}: {each.change}", flush=True)
    return numbers


def _row(name: str, branches: int, taken: int, killed: int, tried: int, equivalent: int) -> str:
    notes = f", {equivalent} equivalent" if equivalent else ""
    return (
        f"{name:24}{taken:5} of {branches:4} branches ({_percent(taken, branches)})"
        f"{killed:5} of {tried:4} mutants ({_percent(killed, tried)}){notes}"
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 100:5.1f} %"


class _Tests:
    """The tests of a module."""

    def __init__(self, measured: Measured, seconds: Mapping[str, float], log: Path) -> None:
        self._of_lines = measured.tests
        self._all = frozenset[str]().union(*measured.tests.values())
        self._seconds = seconds
        self._log = log

    def check(self, module: str) -> None:
        """Raise AssertionError if the tests fail without a change: then they would prove nothing."""
        code = compile(source_of(module).read_text(encoding="utf-8"), module, "exec")
        assert self._pass(module, code, self._all), self._log.read_text(errors="replace")[-4000:]

    def notice(self, mutant: Mutant) -> bool:
        """Return whether a test fails: one that runs the changed lines, or another one.

        What is cached, or runs in a task of its own, is run by more tests than the measurement tells.
        """
        code = code_of(mutant, source_of(mutant.module).read_text(encoding="utf-8"))
        lines = range(mutant.line, mutant.last_line + 1)
        running = frozenset[str]().union(*(self._of_lines.get(line, ()) for line in lines))
        return not (
            self._pass(mutant.module, code, running)
            and self._pass(mutant.module, code, self._all - running)
        )

    def _pass(self, module: str, code: CodeType, tests: frozenset[str]) -> bool:
        chosen = self._quick_first(tests & self._seconds.keys())
        limit = _AT_LEAST + _SLOWER * sum(self._seconds[each] for each in chosen)
        return not chosen or survives(code, f"hitl_engine.{module}", chosen, self._log, limit)

    def _quick_first(self, tests: frozenset[str]) -> list[str]:
        """Return tests within the budget: quick ones first, those of a file one after the other."""
        chosen: list[str] = []
        left = _BUDGET
        for each in sorted(tests, key=lambda test: (self._seconds[test], test)):
            left -= self._seconds[each]
            if chosen and left < 0:
                break
            chosen.append(each)
        files: dict[str, float] = {}
        for each in chosen:
            name = each.partition("::")[0]
            files[name] = files.get(name, 0.0) + self._seconds[each]
        return sorted(chosen, key=lambda each: (files[name := each.partition("::")[0]], name))


if __name__ == "__main__":
    main()
