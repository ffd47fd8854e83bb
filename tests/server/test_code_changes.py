"""The code of a graph changes while threads wait: nothing is dropped without a word."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import HitlError, NoLongerWaits
from hitl_engine.model import Breakpoint, OutcomeKind, Question, Revise
from tests.json_values import Json
from tests.server.processes import Served, langgraph_dev, running_server

HEAD = """
from typing import TypedDict
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

def say(state): return {"text": "said"}
def ask(state): return {"text": interrupt({"text_to_revise": "draft"})}
class State(TypedDict, total=False):
    text: str
def chain(*names, **stops):
    nodes = [(name, say if name.startswith("say") else ask) for name in names]
    builder = StateGraph(State).add_sequence(nodes).add_edge(START, names[0])
    return builder.compile(**stops)
"""
BEFORE = """
asking = chain("say", "ask")
stopping = chain("say", "say_more", interrupt_before=["say_more"])
outer = StateGraph(State).add_node("inner", asking).add_edge(START, "inner").compile()
"""
RENAMED = """
asking = chain("say", "ask_now")
stopping = chain("say", "say_less", interrupt_before=["say_less"])
outer = StateGraph(State).add_node("inner", asking).add_edge(START, "inner").compile()
"""
GRAPHS = ("asking", "stopping", "outer")
PENDING = ("status", "next", "interrupts", "breakpoint", "checkpoint_id", "values")


@contextmanager
def served_with(folder: Path, code: str) -> Iterator[Served]:
    """A server of the graphs in this code, with the data of the one before."""
    (folder / "graphs.py").write_text(HEAD + code)
    places = ", ".join(f'"{name}": "./graphs.py:{name}"' for name in GRAPHS)
    config = folder / "langgraph.json"
    config.write_text(f'{{"dependencies": ["."], "graphs": {{{places}}}}}')
    with running_server(config, folder / "data") as served:
        yield served


def waiting_threads(served: Served) -> dict[str, str]:
    """Return a thread that waits on each graph."""
    waiting = {}
    with httpx.Client(base_url=served.url, headers=served.headers) as http:
        for name in GRAPHS:
            waiting[name] = http.post("/threads", json={}).json()["thread_id"]
            path = f"/threads/{waiting[name]}/runs/wait"
            http.post(path, json={"assistant_id": name, "input": {}}).raise_for_status()
    return waiting


@pytest.fixture
def threads(tmp_path: Path) -> dict[str, str]:
    """A thread that waits on each graph, from a server with the code before."""
    with served_with(tmp_path, BEFORE) as served:
        return waiting_threads(served)


def desk_of(served: Served, folder: Path) -> AbstractAsyncContextManager[Desk]:
    """A desk of a server."""
    return open_desk(served.url, data_dir=folder / "journal", headers=served.headers)


async def item_of(desk: Desk, thread_id: str) -> Question | Breakpoint:
    (item,) = map(desk.reviews.item, (await desk.thread(thread_id)).waiting)
    return item


async def row(served: Served, thread_id: str) -> Json:
    async with served.client() as http:
        shown = (await http.get(f"/threads/{thread_id}")).json()
    return {field: shown[field] for field in PENDING}


def _refusal(graph: str, gone: str) -> str:
    if graph == "outer":
        return f"no longer has .* waits at: {gone}"
    return f"{gone} is gone from the code.* Nothing was sent"


@pytest.mark.parametrize(
    ("graph", "gone"), [("asking", "ask"), ("stopping", "say_more"), ("outer", "inner")]
)
async def test_what_waits_at_a_node_that_is_gone_is_kept(
    tmp_path: Path, threads: dict[str, str], graph: str, gone: str
) -> None:
    thread_id = threads[graph]
    with served_with(tmp_path, RENAMED) as served:
        before = await row(served, thread_id)
        async with desk_of(served, tmp_path) as desk:
            item = await item_of(desk, thread_id)
            with pytest.raises(HitlError, match=_refusal(graph, gone)) as refused:
                if isinstance(item, Breakpoint):
                    await desk.step(item, lambda _: None)
                else:
                    await desk.decide(item, Revise("late"), lambda _: None)
            (listed,) = [each for each in (await desk.inbox()).items if each.thread_id == thread_id]
            # Without the names of inner nodes only the server knows; then the attempt is recorded.
            known_here = isinstance(refused.value, NoLongerWaits)
            assert known_here is (graph != "outer") and bool(await desk.log()) is not known_here
        assert await row(served, thread_id) == before
        expected = f"{gone} is gone from the code" if graph != "outer" else ""
        assert listed.remark.startswith(expected) and bool(listed.remark) == bool(expected)
    with served_with(tmp_path, BEFORE) as served:
        async with desk_of(served, tmp_path) as desk:
            item = await item_of(desk, thread_id)
            if isinstance(item, Breakpoint):
                outcome = await desk.step(item, lambda _: None)
            else:
                outcome = await desk.decide(item, Revise("now"), lambda _: None)
    assert outcome.kind is OutcomeKind.APPLIED


CALLING = """
from langgraph.func import entrypoint, task

