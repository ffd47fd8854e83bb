"""The sample graphs run alone; the screenshots are made with them; the inbox of the bench opens."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from screenshots import make
from screenshots.animation import Frame, animated
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
    assert "Applied" in pictures["walk.svg"]


def test_the_inbox_of_the_bench_opens() -> None:
    command = [sys.executable, "-m", "tests.bench.full_inbox", "20"]
    with Terminal(command) as inbox:
        inbox.wait_for("text number 00003")


def test_an_animation_shows_each_picture_once_in_its_order() -> None:
    pictures = [
        f'<svg viewBox="0 0 10 5"><style>@font-face {{\n}}\n</style>'
        f'<clipPath id="t-line-0"><rect/></clipPath><text clip-path="url(#t-line-0)">{n}</text></svg>'
        for n in range(3)
    ]
    made = animated(
        [Frame(each, seconds) for each, seconds in zip(pictures, (1, 2, 1), strict=True)]
    )
    root = ElementTree.fromstring(made)
    assert root.get("viewBox") == "0 0 10 5"
    assert [text for each in root if (text := "".join(each.itertext())).strip() in "012"] == [
        *"012"
    ]
    assert made.count("@font-face") == 1
    assert "clip" not in made
    shown = re.findall(r"([\d.]+)% \{ visibility: visible; \} ([\d.]+)%", made)
    assert shown == [("0.000", "25.000"), ("25.000", "75.000"), ("75.000", "100.000")]
