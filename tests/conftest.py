"""Fixtures shared by all suites."""

import gc
from collections.abc import Iterator

import pytest

from tests.server import processes

_STARTED_ONCE = ("aegra", "javascript")
"""Servers that start slowly: all their tests run in one process, one after the other."""
_SHARING = ("any_server", "browser", "clients", "deploy", "server", "shell")
"""Folders whose files have fixtures for all their tests, such as a server of their own."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests that share what starts slowly; `--dist loadgroup` keeps a group together."""
    for item in items:
        if (group := _group_of(item)) is not None:
            item.add_marker(pytest.mark.xdist_group(group))


def _group_of(item: pytest.Item) -> str | None:
    kind = getattr(item, "callspec", None)
    for server in _STARTED_ONCE:
        if kind is not None and server in kind.params.values():
            return server
    folder = item.path.parent.name
    return item.path.stem if folder in _SHARING else None


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
