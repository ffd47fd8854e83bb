"""Kills the server at random moments, and checks that it lost nothing that clients received.

Clients start, answer, edit, cancel and delete on their own threads until the server is killed. Each
keeps what it received in a `ThreadRecord`. After the next start, the server must match every record.
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
LONGEST_WORK = 0.8
"""Seconds of work after which the server is killed, at the latest."""
ENDED = {"success", "error", "interrupted"}


@dataclass(slots=True)
class ThreadRecord:
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
        self.records: list[ThreadRecord] = []

    async def work(self) -> None:
        """Use one thread after another, until the server is killed."""
        endings: list[Callable[[ThreadRecord], Awaitable[None]]] = [
            self._answer,
            self._answer,
            self._answer_and_delete,
            self._answer_and_cancel,
            self._edit,
        ]
        try:
            while True:
                record = ThreadRecord(str(uuid4()), self._folder / uuid4().hex)
                self.records.append(record)
                await self._begin(record)
                await self._chance.choice(endings)(record)
        except httpx.TransportError:
            pass

    async def _begin(self, record: ThreadRecord) -> None:
        await self._post("/threads", {"thread_id": record.thread_id})
        record.created = True
        given = {"trace": str(record.trace), "seconds": 0.02}
        result = await self._post(
            f"{record.path}/runs/wait", {"assistant_id": GRAPH, "input": given}
        )
        record.asked = record.waits = result["__interrupt__"][0]["id"]

    async def _answer(self, record: ThreadRecord) -> None:
        run = await self._send(record)
        result = await self._get(f"{record.path}/runs/{run}/join")
        assert result["said"] == record.sent, result
        record.applied += record.sent

    async def _answer_and_delete(self, record: ThreadRecord) -> None:
        await self._answer(record)
        record.applied.clear()
        record.touched = True
        record.runs.clear()
        for run in await self._get(f"{record.path}/runs"):
            reply = await self._http.delete(f"{record.path}/runs/{run['run_id']}")
            assert reply.status_code == 204, reply.text

    async def _answer_and_cancel(self, record: ThreadRecord) -> None:
        run = await self._send(record)
        await asyncio.sleep(self._chance.uniform(0, 0.04))
        record.touched = True
        action = self._chance.choice(["interrupt", "rollback"])
        if action == "rollback":
            record.runs.clear()
        path = f"{record.path}/runs/{run}/cancel?wait=true&action={action}"
        reply = await self._http.post(path)
        assert reply.status_code in (200, 404), reply.text

    async def _edit(self, record: ThreadRecord) -> None:
        record.waits, record.touched = None, True
        await self._post(f"{record.path}/state", {"values": {"said": ["edited"]}})

    async def _send(self, record: ThreadRecord) -> str:
        """Send a new answer; return the run."""
        answer = uuid4().hex
        record.sent.append(answer)
        command = {"resume": {record.asked: answer}}
        record.waits = None
        run = await self._post(f"{record.path}/runs", {"assistant_id": GRAPH, "command": command})
        record.runs.append(run["run_id"])
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
    data, records = folder / "data", list[ThreadRecord]()
    died = finished = 0
    for number in range(count):
        served = start_server(TARGET, data)
        try:
            records += await _until_killed(served, folder, chance)
        finally:
            served.kill()
            os.close(served.parent_pipe)
        if chance.random() < 0.2:
            _kill_while_starting(data, chance.uniform(0.2, 1.2))
        again = start_server(TARGET, data)
        try:
            async with again.client() as http, asyncio.timeout(60):
                try:
                    died += await _check(http, records)
                    finished += await _finish(http, records)
                except AssertionError as error:
                    raise AssertionError(f"seed {seed}, kill {number}: {error}") from None
        finally:
            again.stop()
        records.clear()
    return f"{count} kills, {finished} threads finished, {died} runs ended by a kill"


async def _until_killed(served: Served, folder: Path, chance: random.Random) -> list[ThreadRecord]:
    async with served.client() as http:
        clients = [Client(http, folder, random.Random(chance.random())) for _ in range(CLIENTS)]
        work = asyncio.gather(*(client.work() for client in clients))
        await asyncio.sleep(chance.uniform(0.02, LONGEST_WORK))
        served.kill()
        await work
    return [record for client in clients for record in client.records]


def _kill_while_starting(data: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "hitl_server", str(TARGET), "--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


async def _check(http: httpx.AsyncClient, records: list[ThreadRecord]) -> int:
    """Check every thread; return how many runs are listed as `EngineDied`."""
    busy = (await http.post("/threads/count", json={"status": "busy"})).json()
    assert busy == 0, f"{busy} threads are busy although nothing runs"
    return sum([await _check_thread(http, record) for record in records])


async def _check_thread(http: httpx.AsyncClient, record: ThreadRecord) -> int:
    reply = await http.get(record.path)
    if reply.status_code == 404:
        assert not record.created, f"lost: {record}"
        return 0
    row, state = reply.json(), (await http.get(f"{record.path}/state")).json()
    about = f"{record}\nrow: {row}\nstate: {state}"
    _check_row(row, state, about)
    said = (state["values"] or {}).get("said", [])
    waiting = [interrupt["id"] for interrupt in state["interrupts"]]
    if record.waits:
        assert waiting == [record.waits], f"a question is lost: {about}"
    assert set(record.applied) <= set(said), f"an answer is lost: {about}"
    if record.sent and not record.touched:
        assert said == record.sent or waiting == [record.asked], (
            f"the answer has no effect, and the question is gone: {about}"
        )
    lines = record.trace.read_text().splitlines() if record.trace.exists() else []
    assert len(lines) == len(set(lines)), f"a node ran again by itself: {about}"
    assert set(record.applied) <= set(lines), f"an answer without an effect: {about}"
    runs = (await http.get(f"{record.path}/runs?limit=100")).json()
    _check_runs(runs, record, said, f"{runs}\n{about}")
    return sum(run["status"] == "error" for run in runs)


def _check_row(row: Json, state: Json, about: str) -> None:
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


def _check_runs(runs: list[Json], record: ThreadRecord, said: list[str], about: str) -> None:
    """Check the runs: none is in progress or lost, none failed by itself, all others had an effect."""
    statuses = {run["run_id"]: run["status"] for run in runs}
    assert set(statuses.values()) <= ENDED, f"a run that never ends: {about}"
    assert set(record.runs) <= set(statuses), f"a run is lost: {about}"
    failed = {run["error"]["error"] for run in runs if run["status"] == "error"}
    assert failed <= {"EngineDied"}, f"an unexpected error: {about}"
    if record.runs and not record.touched and statuses[record.runs[-1]] == "success":
        assert said == record.sent, f"a success without an effect: {about}"


async def _finish(http: httpx.AsyncClient, records: list[ThreadRecord]) -> int:
    """Finish every thread; return how many there were."""
    begun = [record for record in records if (await http.get(record.path)).status_code == 200]
    for record in begun:
        for _ in range(4):
            state = (await http.get(f"{record.path}/state")).json()
            if not state["next"] and record.trace.exists():  # without a trace, no node ran
                break
            await _step(http, record, state)
        else:
            raise AssertionError(f"does not end: {record} {state}")
    return len(begun)


async def _step(http: httpx.AsyncClient, record: ThreadRecord, state: Json) -> None:
    body: Json = {"assistant_id": GRAPH, "input": None}
    if state["interrupts"]:
        body["command"] = {"resume": {state["interrupts"][0]["id"]: uuid4().hex}}
    elif not state["next"]:
        body["input"] = {"trace": str(record.trace), "seconds": 0}
    reply = await http.post(f"{record.path}/runs/wait", json=body)
    assert reply.status_code == 200 and "__error__" not in reply.json(), reply.text
