"""One line of the arguments of a tool call."""

from dataclasses import dataclass

from hitl_engine.model import Path
from hitl_tui.text.highlight import Span


@dataclass(frozen=True, slots=True)
class ArgumentLine:
    """One line, before it is wrapped."""

    text: str
    gutter: str = ""
    """Shown before it and not part of the text: a number, a sign."""
    base: str = ""
    """The colour of the whole line, or nothing."""
    spans: tuple[Span, ...] = ()
    json_from: int | None = None
    """From here on it is JSON."""
    hang: int = 0
    """By how many cells its further rows are indented."""
    inside: int = 0
    """How many lines below belong to it, and vanish when it is folded."""
    folded: str = ""
    """What is shown while it is folded, before `holds`."""
    holds: str = ""
    starts_folded: bool = False
    begins: Path | None = None
    """The place of the value whose lines begin here; None on its other lines."""
