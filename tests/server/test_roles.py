"""Tokens with a role: every route, and every way in which a run could do more than answer."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hitl_server.policy.rules import RULES
from tests.server.processes import SAMPLES
from tests.server.test_tokens import serving

NAMES = ("owner", "viewer", "reviewer", "starter")
READS = {
    "/assistants/search", "/assistants/count", "/assistants/{assistant_id}/versions",
    "/threads/search", "/threads/count", "/threads/{thread_id}/state/checkpoint",
    "/threads/{thread_id}/history", "/threads/{thread_id}/stream/events",
    "/threads/{thread_id}/commands", "/store/items/search", "/store/namespaces",
}  # fmt: skip
"""All that POST does not change."""
REVIEWS = {f"/threads/{{thread_id}}/runs{end}" for end in ("", "/wait", "/stream")}
STARTS = {
    "/threads", "/threads/{thread_id}/copy", "/runs", "/runs/wait", "/runs/stream", "/runs/batch",
    "/runs/cancel", "/threads/{thread_id}/runs/{run_id}/cancel",
    "/threads/{thread_id}/runs/{run_id}/pause",
}  # fmt: skip
PRESENCE, CLAIM = "/threads/{thread_id}/presence", "/threads/{thread_id}/claim"
ENDLESS = ("/threads/changes", "/threads/{thread_id}/stream")


class Clients:
    """A client for each role, on one server."""

    def __init__(self, url: str) -> None:
        self.of = {
            name: httpx.Client(base_url=url, headers={"x-api-key": name}, timeout=30)
            for name in NAMES
        }

    def waiting(self) -> str:
        """Return a thread that asks a question."""
        owner = self.of["owner"]
        thread_id: str = owner.post("/threads", json={}).json()["thread_id"]
        order = {"assistant_id": "revise", "input": {"some_text": "x"}}
        assert owner.post(f"/threads/{thread_id}/runs/wait", json=order).status_code == 200
        return thread_id


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """The samples, served with a token of each role."""
    folder = tmp_path_factory.mktemp("roles")
    file = folder / "tokens"
    lines = ["ada = owner", *(f"{name} ({name}) = {name}" for name in NAMES[1:])]
    file.write_text("\n".join(lines))
    file.chmod(0o600)
    options = (str(SAMPLES / "langgraph.json"), "--data", str(folder / "data"))
    with serving(*options, "--tokens", str(file)) as url:
        made = Clients(url)
        yield made
        for client in made.of.values():
            client.close()


def may(role: str, method: str, path: str) -> bool:
    if method == "GET" or (method == "POST" and path in READS):
        return True
    if path in (PRESENCE, CLAIM):
        return path == PRESENCE or role != "viewer"
    if method != "POST" or role == "viewer":
        return False
    return path in REVIEWS or (role == "starter" and path in STARTS)


@pytest.mark.parametrize("role", NAMES[1:])
def test_every_route_is_refused_or_allowed(clients: Clients, role: str) -> None:
    """With an empty body, which an allowed route finds not valid."""
    thread_id, other = clients.waiting(), str(uuid4())
    filled = {"thread_id": thread_id, "run_id": other, "checkpoint_id": other}
    wrong = []
    for method, path in RULES:
        if path in ENDLESS or path.endswith("/stream/events"):
            continue
        place = path.format(**filled, assistant_id="revise", namespace="x")
        answer = clients.of[role].request(method, place, json=None if method == "GET" else {})
        if (answer.status_code != 403) is not may(role, method, path):
            wrong.append((method, path, answer.status_code))
    assert not wrong


def run(clients: Clients, role: str, **body: Any) -> int:
    """Return the status of a run on a thread that asks."""
    order = {"assistant_id": "revise", **body}
    place = f"/threads/{clients.waiting()}/runs/wait"
    return clients.of[role].post(place, json=order).status_code


RESUME = {"resume": "Edited"}


@pytest.mark.parametrize(
    ("body", "roles"),
    [
        ({"command": RESUME}, {"reviewer", "starter"}),
        ({"input": None}, {"reviewer", "starter"}),
        ({"input": {"some_text": "new"}}, {"starter"}),
        ({"command": RESUME, "webhook": "http://127.0.0.1:1/"}, set()),
        ({"command": {**RESUME, "update": {"some_text": "y"}}}, set()),
        ({"command": {**RESUME, "goto": "human_node"}}, set()),
        ({"command": {"goto": "human_node"}}, set()),
        ({"command": RESUME, "checkpoint_id": str(uuid4())}, set()),
        ({"command": RESUME, "checkpoint": {"checkpoint_ns": "x"}}, set()),
        ({"command": RESUME, "config": {"configurable": {"checkpoint_id": str(uuid4())}}}, set()),
        ({"command": RESUME, "config": {"configurable": {"checkpoint_ns": "x"}}}, set()),
        ({"command": RESUME, "context": {"checkpoint_id": str(uuid4())}}, set()),
        ({"command": RESUME, "multitask_strategy": "rollback"}, set()),
        ({"command": RESUME, "multitask_strategy": "interrupt"}, set()),
    ],
)
def test_what_a_run_may_do(clients: Clients, body: dict[str, Any], roles: set[str]) -> None:
    allowed = {role for role in NAMES[1:] if run(clients, role, **body) not in (403, 422)}
    assert allowed == roles


def test_a_reviewer_creates_no_thread(clients: Clients) -> None:
    order = {"assistant_id": "revise", "input": None, "if_not_exists": "create"}
    place = f"/threads/{uuid4()}/runs/wait"
    assert clients.of["reviewer"].post(place, json=order).status_code == 403


def test_a_starter_writes_no_steps_into_a_new_thread(clients: Clients) -> None:
    update = {"values": {"some_text": "y"}, "as_node": "human_node"}
    body = {"metadata": {"graph_id": "revise"}, "supersteps": [{"updates": [update]}]}
    assert clients.of["starter"].post("/threads", json=body).status_code == 403
    assert clients.of["starter"].post("/threads", json={}).status_code == 200


def test_a_viewer_cancels_no_run_by_leaving(clients: Clients) -> None:
    place = f"/threads/{clients.waiting()}/runs/{uuid4()}/join"
    asked = [
        clients.of["viewer"].get(place, params={"cancel_on_disconnect": value}).status_code
        for value in ("true", "1", "false")
    ]
    assert asked == [403, 403, 200]


def test_a_command_of_the_event_protocol_is_asked_about_like_its_run(clients: Clients) -> None:
    for role, method, error in (
        ("viewer", "input.respond", "permission_denied"),
        ("reviewer", "run.start", "permission_denied"),
        ("reviewer", "input.respond", None),
    ):
        thread_id = clients.waiting()
        state = clients.of[role].get(f"/threads/{thread_id}/state").json()
        (interrupt,) = state["tasks"][0]["interrupts"]
        params = {"interrupt_id": interrupt["id"], "response": "Edited"}
        if method == "run.start":  # a new branch at an older checkpoint
            at = {"checkpoint_id": state["checkpoint"]["checkpoint_id"]}
            params = {"assistant_id": "revise", "input": {}, "config": {"configurable": at}}
        sent = {"id": 1, "method": method, "params": params}
        answer = clients.of[role].post(f"/threads/{thread_id}/commands", json=sent).json()
        assert answer.get("error") == error


def test_the_refusal_tells_what_the_role_may_do(clients: Clients) -> None:
    answer = clients.of["viewer"].delete(f"/threads/{uuid4()}")
    assert answer.json()["detail"] == "The role viewer may only read."
