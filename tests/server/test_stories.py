"""Stories: what was done on a thread is saved, and replayed to see where the graph does otherwise."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hitl_engine.debugging.normal_values import normal
from hitl_engine.debugging.story_file import story_document, story_of
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import BadInput, NotTaken
from hitl_engine.model import (
    NO_BREAKPOINTS,
    Answer,
    Answered,
    Breakpoint,
    Breakpoints,
    Commanded,
    Copied,
    GivenAnswer,
    Graph,
    Interrupt,
    Progress,
    Replacement,
    Replay,
    Started,
    StepGoal,
    Story,
    StoryPlace,
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

def think(state: State) -> State:
    return {"log": [f"think {len(state.get('log', []))}"]}

def act(state: State) -> State:
    answer = interrupt("Act?")
    if answer == "BAD":
        raise ValueError(answer)
    return {"log": [f"act {answer}"]}

looping = StateGraph(State)
looping.add_node(think)
looping.add_node(act)
looping.add_edge(START, "think")
looping.add_conditional_edges(
    "think", lambda state: "act" if len(state["log"]) < 4 else END, ["act", END]
)
looping.add_edge("act", "think")
looping = looping.compile()

def check_text(state: State) -> State:
    if "number" not in state.get("made", {}):
        raise ValueError("nothing was made")
    return {"log": ["checked"]}

failing = StateGraph(State)
failing.add_node(think)
failing.add_node(check_text)
failing.add_edge(START, "think")
failing.add_edge("think", "check_text")
failing = failing.compile()
"""
GRAPHS = {
    "told": "./told.py:graph",
    "looping": "./told.py:looping",
    "failing": "./told.py:failing",
}
BAD = "BAD"
SEEDS = 6
"""Threads that are played by chance on each graph."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


def ignore(_: Progress) -> None:
    """The events of runs are not looked at."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a project's graph."""
    folder = tmp_path_factory.mktemp("stories")
    (folder / "langgraph.json").write_text(json.dumps({"graphs": GRAPHS}))
    (folder / "told.py").write_text(GRAPH)
    return folder / "told.py"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(file: Path) -> AsyncIterator[Desk]:
    """The desk of that project."""
    config = str(file.parent / "langgraph.json")
    async with open_desk(config, data_dir=file.parent / "data") as opened:
        yield opened


async def replayed(desk: Desk, story: Story, *ignored: str) -> Replay:
    graphs = {graph.graph_id: graph for graph in await desk.graphs()}
    return await desk.stories.replay(story, graphs[story.graph_id], ignore, ignored=ignored)


async def told(desk: Desk) -> Graph:
    return next(graph for graph in await desk.graphs() if graph.graph_id == "told")


class Player:
    """Does on a new thread what a person or a client may do, by chance."""

    def __init__(self, desk: Desk, graph_id: str, seed: int) -> None:
        self.desk = desk
        self.graph_id = graph_id
        self.chance = random.Random(seed)
        self.thread_id = ""

    async def play(self) -> str:
        """Start a run, and go on until nothing waits; return the thread."""
        graphs = {graph.graph_id: graph for graph in await self.desk.graphs()}
        stops = self.chance.choice([NO_BREAKPOINTS, Breakpoints(after=("*",))])
        started = await self.desk.start(
            graphs[self.graph_id], {"text": "a text"}, ignore, breakpoints=stops
        )
        self.thread_id = started.thread_id
        for number in range(8):
            if not await self._act(number):
                break
        return self.thread_id

    async def _act(self, number: int) -> bool:
        """Do something; return whether anything can follow."""
        view = await self.desk.thread(self.thread_id)
        kinds = [self._write, self._fork, self._again]
        if view.waiting:
            kinds += [self._go_on] * 3
            kinds += [self._skip] if view.next else []
            kinds += [self._command] if isinstance(view.waiting[0], Breakpoint) else []
            kinds += [self._reopen] if isinstance(view.waiting[0], Interrupt) else []
        elif self.chance.random() < 0.5:
            return False
        await self.chance.choice(kinds)(number)
        return True

    async def _go_on(self, number: int) -> None:
        item = self.chance.choice((await self.desk.thread(self.thread_id)).waiting)
        if isinstance(item, Breakpoint):
            await self.desk.step(item, ignore)
        else:
            answer = Answer(self.chance.choice([f"answer {number}", BAD]))
            await self.desk.decide(self.desk.reviews.question(item), answer, ignore)

    async def _write(self, number: int, as_node: str = "", checkpoint_id: str = "") -> None:
        edit = await self.desk.states.plan(
            self.thread_id,
            [Replacement(("made",), {"number": number})],
            as_node=as_node,
            checkpoint_id=checkpoint_id,
        )
        await self.desk.states.write(edit)

    async def _skip(self, number: int) -> None:
        following = (await self.desk.thread(self.thread_id)).next
        await self._write(number, self.chance.choice(following))

    async def _checkpoint(self) -> str:
        page = await self.desk.history.page(self.thread_id)
        older = [each for each in page.checkpoints if each.next and "__start__" not in each.next]
        return self.chance.choice(older).checkpoint_id

    async def _fork(self, number: int) -> None:
        await self._write(number, checkpoint_id=await self._checkpoint())

    async def _again(self, _: int) -> None:
        rerun = await self.desk.reruns.plan_again(self.thread_id, await self._checkpoint())
        await self.desk.reruns.run(rerun, ignore)

    async def _command(self, number: int) -> None:
        node = self.chance.choice((await self.desk.thread(self.thread_id)).next)
        rerun = await self.desk.reruns.plan_goto(self.thread_id, node)
        await self.desk.reruns.run(rerun, ignore)

    async def _reopen(self, _: int) -> None:
        item = (await self.desk.thread(self.thread_id)).waiting[0]
        assert isinstance(item, Interrupt)
        with suppress(NotTaken):  # another question of its step was answered
            await self.desk.reopen(item, ignore)


