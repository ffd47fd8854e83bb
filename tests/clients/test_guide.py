"""LangGraph's guide "Human-in-the-loop using Server API", unchanged, in its three languages."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_client
from langgraph_sdk.schema import Command

from tests.json_values import Json
from tests.server import processes

HERE = Path(__file__).parent
ASKED = {"text_to_revise": "original text"}
STOPS = [[], ["a", "b"], ["a", "b", "c"]]
"""The state at each stop: before `node_a`, after `node_b`, after `node_c`."""
EVERY_STOP = [[], ["a"], ["a", "b"], ["a", "b", "c"]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[processes.Served]:
    """Our server with the graphs of the guide."""
    data = tmp_path_factory.mktemp("guide")
    with processes.running_server(HERE / "guide" / "langgraph.json", data) as server:
        yield server


@pytest.fixture
def environment(served: processes.Served) -> dict[str, str]:
    """The environment variables of a script that uses the server."""
    return {**os.environ, "DEPLOYMENT_URL": served.url, "API_KEY": served.info["token"]}


async def test_python_revises_a_text(served: processes.Served) -> None:
    async with get_client(url=served.url, api_key=served.info["token"]) as client:
        # Using the graph deployed with the name "agent"
        assistant_id = "agent"

        # create a thread
        thread = await client.threads.create()
        thread_id = thread["thread_id"]

        # Run the graph until the interrupt is hit.
        result: Any = await client.runs.wait(
            thread_id, assistant_id, input={"some_text": "original text"}
        )
        assert [asked["value"] for asked in result["__interrupt__"]] == [ASKED]

        # Resume the graph
        assert await client.runs.wait(
            thread_id, assistant_id, command=Command(resume="Edited text")
        ) == {"some_text": "Edited text"}


@pytest.mark.parametrize(
    ("assistant_id", "breakpoints", "stops"),
    [
        ("compiled", {}, STOPS),
        ("plain", {"interrupt_before": ["node_a"], "interrupt_after": ["node_b", "node_c"]}, STOPS),
        ("plain", {"interrupt_before": "*"}, EVERY_STOP),
        ("plain", {"interrupt_after": "*"}, EVERY_STOP[1:]),
    ],
)
@pytest.mark.parametrize("step", [{"input": None}, {}])
async def test_python_steps_past_breakpoints(
    served: processes.Served, assistant_id: str, breakpoints: Json, stops: list[Any], step: Json
) -> None:
    async with get_client(url=served.url, api_key=served.info["token"]) as client:
        thread_id = (await client.threads.create())["thread_id"]
        seen = []
        payload: Json = {"input": {"ran": []}}
        while True:
            # Run the graph until the breakpoint
            result: Any = await client.runs.wait(thread_id, assistant_id, **payload, **breakpoints)
            seen.append(result["ran"])
            if not (await client.threads.get_state(thread_id))["next"]:
                break
            # Resume the graph
            payload = step
    assert seen == stops


def test_javascript(environment: dict[str, str]) -> None:
    if shutil.which("node") is None or not (HERE / "node_modules").is_dir():
        pytest.skip("needs Node and `npm install` in tests/clients (make test does that)")
    done = subprocess.run(
        ["node", "guide.mjs"],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert [asked["value"] for asked in seen["interrupt"]] == [ASKED]
    assert seen["resumed"] == {"some_text": "Edited text"}
    assert seen["compiled"] == seen["noInput"] == seen["runTime"] == STOPS
    assert seen["everyNode"] == EVERY_STOP


class Curl:
    """Runs the snippets of `guide.sh`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def __call__(self, *arguments: str) -> Any:
        """Return the response of the server."""
        done = subprocess.run(
            ["sh", "guide.sh", *arguments],
            cwd=HERE,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        return json.loads(done.stdout)


@pytest.fixture
def curl(environment: dict[str, str]) -> Curl:
    """The snippets; skips without curl."""
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    return Curl(environment)


def test_curl_revises_a_text(curl: Curl) -> None:
    thread_id = curl("thread")["thread_id"]
    asked = curl("interrupt", thread_id)["__interrupt__"]
    assert [one["value"] for one in asked] == [ASKED]
    assert curl("resume", thread_id) == {"some_text": "Edited text"}


@pytest.mark.parametrize("step", ["step", "bare"])
@pytest.mark.parametrize(
    ("graph", "breakpoints", "stops"),
    [
        ("compiled", "", STOPS),
        (
            "plain",
            ', "interrupt_before": ["node_a"], "interrupt_after": ["node_b", "node_c"]',
            STOPS,
        ),
        ("plain", ', "interrupt_before": "*"', EVERY_STOP),
    ],
)
def test_curl_steps_past_breakpoints(
    curl: Curl, graph: str, breakpoints: str, stops: list[Any], step: str
) -> None:
    thread_id = curl("thread")["thread_id"]
    seen = [curl("run", thread_id, graph, breakpoints)["ran"]]
    while len(seen) < len(stops):
        seen.append(curl(step, thread_id, graph, breakpoints)["ran"])
    assert seen == stops
