"""The console suite: the same flows on every kind of server, through `Desk`, shell and terminal."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk
from tests.any_server.console import Console
from tests.server.processes import Served

SERVERS = ("local_server", "langgraph_dev", "aegra", "javascript")


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Served:
    """Each kind of server in turn."""
    served: Served = request.getfixturevalue(request.param)
    return served


@pytest.fixture
def console(server: Served, tmp_path: Path) -> Console:
    """The program as one person uses it on the server, with a journal of their own."""
    return Console(server, tmp_path / "journal")


@pytest.fixture
async def desk(server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the server, with the same journal."""
    data = tmp_path / "journal"
    async with open_desk(server.url, data_dir=data, headers=server.headers) as opened:
        yield opened


_DEBUGGING = {
    *("test_conversations", "test_graph_pictures", "test_history", "test_runs"),
    *("test_state_edits", "test_stepping", "test_store", "test_threads"),
}
"""What developers do: in `make test` on our server and on `langgraph dev`, in `make hardening` on all."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of `_DEBUGGING` on the other servers, before marked ones are left out."""
    for item in items:
        kind = getattr(item, "callspec", None)
        server = kind.params.get("server") if kind is not None else None
        if item.path.stem in _DEBUGGING and server in ("aegra", "javascript"):
            item.add_marker(pytest.mark.hardening)
