"""Drive the real console over the sample graphs, and save what it shows as SVG beside this file.

Run it with `make screenshots`. A real engine runs the graphs; nothing on the pictures is made up.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from engine.desk import Desk, open_desk
from hitl_tui import demo
from hitl_tui.app import ConsoleApp

HERE = Path(__file__).parent
SIZE = (100, 30)
GUARD = 0.6
"""A little longer than the time for which a fresh card is deaf to decisions."""


async def make(folder: Path) -> None:
    """Save every picture into `folder`."""
    with tempfile.TemporaryDirectory() as data:
        app = ConsoleApp(lambda: _demo(Path(data)))
        async with app.run_test(size=SIZE) as pilot:
            await _shown(pilot, "7 wait")
            await pilot.pause(GUARD)
            _save(app, folder / "inbox.svg")
            await _revise(pilot, folder)
            await _decide_on_tools(pilot, folder)
            await _step(pilot, folder)
            await _start(pilot, folder)


async def _revise(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "revise")
    await pilot.press("end", *(["left"] * 9), *"very ")
    await pilot.pause(GUARD)
    _save(pilot.app, folder / "revise.svg")
    await pilot.press("ctrl+s")
    await _shown(pilot, "final state")
    _save(pilot.app, folder / "done.svg")
    await _leave(pilot)


async def _decide_on_tools(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "tool_agent")
    await pilot.press("a", "right")
    await pilot.pause(GUARD)
    await pilot.press("r")
    await pilot.press(*"No deletes on a Monday.")
    await pilot.pause(GUARD)
    _save(pilot.app, folder / "tool_calls.svg")
    await _leave(pilot)


async def _step(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "breakpoints")
    _save(pilot.app, folder / "breakpoint.svg")
    await _leave(pilot)


async def _start(pilot: Pilot[None], folder: Path) -> None:
    await pilot.press("n")
    await pilot.pause(GUARD)
    _save(pilot.app, folder / "start.svg")


async def _open(pilot: Pilot[None], graph: str) -> None:
    """Filter the inbox to one graph and open its item."""
    await pilot.press("slash", *graph)
    await pilot.pause(GUARD)
    await pilot.press("enter", "enter")
    await pilot.pause(GUARD)


async def _leave(pilot: Pilot[None]) -> None:
    """Go back to the inbox, and to everything in it."""
    for _ in ("the field", "the card", "the filter"):
        await pilot.pause(GUARD)
        await pilot.press("escape")
    await pilot.pause(GUARD)


async def _shown(pilot: Pilot[None], text: str, seconds: float = 30) -> None:
    """Wait until the screen shows `text`. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while text.replace(" ", "&#160;") not in pilot.app.export_screenshot():
            await pilot.pause(0.1)


def _save(app: ConsoleApp, path: Path) -> None:
    path.write_text(app.export_screenshot(title="hitl-tui"), encoding="utf-8")


@asynccontextmanager
async def _demo(data: Path) -> AsyncIterator[Desk]:
    async with open_desk(demo.TARGET, data_dir=data) as desk:
        await demo.seed(desk)
        yield desk


if __name__ == "__main__":
    asyncio.run(make(HERE))
