"""Each step of `docs/outgrow.md`, on a real PostgreSQL, Redis, nginx and two workers of Aegra."""

import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import yaml

from tests.any_server.console import Console
from tests.deploy.deployment import (
    AEGRA,
    DEPLOY,
    TOKENS,
    Deployment,
    Worker,
    address_of,
    deployed,
    project,
    unchecked_worker,
)
from tests.server.postgres import postgres
from tests.server.processes import SAMPLES, running_server

ASKED = '{"some_text": "a draft"}'


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The sample project on two workers."""
    with deployed(project(tmp_path_factory.mktemp("deployment"))) as running:
        yield running


def test_reviewers_share_what_waits(deployment: Deployment) -> None:
    thread = deployment.run("ada", "run", "revise", "--input", ASKED)["thread_id"]
    assert thread in [item["thread_id"] for item in deployment.run("bob", "list")]
    deployment.run("bob", "answer", thread, "--text", "a better draft")
    assert deployment.run("ada", "show", thread)["values"] == {"some_text": "a better draft"}
    with client_of(deployment, "ada") as client:
        newest = client.post(f"/threads/{thread}/history", json={"limit": 1}).json()[0]
    assert newest["metadata"]["user_display_name"] == "bob"


def test_a_stranger_gets_nothing(deployment: Deployment) -> None:
    with client_of(deployment, "nobody") as client:
        assert client.post("/threads/search", json={}).status_code == 401
    check = [sys.executable, str(DEPLOY / "refuses_strangers.py"), deployment.workers[0].url]
    assert subprocess.run(check, check=False).returncode == 0


def test_a_worker_that_serves_everybody_is_not_healthy(tmp_path: Path) -> None:
    """Aegra starts without protection if the file of the tokens cannot be read."""
    made = project(tmp_path)
    (made / "deploy" / "reviewers").write_text("a line without a token\n")
    with postgres() as database:
        places = {"postgres:5432": address_of(database)}
        with unchecked_worker(made, "server-1", places, REDIS_BROKER_ENABLED="false") as served:
            await_health(served)
            check = [str(AEGRA / "python"), "deploy/refuses_strangers.py", served.url]
            done = subprocess.run(check, cwd=made, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "serves everybody" in done.stderr


def test_a_request_reaches_one_worker_only(deployment: Deployment) -> None:
    """A worker that is gone costs requests, but none of them is sent to the other one as well."""
    site = (DEPLOY / "nginx.conf").read_text()
    assert "proxy_next_upstream off;" in site
    names = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert [name for name in names if f"server {name}:2026;" in site] == ["server-1", "server-2"]


def test_what_the_project_loses_is_named(tmp_path: Path) -> None:
    config = {
        "dependencies": ["."],
        "graphs": {"agent": "./agent.py:graph"},
        "env": ".env",
        "http": {"disable_threads": True, "app": "./app.py:app"},
    }
    (tmp_path / "langgraph.json").write_text(json.dumps(config))
    command = [sys.executable, str(DEPLOY / "aegra_json.py")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "dependencies": ["."],
        "graphs": {"agent": "./agent.py:graph"},
        "http": {"app": "./app.py:app"},
        "auth": {"path": "./deploy/auth.py:auth", "disable_studio_auth": True},
    }
    assert "left out: env, http.disable_threads." in done.stderr


def test_what_waits_on_the_old_server_is_finished_there(
    deployment: Deployment, tmp_path: Path
) -> None:
    with running_server(SAMPLES / "langgraph.json", tmp_path / "old") as old:
        reviewer = Console(old, tmp_path / "journal")
        thread = reviewer.run("run", "revise", "--input", ASKED)["thread_id"]
        assert [item["thread_id"] for item in reviewer.run("list")] == [thread]
        with client_of(deployment, "ada") as client:
            assert client.get(f"/threads/{thread}").status_code == 404
        reviewer.run("answer", thread, "--text", "finished")
        assert reviewer.run("list") == []


def await_health(served: Worker) -> None:
    """Wait until a worker answers at all."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{served.url}/health").status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the worker did not start")


def client_of(deployment: Deployment, reviewer: str) -> httpx.Client:
    """Return an HTTP client for the address of the deployment; the caller closes it."""
    trusted = ssl.create_default_context(cafile=str(deployment.certificate))
    token = TOKENS.get(reviewer, "unknown")
    return httpx.Client(
        base_url=deployment.url, headers={"x-api-key": token}, verify=trusted, timeout=60
    )
