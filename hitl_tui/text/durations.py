"""How long something took, or is ago, in a few characters."""


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


def due(seconds: float) -> str:
    """Return the time to a deadline with its largest unit: `in 3m`; or since it: `3m ago`."""
    whole = int(abs(seconds))
    number, unit = next(
        (whole // size, unit)
        for size, unit in ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
        if whole >= size or size == 1
    )
    return f"in {number}{unit}" if seconds >= 0 else f"{number}{unit} ago"
