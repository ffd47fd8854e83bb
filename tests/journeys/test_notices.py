"""Notifications in a real pseudo-terminal, of a graph whose names are attacks."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.model import JsonValue
from tests.console.hostile import HOSTILE
from tests.server.processes import Served, copied_project, running_server
from tests.terminal import Terminal

TITLE = re.compile(rb"\x1b\]2;([ -~]*)\x07")
TOLD = re.compile(rb"\x1b\]9;hitl-tui: ([ -~]*)\x07")
ATTACKS = [text for text in HOSTILE if isinstance(text, str) and "\ud800" not in text]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    """A server of its own: the title counts what waits, and other tests leave questions."""
    config = copied_project(tmp_path / "project")
    with running_server(config, tmp_path / "server data") as served:
        yield served


async def test_no_name_writes_a_sequence_of_its_own(server: Served, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('notifications.graphs = ["asking_as_told"]\n')
    command = [sys.executable, "-m", "hitl_tui", server.url, "--data-dir", str(tmp_path)]
    header = f"Authorization: {server.headers['Authorization']}"
    calls: JsonValue = {
        "action_requests": [{"name": name, "args": {}, "description": ""} for name in ATTACKS],
        "review_configs": [
            {"action_name": name, "allowed_decisions": ["approve"]} for name in ATTACKS
        ],
    }
    env = {"TERM_PROGRAM": "WezTerm", "HITL_TUI_CONFIG": str(config)}
    with Terminal([*command, "--header", header], env=env) as terminal:
        terminal.wait_for("connected")
        terminal.settle()
        async with open_desk(
            server.url, data_dir=tmp_path / "journal", headers=server.headers
        ) as desk:
            (graph,) = [each for each in await desk.graphs() if each.name == "asking_as_told"]
            for _ in range(2):
                await desk.start(graph, {"said": [calls]}, lambda _: None)
        terminal.written(b"(2 waiting)", after=0)
        terminal.written(b"\x1b]9;", after=0)
        terminal.press("ctrl+q")
        assert terminal.wait_for_exit() == 0
    raw = bytes(terminal.raw)
    titles = [found.decode() for found in TITLE.findall(raw)]
    assert titles[0] == "hitl-tui"
    assert titles[-2:] == ["hitl-tui (2 waiting)", "hitl-tui"]
    assert raw.index(b"\x1b[22;2t") < raw.index(b"\x1b]2;") < raw.rindex(b"\x1b[23;2t")
    [told, *_] = TOLD.findall(raw)
    assert re.match(rb"[12] new items? waits?: ", told)
    begun = re.findall(rb"(?:\x1b\]|\xc2\x9d)([^;\x07\x1b]*;)", raw)
    ours = [b"2;"] * len(titles) + [b"9;"] * len(TOLD.findall(raw))
    textual = [b"22;"] * begun.count(b"22;")  # the shape of the pointer
    assert sorted(begun) == sorted(ours + textual)
