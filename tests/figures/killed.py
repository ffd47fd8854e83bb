"""`kill -9` of who decides, of the local server, and of both: what the journal and the server then have.

Someone decides again and again on a project, over the same core as the console. After each kill the
journal is opened as at the next start, and each of its rows is compared with what the node did.
"""

import asyncio
import os
import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

import httpx
import pytest

from hitl_engine.deciding import open_decisions
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import HitlError, JournalFailed
from hitl_engine.local.target import data_folder, find_target
from hitl_engine.model import Answer, JsonObject, LogEntry, OutcomeKind
from hitl_engine.selftest.figure import Figure
from tests.any_server.steps import ignore, questions_of, start
from tests.program import Forked
from tests.server.processes import Served, copied_project, start_server

Killed = Literal["reviewer", "server", "both"]
_KILLED: tuple[Killed, ...] = ("reviewer", "reviewer", "reviewer", "server", "both")
_LONGEST = 1.0
"""Seconds of work after which something is killed, at the latest."""
_SETTLES = 60.0
"""Seconds until every decision must have an outcome."""
_NEWEST = 500
"""Rows of the log that are read after each kill: more than are added before one."""
_ENDS = 90.0
"""Seconds in which a decision ends whose server was killed."""


@dataclass(slots=True)
class Found:
    """What was wrong after kills."""

    kills: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    """By their outcomes."""
    corrupt: list[str] = field(default_factory=list)
    """Journals that cannot be read, or whose rows are not those that were written."""
    unrecorded: list[str] = field(default_factory=list)
    """What was sent without a row in the journal."""
    wrong: list[str] = field(default_factory=list)
    """Outcomes that are not what happened."""
    open: list[str] = field(default_factory=list)
    """Rows that have no outcome after the next start."""
    seen: set[str] = field(default_factory=set)
    """The decisions that were looked at."""


def kills(folder: Path, count: int, seed: int) -> tuple[Figure, ...]:
    """Kill as often as `count`."""
    killed = random.Random(seed).choices(_KILLED, k=count)
    return figures_of(asyncio.run(kill_in_turn(folder, killed, seed)))


def figures_of(found: Found) -> tuple[Figure, ...]:
    """Return a row for each thing that must not happen."""
    kills, decisions = found.kills.total(), found.decisions.total()
    told = ", ".join(f"{number:,} {kind}" for kind, number in found.decisions.most_common())
    killed = ", ".join(f"{number:,} {what}" for what, number in found.kills.most_common())
    return (
        _figure("after a kill the journal is whole", kills, found.corrupt, killed),
        _figure("what was sent has a row", decisions, found.unrecorded, told),
        _figure("an outcome after a kill is true", decisions, found.wrong),
        _figure("every decision is settled at the next start", decisions, found.open),
    )


def _figure(promise: str, tried: int, wrong: list[str], measured: str = "") -> Figure:
    return Figure(promise, tried, len(wrong), next(iter(wrong), ""), measured)


async def kill_in_turn(folder: Path, killed: Sequence[Killed], seed: int) -> Found:
    """Kill these one after the other, and look at what is left each time."""
    chance = random.Random(seed)
    (folder / "project").mkdir()
    place = Place(copied_project(folder / "project"), folder)
    found = Found()
    try:
        for number, victim in enumerate(killed):
            found.kills[victim] += 1
            traces = folder / f"traces-{number}"
            traces.mkdir()
            await _work_and_kill(place, traces, victim, chance)
            await look(place, traces, f"kill {number} ({victim})", found)
    finally:
        place.stop_server()
    return found


class Place:
    """A project with its data and its local server."""

    def __init__(self, config: Path, folder: Path) -> None:
        self.config = config
        self.data = folder / "data"
        self._served: Served | None = None

    def server(self) -> Served:
        """Return the server, started again if it was killed."""
        if self._served is None or self._served.process.poll() is not None:
            self.stop_server()
            target = find_target(str(self.config), environ={})
            self._served = start_server(self.config, data_folder(target, self.data))
        return self._served

    def stop_server(self) -> None:
        """End it, if it runs."""
        if self._served is not None and self._served.parent_pipe >= 0:
            self._served.stop()

    @property
    def journals(self) -> Iterable[Path]:
        """The files of its journals."""
        return self.data.rglob("journal.sqlite")


