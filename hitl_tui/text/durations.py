"""How long something took, or is ago, in a few characters."""

import math


def duration(seconds: float) -> str:
    """Return `12ms`, `1.2s`, `45s`, `3m 04s` or `2h 05m`."""
    if seconds < 0.995:
        return f"{max(0, round(seconds * 1000))}ms"
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02}m"


def age(seconds: float) -> str:
    """Return `30s`, `3m`, `6h 40m` or `2d 2h`; a time in the future counts as now."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86_400:
        return f"{whole // 3600}h {whole % 3600 // 60:02}m"
    return f"{whole // 86_400}d {whole % 86_400 // 3600}h"


_UNITS = (
    (1, "s", 60),
    (60, "m", 3600),
    (3600, "h", 86_400),
    (86_400, "d", 8_640_000),
    (604_800, "w", 60_480_000),
    (31_536_000, "y", math.inf),
)
"""Seconds of a unit, its letter, and the seconds from which a larger one is used."""


def due(seconds: float) -> str:
    """Return the time to a deadline in one unit: `in 3m`; or since it: `3m ago`."""
    whole = int(abs(seconds))
    size, unit, _ = next(each for each in _UNITS if whole < each[2])
    return f"in {whole // size}{unit}" if seconds >= 0 else f"{whole // size}{unit} ago"
