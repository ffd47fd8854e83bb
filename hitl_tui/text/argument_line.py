"""One line of the arguments of a tool call."""

from __future__ import annotations  # the model is not loaded before the first paint

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitl_tui.text.highlight import Span

if TYPE_CHECKING:
    from hitl_engine.model import Path


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
