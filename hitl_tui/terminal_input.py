"""What the terminal sends, as events: Textual's parser, which sees no marks of pasted text."""

import os
import re
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterator
from time import monotonic

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from hitl_tui.text.paste_marks import ESCAPE, Pasted, PasteMarks

_PATIENCE = 2.0
"""Seconds for the rest of a mark to arrive; nobody types its beginning."""
_CHUNK = 4096
_TICK = 0.1
"""Seconds between two looks at what is held back."""

_ALT_DIGIT = re.compile(ESCAPE + "([0-9])")
"""What a terminal sends for alt and a digit. Textual reads it as the character that a Mac types then
(`¢` for alt+4), which a text field would take."""


def _named(found: re.Match[str]) -> str:
    """Return the sequence of the Kitty keyboard protocol for alt and this digit."""
    return f"{ESCAPE}[{ord(found[1])};3u"


class TerminalInput:
    """Turns what arrives into events; a paste is one event, however it was delivered."""

    def __init__(self, *, debug: bool = False) -> None:
        self._parser = XTermParser(debug)
        self._marks = PasteMarks()
        self._fed_at = 0.0

    def feed(self, data: str) -> Iterator[Message]:
        """Yield the events of what has arrived."""
        self._fed_at = monotonic()
        for each in self._marks.feed(data):
            if isinstance(each, Pasted):
                yield events.Paste(each.text.replace("\x00", ""))  # as Textual does
            else:
                yield from self._parser.feed(_ALT_DIGIT.sub(_named, each))

    def tick(self) -> Iterator[Message]:
        """Yield the events of what was held back for long enough; call it several times a second."""
        marks = self._marks
        if marks.held and not marks.pasting:
            escape = marks.held == ESCAPE
            wait = constants.ESCAPE_DELAY if escape else _PATIENCE
            if monotonic() - self._fed_at < wait:
                return
            held = marks.give_up()
            yield from [events.Key("escape", ESCAPE)] if escape else self._parser.feed(held)
        yield from self._parser.tick()

    def close(self) -> None:
        """Forget what is held back."""
        for _ in self._parser.feed(""):
            pass


class PatientDriver(LinuxDriver):
    """Textual's driver; a paste whose marks arrive in parts is a paste."""

    def run_input_thread(self) -> None:
        """Read the terminal and post events, until the application ends."""
        source = TerminalInput(debug=self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_TICK):
                    for event in source.feed(decode(os.read(self.fileno, _CHUNK))):
                        self.process_message(event)
                for event in source.tick():
                    self.process_message(event)
        source.close()
