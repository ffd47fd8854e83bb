"""How often something was tried, and how often it went wrong."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table of `hitl-tui selftest`."""

    promise: str
    """What must hold, in a few words."""
    tried: int
    wrong: int
    """How many of them went wrong."""
    first: str = ""
    """What went wrong first; it may contain what a server sent: untrusted."""
    measured: str = ""
    """What else was measured, in a few words."""


def figure_of(promise: str, tried: int, faults: Iterable[str], measured: str = "") -> Figure:
    """Return the figure of so many tries; `faults` has what went wrong in each that did."""
    found = [*faults]
    return Figure(promise, tried, len(found), found[0] if found else "", measured)
