"""What every shell command returns: its result for programs, for people, and as an exit code."""

from dataclasses import dataclass

from hitl_engine.model import JsonValue, Progress


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command prints, and the code it exits with."""

    document: JsonValue
    """What `--json` prints."""
    lines: tuple[str, ...]
    """The same for people; safe to print."""
    notes: tuple[str, ...] = ()
    """For standard error, in both forms; safe to print."""
    exit_code: int = 0
    printed: bool = False
    """Whether the command printed its output while it ran: then only the notes are printed."""


def ignore_progress(progress: Progress) -> None:
    """Do nothing: a shell command prints only the end of a run."""
