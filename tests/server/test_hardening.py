"""Short versions of `make hardening`, and the defects that it found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from hitl_server.storage.database import Database
from hitl_server.tables.thread_table import Threads
from sample_graphs.revise import graph as revise
from tests.hardening.attacks import ATTACKS, SMALL, run_attack
from tests.hardening.fuzz import fuzz
from tests.hardening.kills import kill_in_a_loop
from tests.json_values import Json
from tests.server.processes import SAMPLES, Served, running_server
from tests.server.test_contract import row, state, thread, wait

CONFIG = SAMPLES / "langgraph.json"
SEED, CASES, KILLS = 20_261_123, 6, 3


def test_no_request_breaks_the_server(tmp_path: Path) -> None:
    fuzz(tmp_path, SEED, CASES)


@pytest.mark.hardening
async def test_an_idle_connection_is_closed(local_server: Served) -> None:
    url = urlsplit(local_server.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    writer.write(b"GET /ok HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readuntil(b"}")
    clock = asyncio.get_running_loop()
    began = clock.time()
    assert await asyncio.wait_for(reader.read(), 100) == b""
    assert 74 < clock.time() - began < 90
    writer.close()
    await writer.wait_closed()


async def test_a_long_integer_is_refused(local_server: Served) -> None:
    async with local_server.client() as http:
        metadata = {"long": 10**400, "of": "test_hardening"}
        for path in ("/threads", "/threads/search", "/threads/count"):
            reply = await http.post(path, json={"metadata": metadata})
            assert reply.status_code == 422, reply.text
        reply = await http.post("/threads/search", json={"metadata": {"of": "test_hardening"}})
        assert (reply.status_code, reply.json()) == (200, [])


async def test_an_offset_beyond_64_bits_is_refused(local_server: Served) -> None:
    async with local_server.client() as http:
        reply = await http.post("/threads/search", json={"offset": 2**63})
        assert (reply.status_code, "offset" in reply.json()["detail"]) == (422, True)
        assert (await http.post("/threads/search", json={"offset": 2**63 - 1})).json() == []


async def test_connections_are_kept_longer_than_in_clients(local_server: Served) -> None:
    """Otherwise a request of an idle client could be lost."""
    connection = HTTPConnection(urlsplit(local_server.url).netloc)
    for pause in (0, 5.5):
        await asyncio.sleep(pause)
        connection.request("GET", "/ok")
        assert connection.getresponse().read() == b'{"ok":true}'
    connection.close()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(each, marks=() if each in ("bodies", "readers") else pytest.mark.hardening)
        for each in ATTACKS
    ],
)
async def test_other_clients_do_not_notice(tmp_path: Path, name: str) -> None:
    await run_attack(tmp_path, name, SMALL)


async def test_what_clients_received_is_there_after_a_kill(tmp_path: Path) -> None:
    await kill_in_a_loop(tmp_path, SEED, KILLS)


async def test_a_state_edit_during_a_kill(tmp_path: Path) -> None:
    """Its checkpoint is on disk, but the row of the thread was not written."""
    thread_id = await _asked(tmp_path)
    async with _database(tmp_path) as database:
        async with database.write() as connection:
            Threads(database).mark_stale(connection, thread_id)
        graph = revise.copy(update={"checkpointer": database.saver})
        config: Any = {"configurable": {"thread_id": thread_id}}
        await graph.aupdate_state(config, {"some_text": "edited"})
    shown, read = await _after_a_start(tmp_path, thread_id)
    assert shown["values"] == read["values"] == {"some_text": "edited"}
    assert (shown["checkpoint_id"], shown["interrupts"]) == (read["checkpoint_id"], {})


async def test_no_thread_is_busy_after_a_start(tmp_path: Path) -> None:
    """No run is resumed, and none is listed as in progress."""
    thread_id = await _asked(tmp_path)
    async with _database(tmp_path) as database, database.write() as connection:
        connection.execute("UPDATE threads SET status = 'busy'")
        connection.execute("DELETE FROM runs")
    shown, read = await _after_a_start(tmp_path, thread_id)
    assert shown["status"] == "interrupted"
    assert [task["id"] for task in read["tasks"]] == list(shown["interrupts"])


async def _asked(data: Path) -> str:
    """Start a server and run the guide's graph to its interrupt."""
    with running_server(CONFIG, data) as served:
        async with served.client() as http:
            thread_id = await thread(http)
            await wait(http, thread_id, "revise", input={"some_text": "original"})
    return thread_id


async def _after_a_start(data: Path, thread_id: str) -> tuple[Json, Json]:
    """Start the server again; return the row and the state of the thread."""
    with running_server(CONFIG, data) as served:
        async with served.client() as http:
            return await row(http, thread_id), await state(http, thread_id)


@asynccontextmanager
async def _database(data: Path) -> AsyncIterator[Database]:
    """The database of a server that does not run."""
    database = await Database.open(data / "engine.sqlite")
    try:
        yield database
    finally:
        await database.close()
