"""Stories: what was done on a thread is saved, and replayed to see where the graph does otherwise."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_engine.debugging.normal_values import normal
from hitl_engine.debugging.story_file import story_document, story_of
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Answer,
    Answered,
    Breakpoint,
    Breakpoints,
    GivenAnswer,
    JsonObject,
    JsonValue,
    Progress,
    Replacement,
    Replay,
    Started,
    Story,
    WentOn,
    Wrote,
)
from tests.server.processes import Served

GRAPH = """
import uuid
from datetime import datetime, timezone
from operator import add
from typing import Annotated, TypedDict
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send, interrupt

class State(TypedDict, total=False):
    text: str
    log: Annotated[list[str], add]
    made: dict

def load(state: State) -> State:
    now = datetime.now(timezone.utc).isoformat()
    return {"log": ["load"], "made": {"id": str(uuid.uuid4()), "at": now}}

def ask(state: State) -> State:
    first = interrupt({"question": "First?", "text": state.get("text", "")})
    second = interrupt("Second?")
    return {"log": [f"ask {first} {second}"]}

def check(state: State) -> State:
    return {"log": [f"check {interrupt('Is it right?')}"]}

def finish(state: State) -> State:
    return {"log": ["LIMIT"], "text": state.get("text", "").upper()}

builder = StateGraph(State)
for node in (load, ask, check, finish):
    builder.add_node(node)
builder.add_edge(START, "load")
builder.add_edge("load", "ask")
builder.add_edge("load", "check")
builder.add_edge(["ask", "check"], "finish")
graph = builder.compile(interrupt_before=["finish"])
"""


EMPTY: JsonObject = {
    "hitl_story": 1,
    "graph": "told",
    "thread_id": "t",
    "server": "s",
    "saved_at": "2026-01-01T00:00:00+00:00",
}


def ignore(_: Progress) -> None:
    """The events of runs are not looked at."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a project's graph."""
    folder = tmp_path_factory.mktemp("stories")
    (folder / "langgraph.json").write_text(json.dumps({"graphs": {"told": "./told.py:graph"}}))
    (folder / "told.py").write_text(GRAPH)
    return folder / "told.py"


@pytest.fixture
async def desk(file: Path) -> AsyncIterator[Desk]:
    """The desk of that project."""
    config = str(file.parent / "langgraph.json")
    async with open_desk(config, data_dir=file.parent / "data") as opened:
        yield opened


async def replayed(desk: Desk, story: Story, *ignored: str) -> Replay:
    [graph] = await desk.graphs()
    return await desk.stories.replay(story, graph, ignore, ignored=ignored)


async def played(desk: Desk, seed: int) -> str:
    """Do something on a new thread, by chance, until nothing waits; return the thread."""
    chance = random.Random(seed)
    [graph] = await desk.graphs()
    stops = chance.choice([NO_BREAKPOINTS, Breakpoints(before=("ask",)), Breakpoints(after=("*",))])
    started = await desk.start(graph, {"text": f"text {seed}"}, ignore, breakpoints=stops)
    thread_id = started.thread_id
    for number in range(30):
        waiting = (await desk.thread(thread_id)).waiting
        if not waiting:
            break
        item = chance.choice(waiting)
        if isinstance(item, Breakpoint):
            if chance.random() < 0.4:
                made: JsonValue = {"number": number}
                edit = await desk.states.plan(thread_id, [Replacement(("made",), made)])
                await desk.states.write(edit)
                continue
            await desk.step(item, ignore)
        else:
            await desk.decide(desk.reviews.question(item), Answer(f"answer {number}"), ignore)
    return thread_id


async def test_a_story_of_an_unchanged_graph_does_not_differ(desk: Desk) -> None:
    for seed in range(6):
        thread_id = await played(desk, seed)
        story = await desk.stories.of(thread_id)
        assert story_of(json.dumps(story_document(story))) == story
        replay = await replayed(desk, story)
        assert (replay.steps, replay.differences) == (len(story.steps), ()), f"seed {seed}"
        again = await desk.thread(replay.thread_id)
        assert normal(again.values) == normal((await desk.thread(thread_id)).values)