async def _work_and_kill(place: Place, traces: Path, killed: Killed, chance: random.Random) -> None:
    served = place.server()
    reviewer = Forked(review, str(place.config), str(place.data), str(traces))
    try:
        while not any(traces.iterdir()) and reviewer.poll() is None:
            await asyncio.sleep(0.02)
        await asyncio.sleep(chance.uniform(0, _LONGEST))
        (traces / "stop").touch()
        victims = {
            "reviewer": [reviewer.kill],
            "server": [served.kill],
            "both": [reviewer.kill, served.kill],
        }[killed]
        for kill in chance.sample(victims, len(victims)):
            kill()
        if killed == "server":  # who decides goes on to the end of this decision
            await asyncio.to_thread(reviewer.wait, _ENDS)
    finally:
        reviewer.kill()
        reviewer.wait(10)


def review(config: str, data: str, traces: str) -> None:
    """Do so in the process that is killed."""
    os.environ["HITL_TUI_TRUST"] = "1"
    asyncio.run(decide_until_stopped(config, Path(data), Path(traces)))


async def decide_until_stopped(config: str, data: Path, traces: Path) -> None:
    """Decide again and again, until there is a file `stop`."""
    async with open_desk(config, data_dir=data, trusts_code=True) as desk:
        while not (traces / "stop").exists():
            trace = traces / uuid4().hex
            given: JsonObject = {"trace": str(trace), "seconds": 0.05}
            with suppress(HitlError, AssertionError):  # the server was killed
                thread = await start(desk, "gated_effect", given)
                for question in questions_of(desk, thread):
                    await desk.decide(question, Answer(trace.name), ignore)


async def look(place: Place, traces: Path, about: str, found: Found) -> None:
    """Open the journal as at the next start, and compare it with what happened."""
    for journal in place.journals:
        with closing(sqlite3.connect(journal)) as database:
            (state,) = database.execute("PRAGMA integrity_check").fetchone()
        found.corrupt += [f"{about}: {state}"] if state != "ok" else []
    served = place.server()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_decisions, "_YOUNG", timedelta())
        async with open_desk(str(place.config), data_dir=place.data, trusts_code=True) as desk:
            try:
                async with asyncio.timeout(_SETTLES):
                    while any(each.outcome is None for each in await desk.settle_open()):
                        await asyncio.sleep(0.1)
            except TimeoutError:
                pass  # counted as open
            except JournalFailed as error:
                found.corrupt.append(f"{about}: {error}")
                return
            await _compare(desk, served, traces, about, found)


async def _compare(desk: Desk, served: Served, traces: Path, about: str, found: Found) -> None:
    chain, heads = await desk.verify_log(threads=20)
    found.corrupt += [f"{about}: {chain.fault}"] if chain.fault else []
    found.unrecorded += [f"{about}: the row of a run is missing: {each}" for each in heads.missing]
    log = [each for each in await desk.log(limit=_NEWEST) if each.decision_id not in found.seen]
    found.seen.update(each.decision_id for each in log)
    found.open += [f"{about}: {each.event}" for each in log if each.outcome is None]
    answers = [each for each in log if each.event == "answer"]
    acted = {each.name for each in traces.iterdir()} - {"stop"}
    lost = acted - {str(each.answer) for each in answers}
    found.unrecorded += [f"{about}: an answer has no row: {each}" for each in lost]
    async with served.client() as http:
        for entry in answers:
            found.decisions[entry.outcome.value if entry.outcome else "open"] += 1
            what = await _what_is_wrong(http, entry, traces / str(entry.answer))
            found.wrong += [f"{about}: {what}"] if what else []


async def _what_is_wrong(http: httpx.AsyncClient, entry: LogEntry, trace: Path) -> str:
    """Ask the server, and return in a few words what is not as the journal has it, or nothing."""
    state = (await http.get(f"/threads/{entry.thread_id}/state")).raise_for_status().json()
    said = state["values"].get("said", [])
    did = trace.read_text().split() if trace.exists() else []
    is_true = {
        OutcomeKind.APPLIED: said == did == [entry.answer],
        OutcomeKind.REFUSED: said == did == [],
        OutcomeKind.UNKNOWN: said == [] and did in ([], [entry.answer]),
    }
    if entry.outcome is None or is_true.get(entry.outcome, False):
        return ""
    label = entry.outcome.value
    return f"told {label}, {entry.why}; the state has {said}, the node did {did}"
