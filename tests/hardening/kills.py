"""Kills the server at random moments, and checks what its clients have received until then.

Clients start, answer, edit, cancel and delete on their own threads until the server is killed. Each
records what it received in a `Story`. After the next start, every story must still be true.
"""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.json_values import Json
from tests.server.processes import PROJECT, ROOT, Served, start_server

TARGET = PROJECT / "langgraph.json"
GRAPH = "gated_effect"
CLIENTS = 6
LONGEST_LIFE = 0.8
"""Seconds of work after which the server is killed, at the latest."""
ENDED = {"success", "error", "interrupted"}


@dataclass(slots=True)
class Story:
    """What one client did on one thread, and what it received."""

    thread_id: str
    trace: Path
    """File to which the graph adds a line for every answer that takes effect."""
    created: bool = False
    waits: str | None = None
    """The interrupt that the client received, unless it did something that may end it."""
    asked: str | None = None
    """The first interrupt that the client received."""
    sent: list[str] = field(default_factory=list)
    """Answers that the client sent, each once."""
    applied: list[str] = field(default_factory=list)
    """Answers that the client saw in the state."""
    runs: list[str] = field(default_factory=list)
    """Runs that the client received and has not deleted."""
    touched: bool = False
    """Whether the client sent another request that changes the state."""

    @property
    def path(self) -> str:
        return f"/threads/{self.thread_id}"


class Client:
    """One client of the server, with its own random choices."""

    def __init__(self, http: httpx.AsyncClient, folder: Path, chance: random.Random) -> None:
        self._http = http
        self._folder = folder
        self._chance = chance
        self.stories: list[Story] = []

    async def work(self) -> None:
        """Begin one story after the other, until the server is killed."""
        endings: list[Callable[[Story], Awaitable[None]]] = [
            self._answer,
            self._answer,
            self._answer_and_delete,
            self._answer_and_cancel,
            self._edit,
        ]
        try:
            while True:
                story = Story(str(uuid4()), self._folder / uuid4().hex)
                self.stories.append(story)
                await self._begin(story)
                await self._chance.choice(endings)(story)
        except httpx.TransportError:
            pass

    async def _begin(self, story: Story) -> None:
        await self._post("/threads", {"thread_id": story.thread_id})
        story.created = True
        given = {"trace": str(story.trace), "seconds": 0.02}
        told = await self._post(f"{story.path}/runs/wait", {"assistant_id": GRAPH, "input": given})
        story.asked = story.waits = told["__interrupt__"][0]["id"]

    async def _answer(self, story: Story) -> None:
        run = await self._send(story)
        told = await self._get(f"{story.path}/runs/{run}/join")
        assert told["said"] == story.sent, told
        story.applied += story.sent

    async def _answer_and_delete(self, story: Story) -> None:
        await self._answer(story)
        story.applied.clear()
        story.touched = True
        story.runs.clear()
        for run in await self._get(f"{story.path}/runs"):
            reply = await self._http.delete(f"{story.path}/runs/{run['run_id']}")
            assert reply.status_code == 204, reply.text

    async def _answer_and_cancel(self, story: Story) -> None:
        run = await self._send(story)
        await asyncio.sleep(self._chance.uniform(0, 0.04))
        story.touched = True
        action = self._chance.choice(["interrupt", "rollback"])
        if action == "rollback":
            story.runs.clear()
        path = f"{story.path}/runs/{run}/cancel?wait=true&action={action}"
        reply = await self._http.post(path)
        assert reply.status_code in (200, 404), reply.text

    async def _edit(self, story: Story) -> None:
        story.waits, story.touched = None, True
        await self._post(f"{story.path}/state", {"values": {"said": ["edited"]}})

    async def _send(self, story: Story) -> str:
        """Send a new answer; return the run."""
        answer = uuid4().hex
        story.sent.append(answer)
        command = {"resume": {story.asked: answer}}
        story.waits = None
        run = await self._post(f"{story.path}/runs", {"assistant_id": GRAPH, "command": command})
        story.runs.append(run["run_id"])
        return str(run["run_id"])

    async def _post(self, path: str, body: Json) -> Any:
        reply = await self._http.post(path, json=body)
        assert reply.status_code == 200, f"POST {path}: {reply.status_code} {reply.text}"
        return reply.json()

    async def _get(self, path: str) -> Any:
        reply = await self._http.get(path)
        assert reply.status_code == 200, f"GET {path}: {reply.status_code} {reply.text}"
        return reply.json()


async def kill_in_a_loop(folder: Path, seed: int, count: int) -> str:
    """Kill the server `count` times; return a summary. Raises `AssertionError`."""
    chance = random.Random(seed)
    data, stories = folder / "data", list[Story]()
    died = finished = 0
    for number in range(count):
        served = start_server(TARGET, data)
        try:
            stories += await _until_killed(served, folder, chance)
        finally:
            served.kill()
            os.close(served.parent_pipe)
        if chance.random() < 0.2:
            _die_while_starting(data, chance.uniform(0.2, 1.2))
        again = start_server(TARGET, data)
        try:
            async with again.client() as http, asyncio.timeout(60):
                try:
                    died += await _check(http, stories)
                    finished += await _finish(http, stories)
                except AssertionError as error:
                    raise AssertionError(f"seed {seed}, kill {number}: {error}") from None
        finally:
            again.stop()
        stories.clear()
    return f"{count} kills, {finished} threads brought to their end, {died} runs that died"


