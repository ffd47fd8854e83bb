"""Many clients of the event protocol at once, which follow the same threads and answer the same questions.

Half of them use SSE, and come back again and again; the others have one WebSocket.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tests.json_values import Json
from tests.server.processes import Served, common_project, running_server
from tests.server.test_event_protocol import (
    command,
    events_of,
    following,
    lifecycle,
    new_thread,
    questions,
    said,
    socket,
)

THREADS = 16
CLIENTS_OF_A_THREAD = 4
ROUNDS = 25
"""Runs of each thread that ask once."""
CHANNELS = ["values", "lifecycle", "input"]
EACH_ROUND = ["running", "interrupted", "running", "completed"]
TOO_LONG = 600
"""Seconds after which it fails."""

Send: TypeAlias = Callable[..., Awaitable[Json]]
"""Sends a command with its parameters; returns the reply."""


@dataclass(slots=True)
class Follower:
    """What one client got of its thread."""

    number: int
    frames: list[Json] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    """The questions for which its answer was taken."""

    @property
    def last(self) -> int:
        """The number of the newest event."""
        return int(self.frames[-1]["seq"]) if self.frames else 0

    @property
    def rounds(self) -> int:
        """How many runs it saw to their end."""
        return lifecycle(self.frames).count("completed")


async def follow_under_load(folder: Path, seed: int) -> str:
    """Let all clients follow and answer; return a summary.

    Raises `AssertionError` if a client got an event twice, not at all or out of order, or if a
    question was answered twice.
    """
    folder.joinpath("project").mkdir()
    config = common_project(folder / "project")
    with running_server(config, folder / "data") as served:
        clock = asyncio.get_running_loop()
        began = clock.time()
        async with asyncio.timeout(TOO_LONG), asyncio.TaskGroup() as threads:
            for number in range(THREADS):
                threads.create_task(
                    _thread(served, folder / f"trace {number}", random.Random(seed + number))
                )
        seconds = clock.time() - began
        log = (folder / "data" / "engine.log").read_text()
        assert not log, log
    clients, asked = THREADS * CLIENTS_OF_A_THREAD, THREADS * ROUNDS
    return f"{clients} clients, {asked} questions, {asked / seconds:.0f} answers a second"


async def _thread(served: Served, trace: Path, chance: random.Random) -> None:
    """Let the clients of one thread work, and check what each got."""
    thread_id = new_thread()
    followers = [Follower(number) for number in range(CLIENTS_OF_A_THREAD)]
    given = {"trace": str(trace), "seconds": 0}
    async with asyncio.TaskGroup() as clients:
        for follower in followers:
            use = _by_sse if follower.number % 2 else _by_socket
            clients.create_task(use(served, thread_id, follower, given, chance))
    first, *others = followers
    assert lifecycle(first.frames) == EACH_ROUND * ROUNDS, lifecycle(first.frames)
    numbers = [frame["seq"] for frame in first.frames]
    assert numbers == sorted(set(numbers))
    for other in others:
        assert other.frames == first.frames, (len(other.frames), len(first.frames))
    taken = Counter(each for follower in followers for each in follower.taken)
    assert taken == Counter([*questions(first.frames)]), taken
    assert len(taken) == len(trace.read_text().splitlines()) == ROUNDS
    async with served.client() as http:
        state = (await http.get(f"/threads/{thread_id}/state")).json()
    assert len(state["values"]["said"]) == ROUNDS


async def _by_sse(
    served: Served, thread_id: str, follower: Follower, given: Json, chance: random.Random
) -> None:
    """Follow with a request after the other, each from where the last one was left."""
    async with served.client() as http:

        async def send(method: str, **params: object) -> Json:
            return (await command(http, thread_id, method, **params))[1]

        while follower.rounds < ROUNDS:
            async with following(http, thread_id, CHANNELS, since=follower.last) as frames:
                for _ in range(chance.randrange(1, 30)):
                    await _take(follower, await frames.next(), send, given)
                    if follower.rounds == ROUNDS:
                        break


async def _by_socket(
    served: Served, thread_id: str, follower: Follower, given: Json, chance: random.Random
) -> None:
    """Follow and answer with one connection."""
    async with socket(served, thread_id, open_timeout=60) as connection:
        early: list[Json] = []

        async def send(method: str, **params: object) -> Json:
            reply, events = await said(connection, method, **params)
            early.extend(events)
            return reply

        await send("subscription.subscribe", channels=CHANNELS)
        if follower.number == 0:
            await _start(send, given)
        frames = events_of(connection)
        while follower.rounds < ROUNDS:
            frame = early.pop(0) if early else await frames.next()
            await _take(follower, frame, send, given)


async def _take(follower: Follower, frame: Json, send: Send, given: Json) -> None:
    """Note an event. Answer a question; whose answer was taken starts the next run."""
    follower.frames.append(frame)
    for interrupt_id in questions([frame]):
        answer = {"interrupt_id": interrupt_id, "response": f"of client {follower.number}"}
        reply = await send("input.respond", **answer)
        if reply["type"] == "success":
            follower.taken.append(interrupt_id)
        else:
            assert reply["error"] == "no_such_interrupt", reply
    ended = lifecycle([frame]) == ["completed"] and follower.rounds < ROUNDS
    if ended and follower.taken and follower.taken[-1] == [*questions(follower.frames)][-1]:
        await _start(send, given)


async def _start(send: Send, given: Json) -> None:
    reply = await send("run.start", assistant_id="gated_effect", input=given)
    assert reply["type"] == "success", reply
