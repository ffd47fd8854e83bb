"""All threads of a server: listed by pages, found, counted, copied and deleted."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from hitl_engine.desk import Desk
from hitl_engine.errors import NotThere, ServerRefused
from hitl_engine.model import (
    Answer,
    Interrupt,
    OutcomeKind,
    ThreadFilter,
    ThreadGroup,
    ThreadRow,
    ThreadStatus,
)
from hitl_tui.screens.threads import ThreadsScreen
from tests.any_server.steps import ignore, questions_of, start
from tests.console.conftest import until
from tests.journeys.piloted import piloted
from tests.server.processes import Served


@pytest.fixture
async def http(server: Served) -> AsyncIterator[httpx.AsyncClient]:
    """Another client of the server."""
    async with server.client() as client:
        yield client


async def listed(desk: Desk, filter: ThreadFilter, *, size: int = 50) -> list[ThreadRow]:
    """Return all threads that match, page by page."""
    rows: dict[str, ThreadRow] = {}
    page = await desk.threads.page(filter, size=size)
    while True:
        rows |= {row.thread_id: row for row in page.rows}
        if page.end is None:
            return list(rows.values())
        page = await desk.threads.page(filter, page.end, size=size)


async def row_of(desk: Desk, thread_id: str, graph_id: str) -> ThreadRow:
    rows = await listed(desk, ThreadFilter(graph_id=graph_id))
    return next(row for row in rows if row.thread_id == thread_id)


async def test_a_thread_is_listed_whatever_its_status(desk: Desk) -> None:
    asks = await start(desk, "revise", {"some_text": "a text"})
    row = await row_of(desk, asks.thread_id, "revise")
    [listed_question] = row.waiting
    assert isinstance(listed_question, Interrupt)
    assert listed_question.payload == {"text_to_revise": "a text"}
    assert row.status is ThreadStatus.INTERRUPTED

    stopped = await start(desk, "breakpoints", {"text": "x"})
    row = await row_of(desk, stopped.thread_id, "breakpoints")
    assert (row.status, row.waiting) == (ThreadStatus.BREAKPOINT, stopped.waiting)

    asked = await start(desk, "stuck", {"order": "four chairs"})
    [question] = questions_of(desk, asked)
    await desk.decide(question, Answer("a few"), ignore)
    row = await row_of(desk, asked.thread_id, "stuck")
    assert row.error is not None
    assert "invalid literal" in row.error
    failed = await listed(desk, ThreadFilter(ThreadGroup.FAILED, "stuck"))
    waiting = await listed(desk, ThreadFilter(ThreadGroup.WAITING, "stuck"))
    assert asked.thread_id in {each.thread_id for each in (*failed, *waiting)}


async def test_all_pages_together_have_every_thread(desk: Desk, http: httpx.AsyncClient) -> None:
    mark = {"suite": str(uuid4())}
    made = set()
    for number in range(7):
        reply = await http.post("/threads", json={"metadata": {**mark, "number": number}})
        made.add(reply.json()["thread_id"])
    matching = ThreadFilter(metadata={**mark})
    first = await desk.threads.page(matching, size=3)
    assert len(first.rows) == 3
    newest = first.rows[0].thread_id
    rows = await listed(desk, matching, size=3)
    assert {row.thread_id for row in rows} == made
    assert len(rows) == 7
    stamps = [row.updated_at for row in rows if row.updated_at]
    assert stamps == sorted(stamps, reverse=True)
    assert all((row.graph_id, row.status) == ("", ThreadStatus.DONE) for row in rows)

    # A thread that goes while the list is read hides no other one.
    assert (await desk.threads.delete(newest)).kind is OutcomeKind.APPLIED
    second = await desk.threads.page(matching, first.end, size=3)
    seen = {row.thread_id for row in (*first.rows, *second.rows)}
    third = await desk.threads.page(matching, second.end, size=3)
    assert seen | {row.thread_id for row in third.rows} == made


async def test_how_many_match_and_what_is_at_a_place(desk: Desk, http: httpx.AsyncClient) -> None:
    mark = {"suite": str(uuid4())}
    matching = ThreadFilter(metadata={**mark})
    assert await desk.threads.length(matching) == 0
    made = []
    for _ in range(6):
        made.append((await http.post("/threads", json={"metadata": mark})).json()["thread_id"])
    assert await desk.threads.length(matching) == 6
    page = await desk.threads.page(matching, offset=2, size=3)
    assert [row.thread_id for row in page.rows] == made[::-1][2:5]
    rest = await desk.threads.page(matching, page.end, size=3)
    assert [row.thread_id for row in rest.rows] == made[:1]


@pytest.mark.hardening
async def test_the_console_reaches_each_thread(
    server: Served, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    mark = uuid4().hex
    made = []
    for number in range(230):
        body = {"metadata": {"suite": mark, "number": number}}
        made.append((await http.post("/threads", json=body)).json()["thread_id"])
    async with piloted(server, tmp_path / "console") as console:
        await console.press("t")
        screen = console.app.screen
        assert isinstance(screen, ThreadsScreen)

        async def selects(thread_id: str) -> None:
            await until(
                console.pilot, lambda: screen.list.row and screen.list.row.thread_id == thread_id
            )

        await console.press("slash")
        screen.filter.load(f"suite={mark}")
        await selects(made[-1])
        await console.press("enter")
        await until(console.pilot, lambda: screen.list.has_focus)
        await console.press("end")
        await selects(made[0])
        await console.press("home")
        await selects(made[-1])
        await console.press(*["right_square_bracket"] * 5)
        await selects(made[230 - 1 - 5 * 23])
        await console.press("slash")
        screen.filter.load(f"suite={mark} {made[7][:-1]}")
        await selects(made[7])


async def test_threads_are_counted_where_the_server_counts(desk: Desk, server: Served) -> None:
    await start(desk, "revise", {"some_text": "a text"})
    counts = await desk.threads.counts(ThreadFilter(graph_id="revise"))
    if server.name == "aegra":
        assert counts is None
        return
    assert counts is not None
    rows = await listed(desk, ThreadFilter(graph_id="revise"))
    assert counts.total == len(rows)
    assert sum(counts.groups.values()) == counts.total
    assert counts.groups[ThreadGroup.WAITING] > 0


async def test_a_copy_asks_the_same(desk: Desk, server: Served) -> None:
    thread = await start(desk, "revise", {"some_text": "a text"})
    if server.name == "aegra":
        with pytest.raises(ServerRefused, match="cannot copy"):
            await desk.threads.copy(thread.thread_id)
        return
    copy = await desk.thread(await desk.threads.copy(thread.thread_id))
    assert copy.thread_id != thread.thread_id
    [question], [copied] = questions_of(desk, thread), questions_of(desk, copy)
    assert copied.interrupt.payload == question.interrupt.payload
    with pytest.raises(NotThere):
        await desk.threads.copy(str(uuid4()))


async def test_a_deleted_thread_is_gone_and_in_the_journal(desk: Desk) -> None:
    thread = await start(desk, "revise", {"some_text": "a text"})
    outcome = await desk.threads.delete(thread.thread_id)
    assert outcome.kind is OutcomeKind.APPLIED
    with pytest.raises(NotThere):
        await desk.thread(thread.thread_id)
    with pytest.raises(NotThere):
        await desk.threads.delete(thread.thread_id)
    entry = (await desk.log())[0]
    assert (entry.event, entry.thread_id, entry.graph_id) == (
        "delete",
        thread.thread_id,
        "revise",
    )
    assert entry.outcome is OutcomeKind.APPLIED
