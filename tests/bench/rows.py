"""One row of the table, and how both of its sides are measured."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.terminal import Terminal

HEAD = f"{'medians':<54} {'ours':>8} {'floor':>8} {'ratio':>6} {'goal':>5}"


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison of medians."""

    name: str
    ours: float
    floor: float
    noise: float
    """The floor's second half over its first half, both as medians."""
    goal: float
    unit: str = "ms"
    reference: float | None = None
    """The time of `langgraph dev` for the same work; None if not measured."""

    def __str__(self) -> str:
        reference = "" if self.reference is None else f"  langgraph dev {self.reference:.1f}"
        return (
            f"{self.name + ', ' + self.unit:<54} {self.ours:8.1f} {self.floor:8.1f}"
            f" {self.ratio:6.2f} {self.goal:5.2f}  {self.verdict:<8}"
            f" noise {self.noise:.2f}{reference}"
        )

    @property
    def ratio(self) -> float:
        """Ours over the floor."""
        return self.ours / self.floor

    @property
    def verdict(self) -> str:
        """Whether the goal is reached; "equal" if it is missed by less than the noise."""
        if self.ratio <= self.goal:
            return "reached"
        return "equal" if self.ratio <= self.goal * max(self.noise, 1 / self.noise) else "MISSED"


def alternately(
    count: int, ours: Callable[[], float], floor: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Measure both in turn, `count` times each; a first measurement of each is dropped."""
    pairs = [(ours(), floor()) for _ in range(count + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def pressed_when_quiet(terminal: Terminal, key: str, *, quiet: float) -> float:
    """Press a key after `quiet` seconds without output, and wait for the first output after it.

    Return when it was pressed (`time.perf_counter`).
    """
    terminal.settle(quiet=quiet)
    before = len(terminal.raw)
    when = terminal.press(key)
    while len(terminal.raw) == before:
        terminal.read(0.01)
        assert time.perf_counter() - when < 60, "the key changed nothing"
    return when


def pressed(terminal: Terminal, key: str) -> float:
    """Return the seconds from a key to the last byte of the frame that it causes."""
    when = pressed_when_quiet(terminal, key, quiet=0.05)
    terminal.settle(quiet=0.05)
    return terminal.last_byte - when


def timed(
    name: str,
    ours: Sequence[float],
    floor: Sequence[float],
    goal: float,
    reference: Sequence[float] = (),
) -> Row:
    """Return the row for two series of durations in seconds."""
    half = len(floor) // 2
    return Row(
        name,
        statistics.median(ours) * 1000,
        statistics.median(floor) * 1000,
        statistics.median(floor[half:]) / statistics.median(floor[:half]),
        goal,
        reference=statistics.median(reference) * 1000 if reference else None,
    )
