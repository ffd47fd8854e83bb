"""The graphs of LangGraph's own tests that interrupt, written anew: served, asked and answered."""

from collections.abc import Iterator
from contextlib import contextmanager
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
    other_files,
    stopping,
    subgraph_travel,
    time_travel,
)
from tests.server.langgraph_cases.runs import Run
from tests.server.langgraph_cases.session import Session
from tests.server.processes import running_server

FOLDER = Path(__file__).parent
GRAPHS = FOLDER / "langgraph_graphs" / "langgraph.json"
NAMES = FOLDER / "langgraph_cases" / "names.txt"
MODULES = (
    *(asking, functional, nested, other_files, stopping),
    *(time_travel, subgraph_travel, executor_travel, memory_travel),
)
CASES = {name: case for module in MODULES for case in module.CASES for name in case.tests}

_OLD = "writes checkpoints of old versions with methods of the checkpointer, which is the server's"
_OUTPUT = "is about `GraphOutput` and typed parts, Python objects of `invoke` and `stream`"
_EVENTS = "is about the object of `stream_events`; over HTTP: the event protocol, not implemented"

NOT_SERVED = {
    "test_checkpoint_migration.py::test_migrate_checkpoints": _OLD,
    "test_checkpoint_migration.py::test_saved_checkpoint_state_graph": _OLD,
    "test_checkpoint_migration.py::test_saved_checkpoint_state_graph_async": _OLD,
    "test_pregel_stream_events_v3.py::TestStreamV2AsyncInterrupt.test_interrupted": _EVENTS,
    "test_pregel_stream_events_v3.py::TestStreamV2SyncInterrupt.test_interrupted": _EVENTS,
    **{
        f"test_stream_events_v3.py::{name}": _OUTPUT
        for name in (
            "TestV2Invoke.test_invoke_v2_graph_output_interrupt_compat",
            "TestV2Invoke.test_invoke_v2_graph_output_with_interrupts",
            "TestV2InvokeAsync.test_ainvoke_v2_graph_output_with_interrupts",
            "TestV2TypeSafeStreaming.test_values_interrupt_v2",
            "TestV2TypeSafeStreaming.test_values_pydantic_interrupt",
        )
    },
    **{
        f"test_stream_events_v3_e2e.py::{name}": _EVENTS
        for name in (
            "TestStreamV2E2EAsync.test_async_interrupt",
            "TestStreamV2E2EInterrupt.test_interrupt_sets_flags_and_surfaces_interrupts",
            "TestStreamV2E2EInterrupt.test_interrupt_values_snapshot_has_partial_state",
        )
    },
}
"""LangGraph's tests whose subject has no form in the Server API, each with the reason."""


@contextmanager
def _killed_at_end(data: Path) -> Iterator[SyncLangGraphClient]:
    """A client of a server over the graphs of these tests, which ends as in a power cut."""
    with (
        running_server(GRAPHS, data) as served,
        get_sync_client(url=served.url, headers=served.headers) as client,
    ):
        yield client
        served.kill()


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncLangGraphClient]:
    with _killed_at_end(tmp_path_factory.mktemp("data")) as client:
        yield client


def _session(sdk: SyncLangGraphClient, name: str) -> Session:
    session = Session(sdk, asynchronous="async" in name.lower())
    session.start_thread(CASES[name].graph)
    return session


@pytest.mark.parametrize("name", CASES)
def test_as_in_langgraph(sdk: SyncLangGraphClient, name: str) -> None:
    session = _session(sdk, name)
    for step in CASES[name].steps:
        step.take(session)


def test_each_graph_goes_on_after_a_crash(tmp_path: Path) -> None:
    """One case of each graph: up to its first run before the crash, and the rest after it."""
    names = {case.graph: name for name, case in CASES.items() if not case.in_memory}.values()
    with _killed_at_end(tmp_path) as sdk:
        begun = [(_session(sdk, name), iter(CASES[name].steps)) for name in names]
        for session, steps in begun:
            for step in steps:
                step.take(session)
                if isinstance(step, Run):
                    break
    with _killed_at_end(tmp_path) as sdk:
        for session, steps in begun:
            session.sdk = sdk
            for step in steps:
                step.take(session)


def test_each_of_its_tests_is_here() -> None:
    names = {line for line in NAMES.read_text().splitlines() if not line.startswith("#")}
    assert names - CASES.keys() == NOT_SERVED.keys()
