"""Fixtures for tests of servers: each of the two servers, and clients of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from hitl_engine.desk import Desk, open_desk
from tests.server.processes import Served

on_local_server = pytest.mark.parametrize("served", ["local_server"], indirect=True)
"""For tests that need only one server: `langgraph dev` takes a second for each run."""


@pytest.fixture(params=["local_server", "langgraph_dev"])
def served(request: pytest.FixtureRequest) -> Served:
    """Each of the two servers in turn."""
    server: Served = request.getfixturevalue(request.param)
    return server


@pytest.fixture
async def http(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server."""
    async with served.client() as client:
        yield client


@pytest.fixture
async def sdk(served: Served) -> AsyncIterator[LangGraphClient]:
    """The SDK's client of the server."""
    async with get_client(url=served.url, headers=served.headers) as client:
        yield client


@pytest.fixture
async def desk(served: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the server, with a journal of its own."""
    data = tmp_path / "journal"
    async with open_desk(served.url, data_dir=data, headers=served.headers) as opened:
        yield opened
