"""A few screenshots, compared exactly. `UPDATE_SNAPSHOTS=1` writes them again: review them."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hitl_engine.model import Waiting

from .conftest import Console, OpenConsole
from .desk_double import DeskDouble, interrupt, stop, tool_request

FOLDER = Path(__file__).parent / "snapshots"
ALL = ("approve", "edit", "reject", "respond")
TOOLS = tool_request(
    ("send_email", {"to": "ada@example.com", "body": "See you at 10."}, "Sends it.", ALL),
    ("execute_sql", {"query": "DELETE FROM reminders"}, "Runs it.", ("approve", "reject")),
)
Journey = Callable[[Console], Awaitable[None]]


def waiting() -> tuple[Waiting, ...]:
    """Return the items of the screenshots, with waiting times from now."""
    return (
        interrupt({"text_to_revise": "The quick brown fox."}, n=1, minutes=3.1),
        interrupt(TOOLS, n=2, graph="tool_agent", node="middleware", minutes=65.1),
        stop(minutes=1500.1),
        interrupt({"question": "Is \x1b[31mthis\u202e legal?"}, n=3, graph="parallel", minutes=4e3),
    )


async def stay(c: Console) -> None:
    """Stay at the inbox."""


async def revise(c: Console) -> None:
    await c.open(0)
    await c.press("end", "backspace", "exclamation_mark")
    await c.armed()


async def verdicts(c: Console) -> None:
    await c.open(1)
    await c.press("a", "right")
    await c.armed()
    await c.press("r")
    await c.type("no deletes")
    await c.armed()


async def at_breakpoint(c: Console) -> None:
    await c.open(2)
    await c.armed()


async def any_json(c: Console) -> None:
    await c.open(3)
    await c.press("ctrl+t", "ctrl+t")
    await c.type('{"ok": tru')
    await c.armed()


async def choice(c: Console) -> None:
    await c.open(3)
    await c.press("2")
    await c.armed()


@pytest.mark.parametrize(
    ("name", "size", "journey"),
    [
        ("inbox-80x24", (80, 24), stay),
        ("inbox-40x12", (40, 12), stay),
        ("revise-80x24", (80, 24), revise),
        ("tool-calls-120x40", (120, 40), verdicts),
        ("breakpoint-80x24", (80, 24), at_breakpoint),
        ("json-80x24", (80, 24), any_json),
        ("choice-80x24", (80, 24), choice),
    ],
)
async def test_it_looks_as_it_did(
    console: OpenConsole, name: str, size: tuple[int, int], journey: Journey
) -> None:
    async with console(DeskDouble(*waiting()), size) as c:
        await journey(c)
        await c.pilot.pause(0.1)
        drawn = c.app.export_screenshot(title=name)
    compare(name, drawn)


def compare(name: str, drawn: str) -> None:
    """Compare a screenshot with the one that is kept under this name."""
    kept = FOLDER / f"{name}.svg"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        kept.write_text(drawn, encoding="utf-8")
    assert drawn == kept.read_text(encoding="utf-8"), f"{name} looks different; see the docstring"
