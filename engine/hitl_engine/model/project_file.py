"""A file of the project whose graphs run on this machine."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file as it was when it was read."""

    path: str
    """Absolute, with links resolved; untrusted text."""
    read_at: datetime
    text: str | None
    """What is in it; None if there is no such file, or it could not be read."""
    problem: str = ""
    """Why it could not be read; empty if it was, or if there is no such file."""
