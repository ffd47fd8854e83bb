"""Measures figures and prints them as a Markdown table.

`python -m tests.figures [NAME...] [--seed N] [--scale F]`: a scale of 1 takes hours, and 0.01 minutes.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hitl_engine.selftest.figure import Figure
from hitl_engine.visible import one_line
from tests.figures.table import FIGURES, measure

_HEAD = "| figure | tried | wrong | date | command |\n|---|---|---|---|---|"
_MOST_LETTERS = 400
"""Of what went wrong first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all figures, or the named ones, and print each when it is known; 1 if any is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(FIGURES))
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(FIGURES):
        parser.error(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}.")
    print(_HEAD, flush=True)
    wrong: list[Figure] = []
    for name in given.names or FIGURES:
        command = f"python -m tests.figures {name} --seed {given.seed} --scale {given.scale:g}"
        with tempfile.TemporaryDirectory() as folder:
            for figure in measure(name, Path(folder), given.scale, given.seed):
                print(_row(figure, command), flush=True)
                wrong += [figure] if figure.wrong else []
    for figure in wrong:
        print(f"\n{figure.promise}: first {one_line(figure.first, _MOST_LETTERS)}")
    return 1 if wrong else 0


def _row(figure: Figure, command: str) -> str:
    what = f"{figure.promise} ({figure.measured})" if figure.measured else figure.promise
    today = datetime.now(UTC).date()
    return f"| {what} | {figure.tried:,} | {figure.wrong:,} | {today} | `{command}` |"


if __name__ == "__main__":
    sys.exit(main())
