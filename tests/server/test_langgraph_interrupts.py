"""The graphs of LangGraph's own tests that interrupt, written anew: served, asked and answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from tests.server.langgraph_cases import (
    asking,
    executor_travel,
    functional,
    memory_travel,
    nested,
    subgraph_travel,
    time_travel,
)
from tests.server.langgraph_cases.session import Session
from tests.server.processes import running_server

GRAPHS = Path(__file__).parent / "langgraph_graphs" / "langgraph.json"
MODULES = (asking, functional, nested, time_travel, subgraph_travel, executor_travel, memory_travel)
CASES = {name: case for module in MODULES for case in module.CASES for name in case.tests}


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncLangGraphClient]:
    """A client of a local server over the graphs of these tests."""
    with (
        running_server(GRAPHS, tmp_path_factory.mktemp("data")) as served,
        get_sync_client(url=served.url, headers=served.headers) as client,
    ):
        yield client


@pytest.mark.parametrize("name", CASES)
def test_as_in_langgraph(sdk: SyncLangGraphClient, name: str) -> None:
    session = Session(sdk, "async" in name)
    session.start_thread(CASES[name].graph)
    for step in CASES[name].steps:
        step.take(session)
