"""Two workers of Aegra and twenty consoles: what that server keeps apart, in figures."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import HitlError
from hitl_engine.model import OutcomeKind, Revise, ThreadStatus, ThreadView
from tests.any_server.steps import ignore, questions_of, start
from tests.deploy.deployment import TOKENS, Deployment, deployed, project
from tests.server.processes import ROOT

CONSOLES = 20
ROUNDS = 10
WORK_SECONDS = 0.5
"""How long a node works after it got its answer."""
TOO_LONG = 900
"""Seconds after which it fails."""
_QUIET_LOOKS = 25
"""Looks, five a second, at a busy thread without a run: its row is written after its runs."""


async def two_workers(folder: Path) -> str:
    """Answer one thread from all consoles at once, in rounds, and then a thread from each at once.

    Return a summary. Raises `AssertionError` where a console is told something that is not true.
    """
    made = project(folder)
    _add_graph(made)
    with deployed(made) as deployment, _trusted(deployment):
        async with asyncio.timeout(TOO_LONG), _consoles(deployment, folder) as desks:
            raced = [await _race(desks, folder / f"race {number}") for number in range(ROUNDS)]
            ran = await _apart(desks, folder)
    twice = sum(each.answers > 1 for each in raced)
    most = max(each.answers for each in raced)
    left_busy = sum(each.left_busy for each in raced)
    return (
        f"{CONSOLES} consoles answered one thread at once in {ROUNDS} rounds: the node ran for more "
        f"than one answer in {twice}, for {most} at most; the server left {left_busy} of these threads "
        f"busy; {ran} threads answered at once, each ran once"
    )


@dataclass(frozen=True, slots=True)
class _Race:
    answers: int
    """For how many answers the node ran."""
    left_busy: bool
    """Whether the server tells that the thread is busy although no run is under way."""


async def _race(desks: Sequence[Desk], notes: Path) -> _Race:
    """Answer one thread from all consoles at once."""
    thread = await _asked(desks[0], notes)
    views = await asyncio.gather(*(desk.thread(thread.thread_id) for desk in desks))
    told = await asyncio.gather(
        *(
            _decide(desk, view, str(number))
            for number, (desk, view) in enumerate(zip(desks, views, strict=True))
        )
    )
    left_busy = await _is_left_busy(desks[0], thread.thread_id)
    final = await desks[0].thread(thread.thread_id)
    assert isinstance(final.values, dict)
    kept = final.values["answer"]
    applied = [number for number, kind in enumerate(told) if kind is OutcomeKind.APPLIED]
    assert applied == [int(str(kept))], (kept, Counter(told), notes.read_text())
    return _Race(len(set(notes.read_text().split())), left_busy)


async def _apart(desks: Sequence[Desk], folder: Path) -> int:
    """Answer a thread from each console, all at once; return how many there were."""
    places = [folder / f"apart {number}" for number in range(len(desks))]
    threads = await asyncio.gather(*map(_asked, desks, places))
    told = await asyncio.gather(
        *(_decide(desk, thread, "yes") for desk, thread in zip(desks, threads, strict=True))
    )
    assert set(told) == {OutcomeKind.APPLIED}, Counter(told)
    assert [place.read_text() for place in places] == ["yes\n"] * len(desks)
    return len(desks)


async def _asked(desk: Desk, notes: Path) -> ThreadView:
    return await start(desk, "counted", {"notes": str(notes), "seconds": WORK_SECONDS})


async def _decide(desk: Desk, thread: ThreadView, answer: str) -> OutcomeKind | str:
    """Return what the console tells about an answer; the class of an error if it was not taken."""
    [question] = questions_of(desk, thread)
    try:
        return (await desk.decide(question, Revise(answer), ignore)).kind
    except HitlError as error:
        return type(error).__name__


async def _is_left_busy(desk: Desk, thread_id: str) -> bool:
    """Wait until a thread is idle and return False; return True if only its runs have ended."""
    quiet = 0
    while (await desk.thread(thread_id)).status is ThreadStatus.BUSY:
        quiet = 0 if await desk.runs.under_way(thread_id) else quiet + 1
        if quiet == _QUIET_LOOKS:
            return True
        await asyncio.sleep(0.2)
    return False


def _add_graph(made: Path) -> None:
    config = made / "aegra.json"
    described = json.loads(config.read_text())
    source = ROOT / "tests" / "deploy" / "graphs" / "counted.py"
    (made / "counted.py").write_text(source.read_text())
    described["graphs"] = {"counted": "./counted.py:graph"}
    config.write_text(json.dumps(described))


@contextmanager
def _trusted(deployment: Deployment) -> Iterator[None]:
    """Let this process trust the certificate of the deployment, as its environment names it."""
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(deployment.certificate)
    try:
        yield
    finally:
        os.environ.pop("SSL_CERT_FILE")
        if before is not None:
            os.environ["SSL_CERT_FILE"] = before


@asynccontextmanager
async def _consoles(deployment: Deployment, folder: Path) -> AsyncIterator[list[Desk]]:
    """All consoles, each with a journal of its own; the reviewers take turns."""
    tokens = list(TOKENS.values())
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                open_desk(
                    deployment.url,
                    data_dir=folder / f"journal {number}",
                    headers={"x-api-key": tokens[number % len(tokens)]},
                )
            )
            for number in range(CONSOLES)
        ]
