"""Decisions over lines with faults: the outcome that is told is true, and nothing is sent twice.

After each, the server is asked directly what became of it.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import TargetError
from hitl_engine.model import Answer, JsonObject, OutcomeKind
from hitl_engine.selftest.figure import Figure
from tests.any_server.proxy import Exchange, Proxy, pass_on, proxy_of
from tests.any_server.steps import ignore, questions_of, start
from tests.figures.both_servers import on_both_servers
from tests.figures.faults import AWAY, FAULTS, Fault
from tests.server.processes import Served, copied_project

_AT_ONCE = 8
_SECONDS = 60.0
"""So long may it take until what a proxy still holds has arrived and no run is in progress."""
_STARTS_A_RUN = re.compile(r"POST \S+/runs(/stream|/wait)?$")


@dataclass(slots=True)
class _Counts:
    """What was tried, and what came of it."""

    labels: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    """Decisions that were sent more than once."""


def wrong_labels(folder: Path, count: int, seed: int) -> tuple[Figure, Figure]:
    """Decide as often as `count`, half of it on our server and half on `langgraph dev`."""
    counts = _Counts()

    async def work(server: Served, place: Path, half: int) -> None:
        await decide_over(server, place, half, seed, counts)

    on_both_servers(folder, copied_project, work, count)
    return figures_of(counts)


async def on(server: Served, folder: Path, count: int, seed: int) -> tuple[Figure, Figure]:
    """Decide as often as `count` on one server."""
    counts = _Counts()
    await decide_over(server, folder, count, seed, counts)
    return figures_of(counts)


def figures_of(counts: _Counts) -> tuple[Figure, Figure]:
    """Return how often a wrong outcome was told, and how often a decision was sent again."""
    tried = counts.labels.total()
    told = ", ".join(f"{number:,} {kind}" for kind, number in counts.labels.most_common())
    return (
        Figure(
            f"the outcome told after a fault ({len(FAULTS)} kinds) is true",
            tried,
            len(counts.wrong),
            next(iter(counts.wrong), ""),
            told,
        ),
        Figure("a decision is sent once", tried, len(counts.second), next(iter(counts.second), "")),
    )


async def decide_over(server: Served, folder: Path, count: int, seed: int, counts: _Counts) -> None:
    """Decide as often as `count`, a few at once; each fault happens equally often."""
    chance = random.Random(seed)
    faults = [FAULTS[number % len(FAULTS)] for number in range(count)]
    chance.shuffle(faults)
    shares = [faults[number::_AT_ONCE] for number in range(_AT_ONCE)]
    async with asyncio.TaskGroup() as group:
        for number, share in enumerate(shares):
            group.create_task(_decide_in_turn(server, folder / str(number), share, counts))


async def _decide_in_turn(
    server: Served, folder: Path, faults: Sequence[Fault], counts: _Counts
) -> None:
    folder.mkdir(parents=True)
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(proxy_of(server))
        http = await stack.enter_async_context(server.client())
        desk = await stack.enter_async_context(
            open_desk(proxy.served.url, data_dir=folder / "journal", headers=server.headers)
        )
        for fault in faults:
            trial = _Trial(fault, proxy, http, desk, folder / uuid4().hex)
            label = await trial.decide()
            counts.labels[label] += 1
            about = f"{server.name}, {fault.name}"
            if what := await trial.what_is_wrong(label):
                counts.wrong.append(f"{about}: {what}")
            if trial.sent > 1:
                counts.second.append(f"{about}: sent {trial.sent} times")


class _Trial:
    """One decision over a line with a fault."""

    def __init__(
        self, fault: Fault, proxy: Proxy, http: httpx.AsyncClient, desk: Desk, trace: Path
    ) -> None:
        self._fault = fault
        self._proxy = proxy
        self._http = http
        self._desk = desk
        self._trace = trace
        self._answer = trace.name
        self._struck = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._thread = ""
        self.sent = 0
        """How often the client sent it."""

    async def decide(self) -> str:
        """Return the outcome that is told; "refused" also for an error that tells so."""
        given: JsonObject = {"trace": str(self._trace), "seconds": 0.05}
        thread = await start(self._desk, "gated_effect", given)
        self._thread = thread.thread_id
        [question] = questions_of(self._desk, thread)
        self._proxy.requests.clear()
        self._proxy.runs.append(self._strike)
        try:
            found = await self._desk.decide(question, Answer(self._answer), ignore)
            label = found.kind.value
        except TargetError:
            label = OutcomeKind.REFUSED.value
        self._end()
        self.sent = sum(bool(_STARTS_A_RUN.match(each)) for each in self._proxy.requests)
        return label

    async def _strike(self, exchange: Exchange) -> None:
        self._proxy.others = self._fault.others
        self._timer = asyncio.get_running_loop().call_later(AWAY, self._end)
        try:
            await self._fault.run(exchange)
        finally:
            self._struck.set()

    def _end(self) -> None:
        """Let other requests pass again."""
        self._proxy.others = pass_on
        if self._timer is not None:
            self._timer.cancel()

    async def what_is_wrong(self, label: str) -> str:
        """Ask the server, and return in a few words what is not as it was told, or nothing."""
        said, waits = await self._state()
        lines = self._trace.read_text().split() if self._trace.exists() else []
        taken = said == lines == [self._answer] and not waits
        nothing = said == lines == [] and waits
        is_true = {
            "applied": taken,
            "refused": nothing,
            "unknown": (taken or nothing) and not self._fault.is_found,
        }[label]
        if is_true and await self._is_in_log(label):
            return ""
        return f"told {label}; the state has {said}, the node did {lines}, it asks: {waits}"

    async def _state(self) -> tuple[list[str], bool]:
        """Return what the thread has when nothing runs any more, and whether it asks."""
        path = f"/threads/{self._thread}"
        async with asyncio.timeout(_SECONDS):
            await self._struck.wait()
            while any(
                run["status"] in ("pending", "running")
                for run in (await self._http.get(f"{path}/runs")).json()
            ):
                await asyncio.sleep(0.05)
        state = (await self._http.get(f"{path}/state")).json()
        asks = [each for task in state["tasks"] for each in task["interrupts"]]
        return state["values"].get("said", []), bool(asks)

    async def _is_in_log(self, label: str) -> bool:
        """Whether the journal has the same outcome."""
        rows = [each for each in await self._desk.log() if each.thread_id == self._thread]
        answers = [each for each in rows if each.event == "answer"]
        return [each.outcome.value for each in answers if each.outcome] == [label]
