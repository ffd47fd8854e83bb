"""The figures by name, each with how often it is tried at full scale."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hitl_engine.selftest.figure import Figure
from tests.figures.contested import contests
from tests.figures.drawn_everywhere import hostile_screens
from tests.figures.faulty_lines import wrong_labels
from tests.figures.killed import kills
from tests.figures.proven import attacks, bugs
from tests.figures.typed import typing


@dataclass(frozen=True, slots=True)
class _Measured:
    """What gives one or more rows of the table."""

    measure: Callable[[Path, int, int], Sequence[Figure]]
    """Takes an empty folder, how often, and a seed."""
    full: int
    """How often at a scale of 1."""
    is_whole: bool = False
    """Whether it is always measured in full."""


FIGURES = {
    "contests": _Measured(contests, 10_000),
    "texts": _Measured(hostile_screens, 100_000),
    "attacks": _Measured(attacks, 24, is_whole=True),
    "bugs": _Measured(bugs, 24, is_whole=True),
    "kills": _Measured(kills, 1_000),
    "typing": _Measured(typing, 1_000),
    "faults": _Measured(wrong_labels, 3_000),
}


def measure(name: str, folder: Path, scale: float, seed: int) -> Sequence[Figure]:
    """Measure what a name stands for; `scale` multiplies how often."""
    figure = FIGURES[name]
    count = figure.full if figure.is_whole else max(1, round(figure.full * scale))
    return figure.measure(folder, count, seed)


def run_figures(scale: float, seed: int) -> str:
    """Measure all figures; return how often each was tried. Raises AssertionError with what was wrong."""
    tried = []
    for name in FIGURES:
        with TemporaryDirectory() as folder:
            for figure in measure(name, Path(folder), scale, seed):
                assert not figure.wrong, f"{name}: {figure}"
                tried.append(f"{figure.promise}: {figure.tried:,}")
    return "; ".join(tried)
