"""`make hardening`: kills, load, clients of events, fuzzing, attacks, figures, those of the
decision core, and long tests.

`python -m tests.hardening NAME... --seed N` runs some of them.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.figures.table import run_figures
from tests.hardening.attacks import ATTACKS, FULL, run_attack
from tests.hardening.core import core_figures
from tests.hardening.events import follow_under_load
from tests.hardening.fuzz import fuzz
from tests.hardening.kills import kill_in_a_loop
from tests.hardening.load import run_under_load
from tests.hardening.long_tests import run_long_tests
from tests.hardening.two_workers import two_workers

KILLS = 50
CASES = 200
FIGURES_SCALE = 0.05
"""Of the figures, which take hours in full: `python -m tests.figures --scale 1`."""


def _attack(name: str, folder: Path, seed: int) -> str:
    return asyncio.run(run_attack(folder, name, FULL))


PARTS: dict[str, Callable[[Path, int], str]] = {
    "kills": lambda folder, seed: asyncio.run(kill_in_a_loop(folder, seed, KILLS)),
    "load": lambda folder, seed: asyncio.run(run_under_load(folder, seed)),
    "events": lambda folder, seed: asyncio.run(follow_under_load(folder, seed)),
    "fuzz": lambda folder, seed: fuzz(folder, seed, CASES),
    **{name: partial(_attack, name) for name in ATTACKS},
    "workers": lambda folder, seed: asyncio.run(two_workers(folder)),
    "figures": lambda folder, seed: run_figures(FIGURES_SCALE, seed),
    "tests": lambda folder, seed: run_long_tests(folder),
    "core": lambda folder, seed: core_figures(seed),
}


def main() -> None:
    """Run all parts, or the named ones; stop at the first failure with its traceback."""
    parser = argparse.ArgumentParser(prog="tests.hardening", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    for name in given.parts or PARTS:
        print(f"{name}, seed {given.seed} ...", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            seen = PARTS[name](Path(folder), given.seed)
        print(f"  {seen}, in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
