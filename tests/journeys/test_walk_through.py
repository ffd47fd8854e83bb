"""docs/debugging.md, followed key by key: what it tells is on the screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hitl_engine.desk import open_desk
from hitl_tui.app import ConsoleApp
from hitl_tui.widgets.cards.guard import Guard
from tests.console.conftest import screen_text, until
from tests.server.processes import ROOT

PAGE = ROOT / "docs" / "debugging.md"
GRAPH = ROOT / "docs" / "examples" / "refunds.py"
_NAMES = {"=": "equals_sign"}


def rows() -> Iterator[tuple[list[str], str]]:
    """Yield the keys of each row of the tables, and what the screen then shows."""
    for line in PAGE.read_text().splitlines():
        if found := re.fullmatch(r"\| (.*`.*) \| `(.*)` \|", line):
            yield list(_keys(found[1])), found[2]


def _keys(cell: str) -> Iterator[str]:
    for typed, key in re.findall(r"type `([^`]*)`|`([^`]*)`", cell):
        if typed:
            yield from typed
        else:
            yield _NAMES.get(key, key)


async def test_the_walk_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guard, "SECONDS", 0.01)
    steps = list(rows())
    assert len(steps) > 15
    app = ConsoleApp(lambda: open_desk(f"{GRAPH}:graph", data_dir=tmp_path))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        while app.session.inbox is None:  # the server imports LangGraph
            await pilot.pause(0.1)
        for keys, shown in steps:
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            await shows(app, pilot, shown, keys)


async def shows(app: ConsoleApp, pilot: Pilot[None], words: str, keys: list[str]) -> None:
    """Wait until the screen shows these words."""
    try:
        await until(pilot, lambda: words in screen_text(app))
    except AssertionError:
        text = f"after {keys}, {words!r} is not on the screen:\n{screen_text(app)}"
        raise AssertionError(text) from None