async def test_what_a_story_holds(desk: Desk) -> None:
    [graph] = await desk.graphs()
    thread_id = (await desk.start(graph, {"text": "a"}, ignore)).thread_id
    for answer in ("one", "two", "three"):
        item = (await desk.thread(thread_id)).waiting[0]
        assert not isinstance(item, Breakpoint)
        await desk.decide(desk.reviews.question(item), Answer(answer), ignore)
    edit = await desk.states.plan(thread_id, [Replacement(("text",), "b")])
    await desk.states.write(edit)
    stop = (await desk.thread(thread_id)).stop
    assert stop is not None
    await desk.step(stop, ignore)
    story = await desk.stories.of(thread_id)
    acts = [step.act for step in story.steps]
    assert acts[0] == Started({"text": "a"}, Breakpoints(before=("finish",)))
    given = [each for act in acts if isinstance(act, Answered) for each in act.answers]
    assert sorted((each.node, each.value) for each in given) == [
        ("ask", "one"),
        ("ask", "two"),
        ("check", "three"),
    ]
    assert [type(act) for act in acts[-2:]] == [Wrote, WentOn]
    assert isinstance(acts[-2], Wrote) and acts[-2].values == {"text": "b"}
    last = story.steps[-1].after
    assert last is not None and last["values"]["text"] == "B"  # type: ignore[index,call-overload]


async def test_a_changed_graph_differs_where_it_does_otherwise(desk: Desk, file: Path) -> None:
    [graph] = await desk.graphs()
    asked = (await desk.start(graph, {}, ignore)).thread_id
    stories = [await desk.stories.of(thread) for thread in (asked, await played(desk, 1))]
    file.write_text(GRAPH.replace("LIMIT", "LIMIT 2").replace("Is it right?", "Is it fine?"))
    try:
        await desk.take_up_code()
        for story, different in zip(stories, ("Is it fine?", "LIMIT 2"), strict=True):
            replay = await replayed(desk, story)
            assert replay.steps == len(story.steps)
            changes = [change for each in replay.differences for change in each.changes]
            assert {change.after for change in changes} == {different}
            ignored = ("$.waiting[*].payload", "$.values.log")
            assert not (await replayed(desk, story, *ignored)).differences
    finally:
        file.write_text(GRAPH)
        await desk.take_up_code()


async def test_a_question_that_is_not_asked_any_more_ends_the_replay(desk: Desk) -> None:
    story = await desk.stories.of(await played(desk, 0))
    gone = Answered((GivenAnswer("nobody", 0, "yes"),))
    steps = (
        replace(step, act=gone) if isinstance(step.act, Answered) else step for step in story.steps
    )
    replay = await replayed(desk, replace(story, steps=tuple(steps)))
    [*_, last] = replay.differences
    assert "nobody does not ask its question" in last.problem
    assert replay.steps < len(story.steps)


async def test_a_remote_server_replays_nothing(
    desk: Desk, local_server: Served, tmp_path: Path
) -> None:
    story = await desk.stories.of(await played(desk, 0))
    [graph] = await desk.graphs()
    async with open_desk(
        local_server.url, data_dir=tmp_path, headers=local_server.headers
    ) as remote:
        with pytest.raises(BadInput, match="local graphs only"):
            await remote.stories.replay(story, graph, ignore)


@pytest.mark.parametrize(
    "text, why",
    [
        ("{", "not JSON"),
        ("[]", "hitl_story"),
        ('{"hitl_story": 2}', "is 2, not 1"),
        ('{"hitl_story": 1}', "KeyError"),
        (json.dumps({**EMPTY, "steps": [{"act": "fly"}]}), "no act that is known"),
    ],
)
def test_what_is_no_story_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        story_of(text)


def test_ids_and_times_become_marks() -> None:
    one, two = "8f7c1a52-3f3e-4d0e-9d6f-0b7a1c2d3e4f", "8F7C1A52-0000-4d0e-9d6f-0b7a1c2d3e4f"
    value: JsonValue = {"b": [one, f"run-{two}", one], "a": "2026-11-29T12:00:00.5+00:00", "n": 1}
    assert normal(value) == {"a": "‹time›", "b": ["‹id 1›", "run-‹id 2›", "‹id 1›"], "n": 1}
