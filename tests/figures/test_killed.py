"""A short version of the figure `kills`, and that it counts what goes wrong."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from hitl_engine.desk import Desk
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.model import LogEntry
from tests.figures.killed import Found, Killed, Place, decide_until_stopped, kill_in_turn, look
from tests.server.processes import copied_project


@pytest.mark.parametrize(
    "killed",
    [("reviewer",), pytest.param(("both", "server"), marks=pytest.mark.hardening)],
    ids="-".join,
)
async def test_a_few_kills(tmp_path: Path, killed: Sequence[Killed]) -> None:
    found = await kill_in_turn(tmp_path, killed, 5)
    assert found.decisions.total() >= len(killed)
    assert (found.corrupt, found.unrecorded, found.wrong, found.open) == ([], [], [], [])


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A project with a running server."""
    (tmp_path / "project").mkdir()
    place = Place(copied_project(tmp_path / "project"), tmp_path)
    place.server()
    yield place
    place.stop_server()


async def test_what_is_wrong_is_counted(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one decision whose outcome was not written down, as a kill leaves it."""
    traces = tmp_path / "traces"
    traces.mkdir()

    async def nothing(*_: object) -> tuple[LogEntry, ...]:
        return ()

    with monkeypatch.context() as patch:
        patch.setattr(DecisionLog, "conclude", nothing)
        deciding = asyncio.create_task(decide_until_stopped(str(place.config), place.data, traces))
        while not any(traces.iterdir()):
            await asyncio.sleep(0.02)
        (traces / "stop").touch()
        await deciding

    async def looked() -> Found:
        found = Found()
        await look(place, traces, "here", found)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "settle_open", nothing)
        assert "here: answer" in (await looked()).open
    settled = await looked()
    assert (settled.corrupt, settled.unrecorded, settled.wrong, settled.open) == ([], [], [], [])

    alien = traces / "without a row"
    alien.write_text("x")
    assert len((await looked()).unrecorded) == 1
    alien.unlink()

    trace = next(each for each in traces.iterdir() if each.name != "stop")
    trace.write_text(trace.read_text() * 2)
    assert len((await looked()).wrong) == 1

    (journal,) = place.journals
    with closing(sqlite3.connect(journal)) as database:
        database.execute("DELETE FROM decision WHERE rowid = 2")
        database.commit()
    assert (await looked()).corrupt