async def _until_killed(served: Served, folder: Path, chance: random.Random) -> list[Story]:
    async with served.client() as http:
        clients = [Client(http, folder, random.Random(chance.random())) for _ in range(CLIENTS)]
        work = asyncio.gather(*(client.work() for client in clients))
        await asyncio.sleep(chance.uniform(0.02, LONGEST_LIFE))
        served.kill()
        await work
    return [story for client in clients for story in client.stories]


def _die_while_starting(data: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "hitl_server", str(TARGET), "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


async def _check(http: httpx.AsyncClient, stories: list[Story]) -> int:
    """Check every story; return how many runs are listed as `EngineDied`."""
    busy = (await http.post("/threads/count", json={"status": "busy"})).json()
    assert busy == 0, f"{busy} threads are busy though nothing runs"
    return sum([await _holds(http, story) for story in stories])


async def _holds(http: httpx.AsyncClient, story: Story) -> int:
    reply = await http.get(story.path)
    if reply.status_code == 404:
        assert not story.created, f"lost: {story}"
        return 0
    row, state = reply.json(), (await http.get(f"{story.path}/state")).json()
    about = f"{story}\nrow: {row}\nstate: {state}"
    _same(row, state, about)
    said = (state["values"] or {}).get("said", [])
    waiting = [interrupt["id"] for interrupt in state["interrupts"]]
    if story.waits:
        assert waiting == [story.waits], f"a question is lost: {about}"
    assert set(story.applied) <= set(said), f"an answer is lost: {about}"
    if story.sent and not story.touched:
        assert said == story.sent or waiting == [story.asked], f"neither done nor to do: {about}"
    lines = story.trace.read_text().splitlines() if story.trace.exists() else []
    assert len(lines) == len(set(lines)), f"a node ran again by itself: {about}"
    assert set(story.applied) <= set(lines), f"an answer without an effect: {about}"
    runs = (await http.get(f"{story.path}/runs?limit=100")).json()
    _have_ended(runs, story, said, f"{runs}\n{about}")
    return sum(run["status"] == "error" for run in runs)


def _same(row: Json, state: Json, about: str) -> None:
    """Check that the row equals the state."""
    for name in ("next", "checkpoint_id"):
        assert row[name] == state[name], f"row and state differ in {name}: {about}"
    assert (row["values"] or {}) == (state["values"] or {}), f"values differ: {about}"
    asked = [one["id"] for task in row["interrupts"].values() for one in task]
    assert asked == [one["id"] for one in state["interrupts"]], f"interrupts differ: {about}"
    if asked:
        assert row["status"] == "interrupted", about
    elif state["next"]:
        assert row["status"] in ("interrupted", "error"), about
    else:
        assert row["status"] == ("error" if row["error"] else "idle"), about


def _have_ended(runs: list[Json], story: Story, said: list[str], about: str) -> None:
    """Check the runs: none is under way or lost; failed ones died; the others have their effect."""
    statuses = {run["run_id"]: run["status"] for run in runs}
    assert set(statuses.values()) <= ENDED, f"a run that never ends: {about}"
    assert set(story.runs) <= set(statuses), f"a run is lost: {about}"
    failed = {run["error"]["error"] for run in runs if run["status"] == "error"}
    assert failed <= {"EngineDied"}, f"an error that nobody made: {about}"
    if story.runs and not story.touched and statuses[story.runs[-1]] == "success":
        assert said == story.sent, f"a success without an effect: {about}"


async def _finish(http: httpx.AsyncClient, stories: list[Story]) -> int:
    """Finish every thread; return how many there were."""
    begun = [story for story in stories if (await http.get(story.path)).status_code == 200]
    for story in begun:
        for _ in range(4):
            state = (await http.get(f"{story.path}/state")).json()
            if not state["next"] and story.trace.exists():  # without a trace, no node ran
                break
            await _step(http, story, state)
        else:
            raise AssertionError(f"does not come to its end: {story} {state}")
    return len(begun)


async def _step(http: httpx.AsyncClient, story: Story, state: Json) -> None:
    body: Json = {"assistant_id": GRAPH, "input": None}
    if state["interrupts"]:
        body["command"] = {"resume": {state["interrupts"][0]["id"]: uuid4().hex}}
    elif not state["next"]:
        body["input"] = {"trace": str(story.trace), "seconds": 0}
    reply = await http.post(f"{story.path}/runs/wait", json=body)
    assert reply.status_code == 200 and "__error__" not in reply.json(), reply.text
