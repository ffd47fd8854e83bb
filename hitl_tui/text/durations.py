"""How long something took, in a few characters."""


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
