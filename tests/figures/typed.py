"""`kill -9` of a console while somebody types: its draft has all but the last second."""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from hitl_engine.desk import open_desk
from hitl_engine.local.target import data_folder, find_target
from hitl_engine.selftest.figure import Figure
from tests.any_server.steps import questions_of, start
from tests.journeys.test_journeys import press, wait_until_ready
from tests.server.processes import ROOT, SAMPLES, running_server
from tests.terminal import Terminal

MOST_LOST = 1.0
"""Seconds of typing before the kill that may be lost."""
_SHORTEST, _LONGEST = 0.3, 4.0
"""Seconds for which somebody types."""
_BETWEEN = (0.03, 0.3)
"""Seconds between two letters."""
_ORIGINAL = "The text: "
_AT_ONCE = 4
"""Consoles that are typed into at one moment: most of the time, they wait for a letter."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a console until it was killed."""

    letters: str
    before: tuple[float, ...]
    """How many seconds before the kill each letter was typed."""
    draft: str | None
    """What the next console finds; None if it finds no draft."""

    @property
    def lost(self) -> float:
        """The seconds before the kill from which on letters are missing; 0 if none is."""
        kept = (self.draft or _ORIGINAL).removeprefix(_ORIGINAL)
        if not self.letters.startswith(kept):
            return float("inf")
        return self.before[len(kept)] if len(kept) < len(self.letters) else 0.0


def typing(folder: Path, count: int, seed: int) -> tuple[Figure]:
    """Type into as many consoles, some at once on servers of their own, and kill each."""
    groups = min(_AT_ONCE, count)
    counts = [len(range(n, count, groups)) for n in range(groups)]
    with ProcessPoolExecutor(groups, mp_context=get_context("spawn")) as pool:
        folders = [folder / str(n) for n in range(groups)]
        seeds = [seed * _AT_ONCE + n for n in range(groups)]
        found = pool.map(typed_until_killed, folders, counts, seeds)
        return figure_of([each for group in found for each in group])


def typed_until_killed(folder: Path, count: int, seed: int) -> list[Typed]:
    """Type into as many consoles, one after the other, and kill each."""
    chance = random.Random(seed)
    config, data = SAMPLES / "langgraph.json", folder / "data"
    found = find_target(str(config), environ={})
    typed = []
    with running_server(config, data_folder(found, data)):
        for _ in range(count):
            thread = asyncio.run(_ask(config, data))
            letters, before = _type_and_kill(config, data, chance)
            typed.append(Typed(letters, before, asyncio.run(_draft(config, data, thread))))
    return typed


def figure_of(typed: Sequence[Typed]) -> tuple[Figure]:
    """Return how often more was lost than may be."""
    wrong = [each for each in typed if each.lost > MOST_LOST]
    first = f"typed {wrong[0].letters!r}, the draft is {wrong[0].draft!r}" if wrong else ""
    letters = sum(len(each.letters) for each in typed)
    longest = max(each.lost for each in typed)
    measured = f"{letters:,} letters; at most {longest:.1f} s lost"
    promise = f"a killed console loses at most {MOST_LOST:g} s of typing"
    return (Figure(promise, len(typed), len(wrong), first, measured),)


async def _ask(config: Path, data: Path) -> str:
    """Start a run that asks; return its thread."""
    async with open_desk(str(config), data_dir=data, trusts_code=True) as desk:
        return (await start(desk, "revise", {"some_text": _ORIGINAL})).thread_id


def _type_and_kill(
    config: Path, data: Path, chance: random.Random
) -> tuple[str, tuple[float, ...]]:
    """Type at the end of the newest question, and kill the console."""
    command = [sys.executable, "-m", "hitl_tui", str(config), "--data-dir", str(data)]
    env = {"PYTHONPATH": str(ROOT), "HITL_TUI_TRUST": "1"}
    letters, times = "", list[float]()
    with Terminal(command, env=env) as terminal:
        terminal.wait_for("waiting")
        press(terminal, "home", "enter")
        terminal.wait_for(_ORIGINAL.strip())
        wait_until_ready(terminal)
        press(terminal, "end")
        ends = time.monotonic() + chance.uniform(_SHORTEST, _LONGEST)
        while time.monotonic() < ends:
            letters += chance.choice("abcdefghijklmnopqrstuvwxyz")
            times.append(time.monotonic())
            terminal.press(letters[-1])
            terminal.settle(chance.uniform(*_BETWEEN), _BETWEEN[1])
        terminal.kill()
        killed = time.monotonic()
    return letters, tuple(killed - each for each in times)


async def _draft(config: Path, data: Path, thread_id: str) -> str | None:
    async with open_desk(str(config), data_dir=data, trusts_code=True) as desk:
        [question] = questions_of(desk, await desk.thread(thread_id))
        found = await desk.drafts.find(question)
    text = found.content.get("text") if found is not None else None
    return text if isinstance(text, str) else None
