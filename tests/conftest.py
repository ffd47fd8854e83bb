"""Fixtures shared by all suites."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.any_server.proxy import Proxy, proxy_of
from tests.server import processes

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

os.environ["HITL_TUI_CONFIG"] = os.devnull
"""The tests, and the programs that they start, do not use what this user has configured."""
os.environ["HITL_TUI_TRUST"] = "1"
"""They run projects of their own; tests of trust remove this."""
os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
os.environ.pop("NO_COLOR", None)
"""Screens look the same in every terminal; tests of terminals with less set these."""

_STARTED_ONCE = ("aegra", "javascript")
"""Servers that start slowly: all their tests run in one process, one after the other."""
_SHARING = ("any_server", "browser", "clients", "deploy", "figures", "server", "shell")
"""Folders whose files have fixtures for all their tests, such as a server of their own."""


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps tests that share what starts slowly in one process.

    The mark `xdist_group` would do that, but pytest-xdist 3.8 adds the group to an attribute of which
    pytest 9.2 makes no use, and scatters the tests.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return the group of a test: those of one group run one after the other."""
        path, _, test = nodeid.partition("::")
        parameters = test.partition("[")[2].rstrip("]").split("-")
        for server in _STARTED_ONCE:
            if server in parameters:
                return server
        return path if Path(path).parent.name in _SHARING else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> GroupScheduling:
    """Group the tests in this way, whatever `--dist` names."""
    return GroupScheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Collect garbage at the end, so that a resource left open by the last test makes it fail."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def local_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.Served]:
    """A running local server over the sample graphs and the graphs of the server tests."""
    config = processes.copied_project(tmp_path_factory.mktemp("project"))
    with processes.running_server(config, tmp_path_factory.mktemp("data")) as served:
        yield served


@pytest.fixture(scope="session")
def langgraph_dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.Served]:
    """A running `langgraph dev` over the same graphs."""
    with processes.langgraph_dev(tmp_path_factory.mktemp("langgraph-dev")) as served:
        yield served


@pytest.fixture(scope="session")
def aegra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.Served]:
    """A running Aegra on PostgreSQL over the graphs that every kind of server can serve."""
    with processes.aegra(tmp_path_factory.mktemp("aegra")) as served:
        yield served


@pytest.fixture(scope="session")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.Served]:
    """A running JavaScript server over the twins of some of these graphs in TypeScript."""
    with processes.javascript_server(tmp_path_factory.mktemp("javascript")) as served:
        yield served


@pytest.fixture
async def proxy(server: processes.Served) -> AsyncIterator[Proxy]:
    """A proxy in front of the server of a test, which a fixture `server` returns."""
    async with proxy_of(server) as between:
        yield between
