"""What a person types in answer to questions, line by line; the cursor is never moved."""

import asyncio
import os
import sys
import termios
from collections.abc import Callable, Mapping, Sequence

from hitl_engine.model import JsonValue
from hitl_engine.strict_json import JsonProblem, read_json
from hitl_engine.visible import one_line, visible
from hitl_tui.external_editor import Edited, run_editor
from hitl_tui.shell.standard_streams import print_output

BACK = ":b"
_EDITOR = ":e"
_END = "."
_CHUNK = 65_536


class EndOfInput(Exception):
    """Nothing more will be typed."""


class GoBack(Exception):
    """The person wants to go back to the question before."""


class TypedLines:
    """Asks with `say`, on standard output by default, and reads lines from standard input.

    Each method that asks raises EndOfInput, and GoBack where that is offered.
    """

    def __init__(self, say: Callable[[str], None] = print_output) -> None:
        self._say = say
        self._descriptor = sys.stdin.fileno()
        self._is_terminal = os.isatty(self._descriptor)
        self._unread = b""

    async def line(self, question: str) -> str:
        """Return what is typed on one line after this question; without one, on the next line."""
        if question:
            self._say(question)
        while b"\n" not in self._unread:
            typed = await self._typed()
            if not typed:
                raise EndOfInput
            self._unread += typed
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode(sys.stdin.encoding, "replace").removesuffix("\r")

    async def choice(self, question: str, ways: Mapping[str, str]) -> str:
        """Return the key of one of these ways, for which its key or its first word is typed.

        What was typed before the question was there does not count: it was meant for another one.
        """
        self._forget()
        self._say(question)
        asked = "\n".join(f"  {key}  {words}" for key, words in ways.items())
        while True:
            typed = (await self.line(asked)).strip().lower()
            for key, words in ways.items():
                if typed and typed in (key, words.split()[0].rstrip(",.:")):
                    return key
            asked = f"{one_line(typed, 40) or 'Nothing'} is none of: {', '.join(ways)}."

    async def yes(self, question: str) -> bool:
        """Return whether `y` or `yes` is typed; what was typed before the question does not count."""
        self._forget()
        return (await self.line(question)).strip().lower() in ("y", "yes")

    async def text(self, what: str, before: str = "", *, suffix: str = ".txt") -> str:
        """Return a text of several lines, or what the person's editor saved; `before` is in it."""
        ways = f"{_EDITOR} opens your editor, {BACK} goes back"
        asked = f"{what}: type it, and then a line with only a dot; {ways}."
        lines: list[str] = []
        while (line := await self.line(asked)) != _END:
            if line == BACK:
                raise GoBack
            if line == _EDITOR and not lines:
                edited = await run_editor(before, suffix)
                if isinstance(edited, Edited):
                    self._say(f"You wrote:\n{visible(edited.text)}")
                    return edited.text
                asked = f"{edited.why} {asked}"
                continue
            lines.append(line)
            asked = ""
        return "\n".join(lines)

    async def json(self, what: str, before: str = "") -> JsonValue:
        """Return JSON; what is none is told, and asked for again."""
        while True:
            try:
                return read_json(await self.text(f"{what}, as JSON", before, suffix=".json"))
            except JsonProblem as problem:
                self._say(one_line(f"This is not JSON. {problem}", 400))

    async def number(self, question: str, count: int) -> int:
        """Return the index, from 0, of what is numbered from 1 to `count`."""
        while True:
            typed = (await self.line(question)).strip()
            if typed == BACK:
                raise GoBack
            if (index := index_of(typed, count)) is not None:
                return index
            question = f"Type a number from 1 to {count}, or {BACK} to go back."

    def _forget(self) -> None:
        if self._is_terminal:
            self._unread = b""
            termios.tcflush(self._descriptor, termios.TCIFLUSH)

    async def _typed(self) -> bytes:
        """Return what has been typed, at least a line of it; the event loop goes on meanwhile."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(self._descriptor, ready.set)
        except PermissionError:  # a file, which can always be read
            return os.read(self._descriptor, _CHUNK)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._descriptor)
        return os.read(self._descriptor, _CHUNK)


def index_of(typed: str, count: int) -> int | None:
    """Return the index of a number from 1 to `count`; None for anything else."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < 10
    return int(typed) - 1 if is_number and 1 <= int(typed) <= count else None


def numbered(texts: Sequence[str]) -> str:
    """Return visible texts as lines with their numbers, from 1."""
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
