"""How often something was tried, and how often it went wrong."""

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
