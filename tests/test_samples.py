"""The sample graphs run alone; the screenshots are made with them; the inbox of the bench opens."""

import sys
from pathlib import Path

import pytest

from screenshots import make
from tests.program import run_file
from tests.terminal import Terminal

ROOT = Path(__file__).parents[1]
SAMPLES = sorted(path for path in (ROOT / "sample_graphs").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_it_runs_alone(path: Path) -> None:
    done = run_file(path)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == ""


@pytest.mark.hardening
async def test_every_picture_can_be_made(tmp_path: Path) -> None:
    await make.make(tmp_path)
    pictures = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name for path in (ROOT / "screenshots").glob("*.svg")}
    assert pictures.keys() == kept
    assert "the&#160;very&#160;lazy&#160;dog" in pictures["revise.svg"]
    assert "No&#160;deletes&#160;on&#160;a&#160;Monday." in pictures["tool_calls.svg"]
    assert "Stopped&#160;after" in pictures["breakpoint.svg"]
    assert "New&#160;run&#160;▸" in pictures["start.svg"]


def test_the_inbox_of_the_bench_opens() -> None:
    command = [sys.executable, "-m", "tests.bench.full_inbox", "20"]
    with Terminal(command) as inbox:
        inbox.wait_for("text number 00003")
