"""The engine under what it should never meet; the long version of it is `make hardening`."""

import asyncio
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.hardening.fuzz import fuzz
from tests.server.processes import Served

SEED, CASES = 20_261_123, 25


def test_no_request_breaks_the_engine(tmp_path: Path) -> None:
    fuzz(tmp_path, SEED, CASES)


async def test_a_long_integer_does_not_end_all_searches(engine_server: Served) -> None:
    async with engine_server.client() as http:
        metadata = {"long": 10**400, "of": "test_hardening"}
        thread = (await http.post("/threads", json={"metadata": metadata})).json()
        for wanted in ({"of": "test_hardening"}, metadata):
            reply = await http.post("/threads/search", json={"metadata": wanted})
            assert reply.status_code == 200, reply.text
            assert [row["thread_id"] for row in reply.json()] == [thread["thread_id"]]
        assert (await http.get(f"/threads/{thread['thread_id']}/state")).status_code == 200


async def test_an_offset_beyond_what_sqlite_counts_is_refused(engine_server: Served) -> None:
    async with engine_server.client() as http:
        reply = await http.post("/threads/search", json={"offset": 2**63})
        assert (reply.status_code, "offset" in reply.json()["detail"]) == (422, True)
        assert (await http.post("/threads/search", json={"offset": 2**63 - 1})).json() == []


async def test_a_connection_is_kept_longer_than_clients_keep_it(engine_server: Served) -> None:
    """Else a request of a client that was silent for just so long would get lost."""
    connection = HTTPConnection(urlsplit(engine_server.url).netloc)
    for pause in (0, 5.5):
        await asyncio.sleep(pause)
        connection.request("GET", "/ok")
        assert connection.getresponse().read() == b'{"ok":true}'
    connection.close()
