"""Valid and invalid requests for every operation of the server's OpenAPI document."""

import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.hardening.requests import TEXT, Operation, encoded, operations
from tests.json_values import Json
from tests.server.processes import copied_project, running_server

GRAPHS = ("revise", "parallel", "breakpoints", "subgraph", "validate", "two_questions", "typed")
"""Graphs that end or wait by themselves with any input."""
TOO_LONG = 20
"""Seconds after which a response that has not ended is a failure."""
SILENCE = 8
"""Seconds without data after which a response hangs: the server sends a heartbeat every 5."""
LONGEST_DELAY = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """An existing thread, so that not every response is a 404."""

    thread_id: str
    run_id: str
    checkpoint_id: str
    assistant_id: str

    @classmethod
    def make(cls, http: httpx.Client, graph: str) -> "Place":
        """Create a thread on which this graph has reached its first stop."""
        thread_id = http.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": graph, "input": {"some_text": "x"}}
        http.post(f"/threads/{thread_id}/runs/wait", json=body).raise_for_status()
        row = http.get(f"/threads/{thread_id}").json()
        return cls(thread_id, row["last_run"]["run_id"], row["checkpoint_id"], graph)


def fuzz(folder: Path, seed: int, cases: int) -> str:
    """Send `cases` requests for every operation; return a summary.

    Raises `AssertionError` for answers of 500 and above, for answers that do not end, for runs
    that do not, and for errors in the local server's log.
    """
    config = copied_project(folder / "project")
    graphs = json.loads(config.read_text())["graphs"]
    config.write_text(json.dumps({"graphs": {name: graphs[name] for name in GRAPHS}}))
    failures, seen = [], dict[int, int]()
    with (
        running_server(config, folder / "data") as served,
        httpx.Client(base_url=served.url, headers=served.headers, timeout=SILENCE) as http,
    ):
        for operation in operations(http.get("/openapi.json").json()):
            try:
                _exercise(operation, http, random.Random(f"{seed} {operation}"), cases, seen)
            except (AssertionError, httpx.HTTPError) as error:
                failures.append(f"{operation}: {type(error).__name__} {error}")
            assert http.get("/ok").status_code == 200
        _wait_for_runs(http)
    failures += _complaints(folder / "data" / "engine.log")
    assert not failures, f"seed {seed}:\n" + "\n\n".join(failures)
    return ", ".join(f"{count} times {status}" for status, count in sorted(seen.items()))


def _exercise(
    operation: Operation,
    http: httpx.Client,
    chance: random.Random,
    cases: int,
    seen: dict[int, int],
) -> None:
    """Send requests for one operation, mostly about existing objects."""
    places = [Place.make(http, graph) for graph in chance.sample(GRAPHS, 3)]
    parameters = st.fixed_dictionaries({name: TEXT for name in operation.places})

    @seeded(chance.getrandbits(32))
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(parameters, operation.query, operation.body)
    def ask(named: Json, query: Json, body: Any) -> None:
        place = chance.choice(places)
        for name in named:
            if chance.random() < 0.8:
                named[name] = getattr(place, name, named[name])
        request = http.build_request(
            operation.method,
            operation.path.format(**{name: _quoted(text) for name, text in named.items()}),
            params={name: _utf8(value) for name, value in query.items()},
            content=encoded(_grounded(body, chance, place), operation.takes_body),
            headers={"Content-Type": "application/json", **_key(chance)},
        )
        status = _status(http, request)
        seen[status] = seen.get(status, 0) + 1

    ask()


def _status(http: httpx.Client, request: httpx.Request) -> int:
    """Send a request and read its response to the end; return the status."""
    about = f"{request.method} {request.url} {request.content[:2000]!r}"
    deadline = time.monotonic() + TOO_LONG
    try:
        reply = http.send(request, stream=True)
    except httpx.TransportError as error:
        raise AssertionError(f"no answer, {error!r}: {about}") from None
    try:
        assert reply.status_code < 500, f"{reply.status_code} {reply.read()!r}: {about}"
        for _ in reply.iter_bytes():
            assert time.monotonic() < deadline, f"no end: {about}"
            if reply.headers.get("content-type", "").startswith("text/event-stream"):
                break
        return reply.status_code
    except httpx.TransportError as error:
        raise AssertionError(f"no end, {error!r}: {about}") from None
    finally:
        reply.close()


def _grounded(body: Any, chance: random.Random, place: Place) -> Any:
    """Put an existing graph into most bodies, and a long delay into none."""
    if isinstance(body, list):
        return [_grounded(one, chance, place) for one in body]
    if not isinstance(body, dict):
        return body
    grounded = dict(body)
    if "assistant_id" in body and chance.random() < 0.8:
        grounded["assistant_id"] = place.assistant_id
    if _is_long(body.get("after_seconds")):
        grounded["after_seconds"] = LONGEST_DELAY
    return grounded


def _is_long(delay: Any) -> bool:
    try:
        return float(delay) > LONGEST_DELAY
    except (TypeError, ValueError, OverflowError):
        return False


def _key(chance: random.Random) -> dict[str, str]:
    key = chance.choice(["", "x" * 300, str(uuid4())])
    return {"Idempotency-Key": key} if chance.random() < 0.1 else {}


def _quoted(text: str) -> str:
    """Return a text as part of a path. An empty one, or dots, would change the path."""
    return quote(_utf8(text), safe="") if text.strip(".") else "-"


def _utf8(value: Any) -> Any:
    """Return a query parameter that the client can encode."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _wait_for_runs(http: httpx.Client) -> None:
    """Wait until all runs have ended; all of them are short."""
    deadline = time.monotonic() + TOO_LONG
    while busy := http.post("/threads/count", json={"status": "busy"}).json():
        assert time.monotonic() < deadline, f"{busy} threads stay busy"
        time.sleep(0.1)


def _complaints(log: Path) -> list[str]:
    text = log.read_text()
    start = text.find("Traceback")
    return [] if start < 0 else [text[max(0, start - 500) : start + 4000]]
