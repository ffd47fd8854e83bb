"""No route and no way to start a run goes around a question that needs two reviewers."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hitl_server.policy.rules import RULES as ROUTES
from tests.server.four_eyes_server import People, four_eyes
from tests.server.test_tokens import serving

RULES = """
[[rule]]
name = "payments"
graph = "paying"
path = "$.ask"
values = ["pay"]
"""
GRAPH = """
import time
from pathlib import Path
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict

class State(TypedDict, total=False):
    ask: str
    before: float
    after: float
    answer: str

def prepare(state: State) -> State:
    time.sleep(state.get("before", 0))
    return {"answer": ""}

def review(state: State) -> State:
    return {"answer": interrupt({"ask": state["ask"]})}

def act(state: State) -> State:
    with (Path(__file__).parent / "acts").open("a") as file:
        file.write(f"{state.get('answer')}\\n")
    time.sleep(state.get("after", 0))
    return {}

builder = StateGraph(State).add_sequence([prepare, review, act]).add_edge(START, "prepare")
paying, other = builder.compile(), builder.compile()
"""
CONFIG = {
    "graphs": {name: f"./graph.py:{name}" for name in ("paying", "other")},
    "checkpointer": {"ttl": {"sweep_interval_minutes": 0.002, "strategy": "delete"}},
}

READS = {
    "/assistants/search", "/assistants/count", "/assistants/{assistant_id}/versions",
    "/threads/search", "/threads/count", "/threads/{thread_id}/state/checkpoint",
    "/threads/{thread_id}/history", "/threads/{thread_id}/stream/events",
    "/store/items/search", "/store/namespaces",
}  # fmt: skip
"""All that POST does not change."""
REFUSED: dict[tuple[str, str], Any] = {
    ("POST", "/threads/prune"): {"thread_ids": ["THREAD"]},
    ("PATCH", "/threads/{thread_id}"): {"metadata": {"graph_id": "other"}},
    ("DELETE", "/threads/{thread_id}"): None,
    ("POST", "/threads/{thread_id}/state"): {"values": {"answer": "x"}, "as_node": "review"},
    ("DELETE", "/threads/{thread_id}/runs/{run_id}"): None,
    ("DELETE", "/assistants/{assistant_id}"): None,  # with its threads
    ("POST", "/threads"): {
        "thread_id": "THREAD", "if_exists": "do_nothing",
        "supersteps": [{"updates": [{"values": {"answer": "x"}, "as_node": "review"}]}],
    },
}  # fmt: skip
"""What each sends that would change a thread: refused while a protected question waits."""
RUNS = {f"/threads/{{thread_id}}/runs{end}" for end in ("", "/wait", "/stream")}
"""What may answer."""
TELLING = ("presence", "claim")
"""What tells who is on a thread, and counts for nothing."""
ELSEWHERE = {
    *(("POST", f"/runs{end}") for end in ("", "/wait", "/stream", "/batch")),  # a new thread
    ("POST", "/threads/{thread_id}/copy"),  # a thread with the same protection
    ("POST", "/threads/{thread_id}/commands"),  # starts runs as RUNS do
    ("POST", "/threads/{thread_id}/runs/{run_id}/cancel"),  # see the tests of a rollback
    ("POST", "/threads/{thread_id}/runs/{run_id}/pause"),  # stops, and carries nothing out
    ("POST", "/runs/cancel"),
    *((method, f"/threads/{{thread_id}}/{end}") for method in ("PUT", "DELETE") for end in TELLING),
    ("POST", "/assistants"),
    ("PATCH", "/assistants/{assistant_id}"),  # an answer is of its assistant, as it is then
    ("POST", "/assistants/{assistant_id}/latest"),
    ("PUT", "/store/items"),
    ("DELETE", "/store/items"),
}
"""What changes nothing on a thread that waits, or has a test of its own here."""


class Paying(People):
    """The clients, and a graph that acts after its question."""

    def __init__(self, people: People, folder: Path) -> None:
        super().__init__(people.url)
        self.file = folder / "acts"

    @property
    def acts(self) -> list[str]:
        """What the graph has done since the last look."""
        done = self.file.read_text().split() if self.file.exists() else []
        self.file.unlink(missing_ok=True)
        return done

    def start(self, by: str = "owner", end: str = "/wait", **given: Any) -> str:
        """Return a thread that asks whether to pay, or will."""
        thread_id = str(uuid4())
        order = {
            "assistant_id": "paying", "input": {"ask": "pay", **given}, "if_not_exists": "create",
        }  # fmt: skip
        answer = self.of[by].post(f"/threads/{thread_id}/runs{end}", json=order)
        assert answer.status_code == 200, answer.text
        return thread_id

    def run(self, who: str, thread_id: str, **body: Any) -> int:
        """Send a run to its end; return the status."""
        order = {"assistant_id": "paying", **body}
        return self.of[who].post(f"/threads/{thread_id}/runs/wait", json=order).status_code

    def pay(self, thread_id: str, **more: Any) -> list[int]:
        """Answer as two reviewers."""
        return [
            self.run(who, thread_id, command={"resume": "yes"}, **more) for who in ("ada", "bob")
        ]

    def until(self, thread_id: str, status: str) -> Any:
        """Return a thread when it has a status."""
        while (thread := self.thread(thread_id))["status"] != status:
            time.sleep(0.02)
        return thread

    def still_asks(self, thread_id: str) -> bool:
        """Whether the protected question waits, and nothing was done."""
        return bool(self.until(thread_id, "interrupted")["four_eyes"]) and not self.acts


def project(folder: Path) -> Path:
    """Write the project; return its langgraph.json."""
    (folder / "graph.py").write_text(GRAPH)
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"dependencies": ["."], **CONFIG}))
    return config


@pytest.fixture(scope="module")
def paying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paying]:
    """One server for all tests here."""
    folder = tmp_path_factory.mktemp("four_eyes_routes")
    with four_eyes(folder, project(folder), RULES) as people:
        made = Paying(people, folder)
        yield made
        made.close()


def test_every_route_is_considered(paying: Paying) -> None:
    """A new route fails here until somebody has thought about it."""
    document = paying.of["owner"].get("/openapi.json").json()["paths"]
    served = {(method.upper(), path) for path, methods in document.items() for method in methods}
    considered = {("POST", path) for path in READS | RUNS} | REFUSED.keys() | ELSEWHERE
    unknown = {(method, path) for method, path in served | ROUTES.keys() if method != "GET"}
    assert unknown == considered


@pytest.mark.parametrize("who", ["owner", "ada"])
def test_every_route_that_changes_a_thread_is_refused(paying: Paying, who: str) -> None:
    thread_id = paying.start()
    [run] = paying.of["owner"].get(f"/threads/{thread_id}/runs").json()
    [assistant] = paying.of["owner"].post("/assistants/search", json={"graph_id": "paying"}).json()
    made = {"graph_id": "paying", "name": "deletable"}
    if who == "ada":  # an assistant of a graph cannot be deleted, another can
        assistant = paying.of["owner"].post("/assistants", json=made).json()
        thread_id = str(uuid4())
        order = {"assistant_id": assistant["assistant_id"], "input": {"ask": "pay"}}
        more = {"if_not_exists": "create"}
        place = f"/threads/{thread_id}/runs/wait"
        assert paying.of["owner"].post(place, json={**order, **more}).status_code == 200
        [run] = paying.of["owner"].get(f"/threads/{thread_id}/runs").json()
    filled = {
        "thread_id": thread_id, "run_id": run["run_id"], "assistant_id": assistant["assistant_id"],
    }  # fmt: skip
    for (method, path), body in REFUSED.items():
        if path == "/assistants/{assistant_id}" and who == "owner":
            continue
        sent = json.loads(json.dumps(body).replace("THREAD", thread_id))
        answer = paying.of[who].request(
            method, path.format(**filled), json=sent, params={"delete_threads": True}
        )
        words = answer.json()
        if path == "/threads":  # the thread exists, as the reply of langgraph-api tells
            assert answer.status_code == 201 and "two reviewers" in words["detail"]
        else:
            assert answer.status_code == 403, (method, path, answer.text)
            assert words["four_eyes"] == {"needed": 2, "rules": ["payments"]}
    assert paying.still_asks(thread_id)


@pytest.mark.parametrize(
    "body",
    [
        {"input": {"ask": "other"}},
        {"input": None},
        {"input": {}, "command": {"resume": "yes"}},
        {"command": {"goto": "act"}},
        {"command": {"update": {"answer": "x"}}},
        {"command": {"resume": "yes", "goto": "act"}},
        {"command": {"resume": "yes", "update": {"answer": "x"}}},
        {"command": {"resume": "yes"}, "after_seconds": 0.01},
        {"input": {"ask": "other"}, "multitask_strategy": "interrupt"},
        {"input": {"ask": "other"}, "multitask_strategy": "rollback"},
        {"input": {"ask": "other"}, "assistant_id": "other"},
        {"config": {"configurable": {"__pregel_resuming": True}}},
    ],
)
def test_while_a_protected_question_waits_it_can_only_be_answered(
    paying: Paying, body: dict[str, Any]
) -> None:
    thread_id = paying.start()
    assert [paying.run(who, thread_id, **body) for who in ("ada", "bob")] == [403, 403]
    assert paying.runs(thread_id) == 1
    assert paying.still_asks(thread_id)


def at_id(checkpoint_id: str) -> dict[str, Any]:
    return {"checkpoint_id": checkpoint_id}


def at_checkpoint(checkpoint_id: str) -> dict[str, Any]:
    return {"checkpoint": {"checkpoint_id": checkpoint_id, "checkpoint_ns": ""}}


def at_config(checkpoint_id: str) -> dict[str, Any]:
    return {"config": {"configurable": {"checkpoint_id": checkpoint_id}}}


def at_context(checkpoint_id: str) -> dict[str, Any]:
    return {"context": {"checkpoint_id": checkpoint_id}}


@pytest.mark.parametrize("at", [at_id, at_checkpoint, at_config, at_context])
@pytest.mark.parametrize("waits", [True, False])
def test_nothing_begins_at_an_older_checkpoint(
    paying: Paying, at: Callable[[str], dict[str, Any]], waits: bool
) -> None:
    thread_id = paying.start()
    if not waits:
        assert paying.pay(thread_id) == [409, 200]
        assert paying.acts == ["yes"]
    states = paying.of["owner"].get(f"/threads/{thread_id}/history?limit=20").json()
    for state in states:
        for body in (
            {"input": None},
            {"input": {"ask": "other"}},
            {"command": {"resume": "yes"}, "preconditions": {"fork": True}},
            {"command": {"goto": "act"}},
        ):
            place = at(state["checkpoint_id"])
            assert paying.run("ada", thread_id, **body, **place) == 403
    edit = {"values": {"answer": "x"}, "as_node": "review", **at_id(states[-1]["checkpoint_id"])}
    assert paying.of["ada"].post(f"/threads/{thread_id}/state", json=edit).status_code == 403
    assert not paying.acts


def test_an_assistant_names_no_older_checkpoint(paying: Paying) -> None:
    thread_id = paying.start()
    assert paying.pay(thread_id) == [409, 200]
    assert paying.acts == ["yes"]
    states = paying.of["owner"].get(f"/threads/{thread_id}/history?limit=20").json()
    for place in ("context", "config"):
        at = {"checkpoint_id": states[1]["checkpoint_id"]}
        body = {"graph_id": "paying", place: at if place == "context" else {"configurable": at}}
        made = paying.of["ada"].post("/assistants", json=body).json()
        more = {"assistant_id": made["assistant_id"], "input": None}
        assert paying.run("ada", thread_id, **more) == 403
    assert not paying.acts


@pytest.mark.parametrize(
    "body",
    [
        {"command": {"resume": "yes"}, "multitask_strategy": "enqueue"},
        {"command": {"goto": "act"}},
        {"input": {"ask": "pay"}},
        {"input": None, "assistant_id": "other"},
    ],
)
def test_a_run_that_waited_begins_at_no_protected_question(
    paying: Paying, body: dict[str, Any]
) -> None:
    """It is sent while another run has not asked yet."""
    thread_id = paying.start(end="", before=0.3)
    order = {"assistant_id": "paying", **body}
    sent = paying.of["ada"].post(f"/threads/{thread_id}/runs", json=order)
    assert sent.status_code == 200
    run_id = sent.json()["run_id"]
    paying.of["ada"].get(f"/threads/{thread_id}/runs/{run_id}/join")
    run = paying.of["ada"].get(f"/threads/{thread_id}/runs/{run_id}").json()
    assert run["status"] == "error" and "two reviewers" in run["error"]["message"]
    assert paying.still_asks(thread_id)
    answers = [paying.run(who, thread_id, command={"resume": "yes"}) for who in ("bob", "carol")]
    assert (answers, paying.acts) == ([409, 200], ["yes"])


def test_a_change_of_the_graph_in_metadata_does_not_end_the_protection(paying: Paying) -> None:
    thread_id = paying.start(end="", before=0.2)
    body = {"metadata": {"graph_id": "other"}}
    assert paying.of["ada"].patch(f"/threads/{thread_id}", json=body).status_code == 200
    assert paying.still_asks(thread_id)


def test_a_run_that_answers_is_not_taken_back(paying: Paying) -> None:
    thread_id = paying.start(after=1.5)
    resume = {"assistant_id": "paying", "command": {"resume": "yes"}}
    place = f"/threads/{thread_id}/runs"
    assert paying.of["ada"].post(place, json=resume).status_code == 409
    run_id = paying.of["bob"].post(place, json=resume).json()["run_id"]
    while paying.acts != ["yes"]:
        time.sleep(0.02)
    rollback = {"action": "rollback"}
    cancel = f"{place}/{run_id}/cancel"
    assert paying.of["ada"].post(cancel, params=rollback).status_code == 403
    for bulk in ({"status": "all"}, {"thread_id": thread_id, "run_ids": [run_id]}):
        answer = paying.of["ada"].post("/runs/cancel", json=bulk, params=rollback)
        assert answer.status_code == 403
    for strategy in ("reject", "enqueue", "interrupt", "rollback"):
        again = {**resume, "multitask_strategy": strategy}
        assert paying.of["carol"].post(place, json=again).status_code == 409
        more = {"assistant_id": "paying", "input": {"ask": "other"}, "multitask_strategy": strategy}
        assert paying.of["carol"].post(place, json=more).status_code in (403, 409)
    assert paying.of["ada"].delete(f"/threads/{thread_id}").status_code == 403
    assert paying.of["ada"].post(cancel, params={"wait": True}).status_code == 200
    assert paying.runs(thread_id) == 2
    assert paying.thread(thread_id)["approvals"] is None


def test_a_copy_keeps_the_protection_and_the_starter(paying: Paying) -> None:
    thread_id = paying.start(by="ada")
    assert paying.run("bob", thread_id, command={"resume": "yes"}) == 409
    copied = paying.of["ada"].post(f"/threads/{thread_id}/copy").json()
    assert (copied["four_eyes"], copied["approvals"]) == (
        paying.thread(thread_id)["four_eyes"],
        None,
    )
    copy_id = copied["thread_id"]
    assert paying.run("ada", copy_id, command={"resume": "yes"}) == 403
    assert paying.run("carol", copy_id, command={"resume": "yes"}) == 409
    assert paying.run("bob", copy_id, command={"resume": "yes"}) == 200
    assert paying.acts == ["yes"]
    states = paying.of["owner"].get(f"/threads/{copy_id}/history?limit=20").json()
    at = {"checkpoint_id": states[-1]["checkpoint_id"], "command": {"goto": "act"}}
    assert paying.run("carol", copy_id, **at) == 403


def test_a_thread_with_a_protected_question_does_not_expire(paying: Paying) -> None:
    ids = []
    for ask in ("pay", "other"):
        body = {"thread_id": str(uuid4()), "ttl": {"ttl": 0.01}}
        ids.append(paying.of["owner"].post("/threads", json=body).json()["thread_id"])
        assert paying.run("owner", ids[-1], input={"ask": ask}) == 200
    while paying.of["owner"].get(f"/threads/{ids[1]}").status_code != 404:
        time.sleep(0.05)
    assert paying.still_asks(ids[0])


def test_commands_of_the_event_protocol(paying: Paying) -> None:
    """`run.start` with an input is an answer, where a thread asks."""
    thread_id = paying.start()
    [[interrupt]] = paying.thread(thread_id)["interrupts"].values()

    def send(who: str, method: str, **params: Any) -> dict[str, Any]:
        body = {"id": 1, "method": method, "params": params}
        return {**paying.of[who].post(f"/threads/{thread_id}/commands", json=body).json()}

    answer = {"interrupt_id": interrupt["id"], "response": "yes"}
    start = {"assistant_id": "paying", "input": "yes"}
    assert send("owner", "input.respond", **answer)["error"] == "permission_denied"
    assert send("ada", "input.respond", **answer, goto="act")["error"] == "permission_denied"
    first = send("ada", "input.respond", **answer)
    assert first["error"] == "unknown_error" and first["four_eyes"]["recorded"] is True
    assert send("ada", "run.start", **start)["four_eyes"]["recorded"] is True
    assert paying.still_asks(thread_id)
    assert send("bob", "input.respond", **answer)["type"] == "success"
    paying.until(thread_id, "idle")
    assert paying.acts == ["yes"]


@pytest.mark.hardening
def test_a_first_answer_survives_a_restart_and_ends_with_its_question(tmp_path: Path) -> None:
    config = project(tmp_path)
    with four_eyes(tmp_path, config, RULES) as people:
        paying = Paying(people, tmp_path)
        threads = [paying.start(), paying.start()]
        for thread_id in threads:
            assert paying.run("ada", thread_id, command={"resume": "yes"}) == 409
        paying.close()
    options = (str(config), "--data", str(tmp_path / "data"), "--token", "of-owner")
    with serving(*options) as url:  # whoever may start the server decides about all of this
        paying = Paying(People(url), tmp_path)
        assert paying.thread(threads[0])["four_eyes"] is None
        edit = {"values": {"ask": "pay"}, "as_node": "prepare"}
        assert paying.of["owner"].post(f"/threads/{threads[1]}/state", json=edit).status_code == 200
        assert paying.run("owner", threads[1], input=None) == 200
        unprotected = paying.start()
        paying.close()
    with four_eyes(tmp_path, config, RULES) as people:
        paying = Paying(people, tmp_path)
        assert paying.thread(threads[1])["approvals"] is None
        for thread_id in (threads[1], unprotected):
            assert paying.run("bob", thread_id, command={"resume": "yes"}) == 409
        assert not paying.acts
        assert paying.run("bob", threads[0], command={"resume": "yes"}) == 200
        assert paying.acts == ["yes"]
        paying.close()
