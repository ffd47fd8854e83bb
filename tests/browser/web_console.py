"""`hitl-tui web` as a process, and a tab with its console."""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx
import pyte
import pytest

from tests.browser.chromium import Page
from tests.server.processes import ROOT, Served
from tests.terminal import readable

_KEYS = {"enter": ("Enter", 13, "\r"), "escape": ("Escape", 27, "")}


@dataclass(frozen=True)
class WebConsole:
    """A running `hitl-tui web`."""

    link: str
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """Its address without the token, and without a slash at the end."""
        return str(httpx.URL(self.link).copy_with(query=None)).rstrip("/")


@contextmanager
def web_console(
    served: Served, data: Path, *options: str, folder: Path = ROOT
) -> Iterator[WebConsole]:
    """Serve the console on a server for the length of a block; `folder` is the current one."""
    if find_spec("textual_serve") is None:
        pytest.skip("textual-serve is not installed (pip install 'hitl-tui[web]')")
    header = f"Authorization: {served.headers['Authorization']}"
    program = (sys.executable, "-P", "-m", "hitl_tui")
    command = [*program, "web", served.url, "--header", header]
    with subprocess.Popen(
        [*command, "--data-dir", str(data), "--port", "0", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield WebConsole(process.stdout.readline().split()[-1], process)
        finally:
            process.terminate()
            process.wait(30)


class Tab:
    """A tab with a console: what its socket received, drawn by an emulator, and keys."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._fed = 0

    async def open(self, console: WebConsole) -> None:
        """Open the link, and give the terminal the focus."""
        await self._page.open(console.link)
        await self.shows("connected")
        await self._page.focus(".xterm-helper-textarea")

    async def press(self, *keys: str) -> None:
        """Press keys: `enter`, `ctrl+s`, or characters."""
        for key in keys:
            if key in _KEYS:
                name, code, text = _KEYS[key]
                await self._page.press(name, code=code, text=text)
            elif key.startswith("ctrl+"):
                letter = key.removeprefix("ctrl+")
                await self._page.press(letter, code=ord(letter.upper()), ctrl=True)
            else:
                await self._page.press(key, text=key)

    async def shows(self, pattern: str, seconds: float = 60) -> str:
        """Wait until the screen shows `pattern`; return the screen."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, text := self.text):
            assert time.monotonic() < deadline, f"{pattern!r} did not appear:\n{text}"
            await asyncio.sleep(0.05)
        return text

    @property
    def text(self) -> str:
        """The screen, one line a row."""
        frames, self._fed = self._page.frames[self._fed :], len(self._page.frames)
        if self._fed == len(frames) and frames:  # the first ones: how large the terminal is
            socket = next(url for url in self._page.urls if url.startswith("ws:"))
            size = httpx.URL(socket).params
            self._screen.resize(int(size["height"]), int(size["width"]))
        for frame in frames:
            self._stream.feed(readable(frame))
        return "\n".join(line.rstrip() for line in self._screen.display)
