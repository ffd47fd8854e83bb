"""One thing that was checked of an installation, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class CheckStatus(StrEnum):
    """How a check ended."""

    OK = "ok"
    NOTE = "note"
    """It works, with a limit or a risk that a person should know."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """A check with what was found. The texts may contain what a server sent: untrusted."""

    name: str
    status: CheckStatus
    found: str
    advice: str = ""
    """What to do; empty if there is nothing to do."""