async def played(desk: Desk, seed: int, graph_id: str = "told") -> str:
    return await Player(desk, graph_id, seed).play()


async def answered(desk: Desk) -> str:
    """Answer all questions of a new thread, and step past its breakpoint; return the thread."""
    thread_id = (await desk.start(await told(desk), {"text": "a"}, ignore)).thread_id
    for answer in ("one", "two", "three"):
        item = (await desk.thread(thread_id)).waiting[0]
        assert isinstance(item, Interrupt)
        await desk.decide(desk.reviews.question(item), Answer(answer), ignore)
    stop = (await desk.thread(thread_id)).stop
    assert stop is not None
    await desk.step(stop, ignore)
    return thread_id


async def check_story(desk: Desk, thread_id: str) -> Story:
    """Check that the story of a thread can be kept in a file, and that its replay does not differ."""
    story = await desk.stories.of(thread_id)
    assert story_of(json.dumps(story_document(story))) == story
    replay = await replayed(desk, story)
    assert (replay.steps, replay.differences) == (len(story.steps), ()), story
    again = await desk.thread(replay.thread_id)
    assert normal(again.values) == normal((await desk.thread(thread_id)).values)
    return story


@pytest.mark.hardening
@pytest.mark.parametrize("graph_id", sorted(GRAPHS))
async def test_a_story_of_an_unchanged_graph_does_not_differ(desk: Desk, graph_id: str) -> None:
    for seed in range(SEEDS):
        await check_story(desk, await played(desk, seed, graph_id))


async def test_a_story_tells_of_an_answer_that_failed_and_was_forgotten(desk: Desk) -> None:
    graph = next(graph for graph in await desk.graphs() if graph.graph_id == "looping")
    thread_id = (await desk.start(graph, {}, ignore)).thread_id
    for answer in (BAD, "good"):
        item = (await desk.thread(thread_id)).waiting[0]
        assert isinstance(item, Interrupt)
        if item.task_error:
            await desk.reopen(item, ignore)
            item = (await desk.thread(thread_id)).waiting[0]
            assert isinstance(item, Interrupt)
        await desk.decide(desk.reviews.question(item), Answer(answer), ignore)
    story = await check_story(desk, thread_id)
    acts = [type(step.act) for step in story.steps]
    assert acts == [Started, Answered, Copied, WentOn, Answered]


async def test_a_story_tells_of_commands_and_branches(desk: Desk) -> None:
    """A write as a node that did not run, a branch from an older checkpoint, a command."""
    thread_id = await answered(desk)
    page = await desk.history.page(thread_id)
    asking = next(each for each in page.checkpoints if each.asked)
    edit = await desk.states.plan(
        thread_id,
        [Replacement(("text",), "b")],
        as_node="load",
        checkpoint_id=asking.checkpoint_id,
    )
    await desk.states.write(edit)
    story = await check_story(desk, thread_id)
    assert story.steps[-1].act == Wrote({"text": "b"}, "load")
    acts = [type(step.act) for step in story.steps]
    assert acts == [Started, Answered, Answered, Wrote], "the third answer left this branch"

    first = next(each for each in page.checkpoints if each.next == ("load",))
    rerun = await desk.reruns.plan_again(thread_id, first.checkpoint_id)
    await desk.reruns.run(rerun, ignore)
    for node in ("check", "ask"):
        await desk.states.write(await desk.states.plan(thread_id, [], as_node=node))
    rerun = await desk.reruns.plan_goto(thread_id, "finish")
    await desk.reruns.run(rerun, ignore)
    story = await check_story(desk, thread_id)
    told_acts = [step.act for step in story.steps]
    assert [type(act) for act in told_acts] == [Started, WentOn, Wrote, Wrote, Commanded]
    assert told_acts[-1] == Commanded("finish", None, breakpoints=Breakpoints(before=("finish",)))
    assert [step.begins_at for step in story.steps] == [None, StoryPlace(1, 1), *[None] * 3]


async def test_a_story_tells_of_breakpoints_for_one_step(desk: Desk) -> None:
    graph = next(graph for graph in await desk.graphs() if graph.graph_id == "looping")
    before = Breakpoints(before=("think",))
    thread_id = (await desk.start(graph, {}, ignore, breakpoints=before)).thread_id
    view = await desk.thread(thread_id)
    await desk.stepping.run_on(view, StepGoal(node="act"), ignore)
    story = await check_story(desk, thread_id)
    assert story.steps[-1].act == WentOn(Breakpoints(before=("think", "act")))


async def test_what_a_story_holds(desk: Desk) -> None:
    graph = await told(desk)
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
    graph = await told(desk)
    asked = (await desk.start(graph, {}, ignore)).thread_id
    stories = [await desk.stories.of(thread) for thread in (asked, await answered(desk))]
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
    story = await desk.stories.of(await answered(desk))
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
    story = await desk.stories.of(await answered(desk))
    graph = await told(desk)
    async with open_desk(
        local_server.url, data_dir=tmp_path, headers=local_server.headers
    ) as remote:
        with pytest.raises(BadInput, match="local graphs only"):
            await remote.stories.replay(story, graph, ignore)
