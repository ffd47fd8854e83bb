"""Drive the real console on the sample graphs, and save its screens as SVG in this folder.

Run it with `make screenshots`. The graphs run in a real local server.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from hitl_engine.desk import Desk, open_desk
from hitl_tui import demo
from hitl_tui.app import ConsoleApp
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.inbox_list import InboxList
from screenshots.animation import Frame, animated

HERE = Path(__file__).parent
SIZE = (100, 30)


async def make(folder: Path) -> None:
    """Save every picture into `folder`, in all colours."""
    os.environ["COLORTERM"] = "truecolor"
    with tempfile.TemporaryDirectory() as data:
        app = ConsoleApp(lambda: _demo(Path(data)))
        async with app.run_test(size=SIZE) as pilot:
            await _shown(pilot, "18 waiting")
            _save(app, folder / "inbox.svg")
            await _preview(pilot, folder)
            await _revise(pilot, folder)
            await _decide_on_tools(pilot, folder)
            await _fill_in(pilot, folder)
            await _answer_together(pilot, folder)
            await _decide_on_many(pilot, folder)
            await _step(pilot, folder)
            await _look_at_a_thread(pilot, folder)
            await _list_threads(pilot, folder)
            await _start(pilot, folder)
    await make_walk(folder)


async def make_walk(folder: Path) -> None:
    """Save the animated walk: the inbox, an item, a changed text, sent, the next item."""
    with tempfile.TemporaryDirectory() as data:
        app = ConsoleApp(lambda: _demo(Path(data)))
        async with app.run_test(size=SIZE) as pilot:
            await _shown(pilot, "18 waiting")
            await _until(pilot, lambda: "importing" not in app.export_screenshot())
            app.session.grace = 10
            inbox = app.screen.query_one(InboxList)
            while inbox.listed[0].graph_id != "revise":
                await pilot.press("o")
                await pilot.pause(0.3)
            await pilot.press("home")
            await pilot.pause(0.3)
            frames = [_frame(app, 2)]
            await pilot.press("enter")
            await _until(pilot, lambda: isinstance(app.screen, ThreadScreen))
            await _armed(pilot)
            frames.append(_frame(app, 1.5))
            await pilot.press("end", *(["left"] * 9))
            for typed in ("v", "er", "y "):
                await pilot.press(*typed)
                await pilot.pause(0.3)
                frames.append(_frame(app, 0.4))
            await _armed(pilot)
            frames.append(_frame(app, 1.5))
            await pilot.press("ctrl+s")
            await _shown(pilot, "Arguments")
            await _shown(pilot, "takes it back")
            frames.append(_frame(app, 2))
            await _shown(pilot, "Applied")
            frames.append(_frame(app, 3))
    (folder / "walk.svg").write_text(animated(frames), encoding="utf-8")


async def _preview(pilot: Pilot[None], folder: Path) -> None:
    """Show what the selected item asks beside the list."""
    await pilot.resize_terminal(140, 30)
    await pilot.press("end", "up")
    await _shown(pilot, "execute_sql")
    await pilot.pause(0.5)
    _save(pilot.app, folder / "inbox_wide.svg")
    await pilot.press("home")
    await pilot.resize_terminal(*SIZE)


async def _look_at_a_thread(pilot: Pilot[None], folder: Path) -> None:
    """Show each view of a thread beside its question."""
    await pilot.resize_terminal(160, 36)
    await _open(pilot, "tool_agent")
    for number, name in ((3, "state"), (6, "runs"), (4, "history")):
        await pilot.press(f"alt+{number}")
        await pilot.pause(1)
        _save(pilot.app, folder / f"{name}.svg")
    await pilot.press("alt+2", "alt+5")
    await _shown(pilot, "__end__")
    await pilot.pause(1)
    _save(pilot.app, folder / "thread.svg")
    await _leave(pilot)
    await pilot.resize_terminal(*SIZE)


async def _list_threads(pilot: Pilot[None], folder: Path) -> None:
    await pilot.press("t")
    await _shown(pilot, "running")
    await pilot.pause(1)
    _save(pilot.app, folder / "threads.svg")
    await _leave(pilot)


async def _revise(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "revise")
    await pilot.press("end", *(["left"] * 9), *"very ")
    await _shown(pilot, "the very lazy dog")
    _save(pilot.app, folder / "revise.svg")
    await pilot.press("ctrl+s")
    await _shown(pilot, "final state")
    _save(pilot.app, folder / "done.svg")
    await _leave(pilot)


async def _decide_on_tools(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "tool_agent")
    await pilot.press("a", "right")
    await _armed(pilot)
    await pilot.press("r")
    await pilot.press(*"No deletes on a Monday.")
    await _shown(pilot, "No deletes on a Monday.")
    await _armed(pilot)
    _save(pilot.app, folder / "tool_calls.svg")
    await _leave(pilot)


async def _fill_in(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "typed_answer")
    await pilot.press("space", "tab", *"2000")
    await _shown(pilot, "must be at most 1000")
    _save(pilot.app, folder / "form.svg")
    await _leave(pilot)


async def _answer_together(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "parallel")
    for key in ("1", "2"):
        await pilot.press(key)
        await _armed(pilot)
        await pilot.press("ctrl+s")
        await pilot.pause(0.1)
        await _armed(pilot)
    await _shown(pilot, "Send all 2 answers?")
    _save(pilot.app, folder / "together.svg")
    await _leave(pilot)


async def _decide_on_many(pilot: Pilot[None], folder: Path) -> None:
    await pilot.press("slash", *"tool_approval")
    await _shown(pilot, "2 of 17 waiting")
    await pilot.press("enter", "home", "space", "space")
    await _shown(pilot, "2 marked")
    await pilot.press("m")
    await _shown(pilot, "2 different payloads")
    await _armed(pilot)
    await pilot.press("r", *"Not before Monday.")
    await _shown(pilot, "Not before Monday.")
    _save(pilot.app, folder / "many.svg")
    await _leave(pilot)
    await pilot.press("u")


async def _step(pilot: Pilot[None], folder: Path) -> None:
    await _open(pilot, "breakpoints")
    _save(pilot.app, folder / "breakpoint.svg")
    await _leave(pilot)


async def _start(pilot: Pilot[None], folder: Path) -> None:
    await pilot.press("n")
    await _shown(pilot, "Breakpoints of this run")
    _save(pilot.app, folder / "start.svg")


async def _open(pilot: Pilot[None], graph: str) -> None:
    """Filter the inbox to one graph and open its first item."""
    inbox = pilot.app.screen_stack[1]
    await pilot.press("slash", *graph)
    await _until(
        pilot, lambda: {item.graph_id for item in inbox.query_one(InboxList).listed} == {graph}
    )
    await pilot.press("enter", "enter")
    await _until(pilot, lambda: isinstance(pilot.app.screen, ThreadScreen))
    await _armed(pilot)


async def _armed(pilot: Pilot[None]) -> None:
    """Wait until the card in view accepts decisions."""
    await _until(pilot, lambda: any(card.armed for card in pilot.app.screen.query(Card)))


async def _leave(pilot: Pilot[None]) -> None:
    """Go back to the inbox, and clear its filter."""
    inbox = pilot.app.screen_stack[1]
    while pilot.app.screen is not inbox:
        await pilot.press("escape")
        await pilot.pause()
    await pilot.press("escape")
    await _until(pilot, lambda: not inbox.query_one(InboxList).filter_text)


async def _shown(pilot: Pilot[None], text: str) -> None:
    """Wait until the screen shows `text`."""
    wanted = text.replace(" ", "&#160;")
    await _until(pilot, lambda: wanted in pilot.app.export_screenshot())


async def _until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    """Wait for a condition. Raises TimeoutError."""
    async with asyncio.timeout(60):
        while not true():
            await pilot.pause(0.1)


def _frame(app: App[None], seconds: float) -> Frame:
    return Frame(app.export_screenshot(title="hitl-tui"), seconds)


def _save(app: App[None], path: Path) -> None:
    path.write_text(app.export_screenshot(title="hitl-tui"), encoding="utf-8")


@asynccontextmanager
async def _demo(data: Path) -> AsyncIterator[Desk]:
    async with open_desk(demo.TARGET, data_dir=data, trusts_code=True) as desk:
        await demo.seed(desk)
        yield desk


if __name__ == "__main__":
    asyncio.run(make(HERE))