inner = chain("say")
def ask_first(state):
    answer = interrupt("well?")
    return {"text": inner.invoke({})["text"] + answer}
def ask_last(state):
    text = inner.invoke({})["text"]
    return {"text": text + interrupt("well?")}
@task
def ask_in_task():
    return interrupt("well?")
@entrypoint()
def outer(given):
    text = inner.invoke({})["text"]
    return {"text": text + ask_in_task().result()}
asking = StateGraph(State).add_node(ask_first).add_edge(START, "ask_first").compile()
stopping = StateGraph(State).add_node(ask_last).add_edge(START, "ask_last").compile()
"""


@pytest.mark.parametrize("graph", GRAPHS)
async def test_a_node_that_asks_itself_and_calls_a_graph_goes_on(
    tmp_path: Path, graph: str
) -> None:
    with served_with(tmp_path, CALLING) as served:
        path = f"/threads/{waiting_threads(served)[graph]}/runs/wait"
    with served_with(tmp_path, CALLING) as served:
        async with served.client() as http:
            given = {"assistant_id": graph, "command": {"resume": "!"}}
            assert (await http.post(path, json=given)).json() == {"text": "said!"}


async def test_a_new_input_still_starts_over(tmp_path: Path, threads: dict[str, str]) -> None:
    with served_with(tmp_path, RENAMED) as served:
        async with served.client() as http:
            path = f"/threads/{threads['asking']}/runs/wait"
            reply = await http.post(path, json={"assistant_id": "asking", "input": {"text": "x"}})
        shown = await row(served, threads["asking"])
    assert "__interrupt__" in reply.json()
    assert shown["next"] == ["ask_now"]


KEPT = """
def chain2(state): return {"text": "sent"}
class Wide(TypedDict, total=False):
    text: str
    note: str
def write(state): return {"text": "a", "note": "b"}
def add(state): return {"text": "c"}
"""
WIDE = (
    KEPT
    + """
builder = StateGraph(Wide).add_sequence([("say", write), ("more", add), ("send", chain2)])
asking = builder.add_edge(START, "say").compile(interrupt_before=["send"])
stopping = outer = asking
"""
)
NARROW = (
    KEPT
    + """
builder = StateGraph(State).add_node("say", say).add_node("send", chain2)
builder.add_edge(START, "say").add_edge("say", "send")
asking = stopping = outer = builder.compile(interrupt_before=["send"])
"""
)


async def test_a_step_that_moves_nothing_tells_so(tmp_path: Path) -> None:
    """LangGraph stops again at the same place when the channel that moved last is gone."""
    with served_with(tmp_path, WIDE) as served, httpx.Client(headers=served.headers) as http:
        thread_id = http.post(f"{served.url}/threads", json={}).json()["thread_id"]
        path = f"{served.url}/threads/{thread_id}/runs/wait"
        http.post(path, json={"assistant_id": "asking", "input": {}}).raise_for_status()
    with served_with(tmp_path, NARROW) as served:
        async with desk_of(served, tmp_path) as desk:
            item = await item_of(desk, thread_id)
            assert isinstance(item, Breakpoint)
            outcome = await desk.step(item, lambda _: None)
            (entry,) = await desk.log()
    assert outcome.kind is OutcomeKind.UNMOVED and "nothing moved" in outcome.why
    assert entry.outcome is OutcomeKind.UNMOVED


async def test_an_answer_that_another_server_may_drop_is_confirmed(tmp_path: Path) -> None:
    """`langgraph dev` lists the question still, and drops it with the answer."""
    config = tmp_path / "langgraph.json"
    config.write_text('{"dependencies": ["."], "graphs": {"asking": "./graphs.py:asking"}}')
    (tmp_path / "graphs.py").write_text(HEAD + BEFORE)
    with langgraph_dev(tmp_path, config) as served:
        async with desk_of(served, tmp_path) as desk:
            (graph,) = await desk.graphs()
            started = await desk.start(graph, {}, lambda _: None)
    (tmp_path / "graphs.py").write_text(HEAD + RENAMED)
    with langgraph_dev(tmp_path, config) as served:
        async with desk_of(served, tmp_path) as desk:
            question = await item_of(desk, started.thread_id)
            assert isinstance(question, Question)
            (caution,) = desk.reviews.cautions(question, Revise("late"))
            assert "gone from the code, and an answer would be lost" in caution
            (item,) = [
                each for each in (await desk.inbox()).items if each.thread_id == started.thread_id
            ]
            assert item.remark == caution
