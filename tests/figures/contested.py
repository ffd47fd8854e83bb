"""Several consoles and other clients decide on the same tool calls at the same moment.

One decision counts: the node acted once, on what one of them decided. Whoever is refused is told whose
decision counted; another client has no name.
"""

import asyncio
import json
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from hitl_engine.configuration.targets import NamedTarget
from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import Conflict, HitlError, NoLongerWaits
from hitl_engine.model import Approve, Edit, OutcomeKind, Question, Reject, Verdict, Verdicts
from hitl_engine.selftest.figure import Figure
from tests.any_server.steps import ignore, questions_of
from tests.figures.both_servers import on_both_servers
from tests.json_values import Json
from tests.server.processes import Served

PROJECT = Path(__file__).parent / "contested_project"
_MOST = 8
"""Consoles on one question."""
_AT_ONCE = 4
"""Contests on one server."""
_SPREAD = 0.05
"""Seconds within which all consoles of a contest decide."""
_LATER = 0.1
"""Seconds within which other clients do, which do not look first."""
_CALLS = ("send_mail", "delete_file")
_OTHER_CLIENT = "another client"
_ASKER = "the asker"
"""Who started the run that asks, and answers nothing."""


@dataclass(slots=True)
class _Counts:
    """What was tried, and what came of it."""

    decisions: Counter[str] = field(default_factory=Counter)
    """Those of consoles by what they were told, and those of other clients."""
    wrong: list[str] = field(default_factory=list)
    refused: int = 0
    untold: list[str] = field(default_factory=list)
    """Who was refused, and not told whose decision counted."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody sent, and what became of it."""

    name: str
    sent: Json
    label: str
    told: str = ""


def contests(folder: Path, count: int, seed: int) -> tuple[Figure, Figure]:
    """Decide as often as `count`, half of it on our server and half on `langgraph dev`."""
    counts = _Counts()

    async def work(server: Served, place: Path, half: int) -> None:
        await contest_on(server, place, half, seed, counts)

    on_both_servers(folder, project, work, count)
    return figures_of(counts)


def project(folder: Path) -> Path:
    """Copy the graph that asks; return its langgraph.json."""
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
    return folder / "langgraph.json"


async def on(server: Served, folder: Path, count: int, seed: int) -> tuple[Figure, Figure]:
    """Decide as often as `count` on one server."""
    counts = _Counts()
    await contest_on(server, folder, count, seed, counts)
    return figures_of(counts)


def figures_of(counts: _Counts) -> tuple[Figure, Figure]:
    """Return how often not exactly one decision counted, and how often a loser was not told whose."""
    told = ", ".join(f"{number:,} {kind}" for kind, number in counts.decisions.most_common())
    return (
        Figure(
            "one of several decisions at one moment counts",
            counts.decisions.total(),
            len(counts.wrong),
            next(iter(counts.wrong), ""),
            told,
        ),
        Figure(
            "whoever is refused is told whose decision counted",
            counts.refused,
            len(counts.untold),
            next(iter(counts.untold), ""),
        ),
    )


async def contest_on(server: Served, folder: Path, count: int, seed: int, counts: _Counts) -> None:
    """Decide as often as `count` on one server, a few questions at once."""
    wanted = counts.decisions.total() + count
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(server.client())
        desks = {}
        for number in range(_MOST):
            name = f"reviewer-{number}"
            target = NamedTarget(server.url, headers=server.headers, reviewer=name)
            desks[name] = await stack.enter_async_context(open_desk(target, data_dir=folder / name))

        async def contest_in_turn(chance: random.Random) -> None:
            while counts.decisions.total() < wanted:
                await _Contest(server.name, http, desks, chance).hold(folder, counts)

        async with asyncio.TaskGroup() as group:
            for number in range(_AT_ONCE):
                group.create_task(contest_in_turn(random.Random(f"{seed} {number}")))


