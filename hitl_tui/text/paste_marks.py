"""Pasted text in what a terminal sends, found by its marks, however the bytes arrive.

A slow connection delivers a mark in parts. A parser that gives up after a moment reads them as keys:
a part of the mark lands in the text, and what follows is lost, or is read as keys too.
"""

from dataclasses import dataclass

START, END = "\x1b[200~", "\x1b[201~"
ESCAPE = "\x1b"


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text between the marks, with everything that it contains."""

    text: str


class PasteMarks:
    """Separates pasted texts from the rest; holds back what may be the beginning of a mark."""

    def __init__(self) -> None:
        self.held = ""
        """The beginning of a mark, or of a key. Inside a paste it is never given up."""
        self.pasting = False
        """Whether the mark at the start of a paste was read, and that at its end was not."""
        self._parts: list[str] = []
        self._after_escape = False

    def feed(self, data: str) -> list[str | Pasted]:
        """Return what arrived: pasted texts, and the rest, without empty texts."""
        found: list[str | Pasted] = []
        if self._after_escape and data.startswith(START[1:]):
            data = ESCAPE + data  # its first character was read as the escape key
        self._after_escape = False
        rest = self.held + data
        self.held = ""
        while rest:
            mark = END if self.pasting else START
            before, complete, after = rest.partition(mark)
            if not complete:
                self.held = _beginning_of(mark, rest)
                before = rest[: len(rest) - len(self.held)]
            self._take(before, found)
            if complete:
                self._turn(found)
            rest = after
        return found

    def give_up(self) -> str:
        """Return what is held back outside a paste: no mark, it has waited long enough."""
        held, self.held = self.held, ""
        self._after_escape = held == ESCAPE
        return held

    def _take(self, text: str, found: list[str | Pasted]) -> None:
        if self.pasting:
            self._parts.append(text)
        elif text:
            found.append(text)

    def _turn(self, found: list[str | Pasted]) -> None:
        """Begin a paste, or end it."""
        if self.pasting:
            found.append(Pasted("".join(self._parts)))
            self._parts.clear()
        self.pasting = not self.pasting


def _beginning_of(mark: str, text: str) -> str:
    """Return the end of `text` that is the beginning of `mark`, the longest one."""
    for length in range(min(len(mark) - 1, len(text)), 0, -1):
        if text.endswith(mark[:length]):
            return mark[:length]
    return ""
