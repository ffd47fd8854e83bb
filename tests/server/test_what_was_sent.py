"""What an error tells was sent, and what was kept, is true: also when the journal or a start fails."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import HitlError, JournalFailed, NotThere
from hitl_engine.model import Graph, OutcomeKind, Question, Revise
from tests.server.processes import Served

FAILS = """
CREATE TRIGGER fails BEFORE INSERT ON decision WHEN NEW.event = '{event}'
BEGIN SELECT RAISE(ABORT, 'full'); END
"""


@pytest.fixture
async def desk(local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the shared local server, with a journal of its own."""
    async with open_desk(
        local_server.url, data_dir=tmp_path, headers=local_server.headers
    ) as opened:
        yield opened


def journal_fails(folder: Path, event: str) -> None:
    """Make the journal refuse entries of this kind from now on."""
    (path,) = folder.rglob("journal.sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute(FAILS.format(event=event))
    connection.close()


async def revise(desk: Desk) -> Graph:
    (graph,) = [graph for graph in await desk.graphs() if graph.graph_id == "revise"]
    return graph


async def asked(desk: Desk) -> Question:
    outcome = await desk.start(await revise(desk), {"some_text": "x"}, lambda _: None)
    assert outcome.thread is not None
    question = desk.reviews.item(outcome.thread.waiting[0])
    assert isinstance(question, Question)
    return question


async def runs_of_named_thread(error: HitlError, served: Served) -> int:
    """Return how many runs the thread has that the error names."""
    thread_id = error.kept.partition("Its thread, ")[2].partition(",")[0]
    async with served.client() as http:
        reply = await http.get(f"/threads/{thread_id}/runs")
    assert reply.status_code == 200, error.kept
    return len(reply.json())


async def test_a_start_that_the_journal_refuses_names_the_thread_it_made(
    desk: Desk, local_server: Served, tmp_path: Path
) -> None:
    graph = await revise(desk)
    journal_fails(tmp_path, "intend")
    with pytest.raises(JournalFailed, match="No run was started") as refused:
        await desk.start(graph, {"some_text": "x"}, lambda _: None)
    assert await runs_of_named_thread(refused.value, local_server) == 0


async def test_a_start_that_the_server_refuses_names_the_thread_it_made(
    desk: Desk, local_server: Served
) -> None:
    gone = replace(await revise(desk), assistant_id="00000000-0000-0000-0000-000000000000")
    with pytest.raises(NotThere, match="No run was started") as refused:
        await desk.start(gone, {"some_text": "x"}, lambda _: None)
    assert await runs_of_named_thread(refused.value, local_server) == 0


async def test_a_refusal_stays_one_when_the_journal_cannot_record_it(
    desk: Desk, tmp_path: Path
) -> None:
    gone = replace(await revise(desk), assistant_id="00000000-0000-0000-0000-000000000000")
    journal_fails(tmp_path, "conclude")
    with pytest.raises(NotThere):
        await desk.start(gone, {"some_text": "x"}, lambda _: None)


async def test_an_applied_answer_stays_one_when_the_journal_cannot_record_it(
    desk: Desk, tmp_path: Path
) -> None:
    question = await asked(desk)
    journal_fails(tmp_path, "conclude")
    outcome = await desk.decide(question, Revise("y"), lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED
    assert "could not be recorded" in outcome.why