class _Contest:
    """One question, decided by two to eight consoles and up to two other clients."""

    def __init__(
        self, server: str, http: httpx.AsyncClient, desks: dict[str, Desk], chance: random.Random
    ) -> None:
        self._server = server
        self._http = http
        self._chance = chance
        self._desks = {
            name: desks[name]
            for name in chance.sample(sorted(desks), chance.randrange(2, len(desks) + 1))
        }

    async def hold(self, folder: Path, counts: _Counts) -> None:
        """Let them decide, and count what came of it."""
        trace = folder / uuid4().hex
        thread = await self._ask(trace)
        shown = {name: await _question(desk, thread) for name, desk in self._desks.items()}
        others = [
            self._decide_elsewhere(thread, f"other-{number}")
            for number in range(self._chance.randrange(3))
        ]
        tries = [self._decide(name, question) for name, question in shown.items()] + others
        self._chance.shuffle(tries)
        decided = await asyncio.gather(*tries)
        counts.decisions.update(each.label for each in decided)
        lines = trace.read_text().splitlines() if trace.exists() else []
        did = [json.loads(line) for line in lines]
        about = f"{self._server}, thread {thread}"
        if what := what_is_wrong(decided, did):
            counts.wrong.append(f"{about}: {what}")
        refused = [each for each in decided if each.label == "refused"]
        counts.refused += len(refused)
        winner = next((each.name for each in decided if each.label == "applied"), "")
        counts.untold += [
            f"{about}, {winner or _OTHER_CLIENT} was first: {each.name} was told: {each.told}"
            for each in refused
            if not told(each, winner)
        ]

    async def _ask(self, trace: Path) -> str:
        """Start a run that asks about calls of its own; return its thread."""
        request: Json = {
            "action_requests": [
                {"name": name, "args": {"of": trace.name, "number": number}}
                for number, name in enumerate(_CALLS)
            ],
            "review_configs": [
                {"action_name": name, "allowed_decisions": ["approve", "edit", "reject"]}
                for name in _CALLS
            ],
        }
        thread = str((await self._http.post("/threads", json={})).json()["thread_id"])
        given = {"request": request, "trace": str(trace)}
        asker = {"hitl_reviewer": _ASKER}
        body = {"assistant_id": "contested", "input": given, "metadata": asker}
        ran = await self._http.post(f"/threads/{thread}/runs/wait", json=body)
        ran.raise_for_status()
        return thread

    async def _decide(self, name: str, question: Question) -> Decided:
        verdicts = [self._verdict(name, call) for call in _CALLS]
        sent: Json = {"decisions": [sent_as(each) for each in verdicts]}
        desk = self._desks[name]
        await asyncio.sleep(self._chance.uniform(0, _SPREAD))
        try:
            outcome = await desk.decide(question, Verdicts(tuple(verdicts)), ignore)
        except (NoLongerWaits, Conflict) as error:
            return Decided(name, sent, OutcomeKind.REFUSED.value, error.what)
        except HitlError as error:
            return Decided(name, sent, type(error).__name__, error.what)
        return Decided(name, sent, outcome.kind.value, outcome.why)

    def _verdict(self, name: str, call: str) -> Verdict:
        possible: list[Verdict] = [
            Approve(),
            Edit({"to": name}, call),
            Reject(f"{name} does not want {call}"),
        ]
        return self._chance.choice(possible)

    async def _decide_elsewhere(self, thread: str, name: str) -> Decided:
        """Answer with the plain request of another client."""
        sent: Json = {"decisions": [{"type": "reject", "message": name} for _ in _CALLS]}
        body = {
            "assistant_id": "contested",
            "command": {"resume": sent},
            "multitask_strategy": self._chance.choice(["reject", "enqueue"]),
        }
        await asyncio.sleep(self._chance.uniform(0, _LATER))
        await self._http.post(f"/threads/{thread}/runs/wait", json=body)
        return Decided(name, sent, _OTHER_CLIENT)


def sent_as(verdict: Verdict) -> Json:
    """Return a verdict as LangChain's middleware reads it."""
    match verdict:
        case Edit(args=args, name=name):
            return {"type": "edit", "edited_action": {"name": name, "args": args}}
        case Reject(message=message):
            return {"type": "reject", "message": message}
    return {"type": verdict.kind.value}


def what_is_wrong(decided: Sequence[Decided], did: Sequence[Json]) -> str:
    """Return in a few words what is not as it must be, or nothing. `did`: what the node acted on."""
    applied = [each for each in decided if each.label == "applied"]
    elsewhere = [each for each in decided if each.label == _OTHER_CLIENT]
    others = [each for each in decided if each.label not in ("applied", "refused", _OTHER_CLIENT)]
    if others:
        return f"told {others[0].label}: {others[0].told}"
    if len(did) != 1:
        return f"the node acted {len(did)} times"
    if len(applied) > 1:
        return f"{len(applied)} consoles were told that theirs counted"
    if not any(each.sent == did[0] for each in applied or elsewhere):
        return f"the node acted on {did[0]}, which is not what counted"
    return ""


def told(refused: Decided, winner: str) -> bool:
    """Whether somebody was told whose decision counted: the winner's name, or that it was another's."""
    if winner:
        return winner in refused.told and _ASKER not in refused.told
    return not any(name in refused.told for name in ("reviewer-", _ASKER)) and bool(refused.told)


async def _question(desk: Desk, thread: str) -> Question:
    [question] = questions_of(desk, await desk.thread(thread))
    return question
