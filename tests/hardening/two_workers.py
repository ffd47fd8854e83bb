"""Two workers of Aegra and twenty consoles: what that server keeps apart, in figures."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
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
    twice = sum(answers > 1 for answers in raced)
    return (
        f"{CONSOLES} consoles answered one thread at once in {ROUNDS} rounds: the node ran for more "
        f"than one answer in {twice}, for {max(raced)} at most; {ran} threads answered at once, "
        "each ran once"
    )


async def _race(desks: Sequence[Desk], notes: Path) -> int:
    """Answer one thread from all consoles at once; return for how many answers the node ran."""
    thread = await _asked(desks[0], notes)
    views = await asyncio.gather(*(desk.thread(thread.thread_id) for desk in desks))
    told = await asyncio.gather(
        *(
            _decide(desk, view, str(number))
            for number, (desk, view) in enumerate(zip(desks, views, strict=True))
        )
    )
    await _until_idle(desks[0], thread.thread_id)
    final = await desks[0].thread(thread.thread_id)
    assert isinstance(final.values, dict)
    kept = final.values["answer"]
    applied = [number for number, kind in enumerate(told) if kind is OutcomeKind.APPLIED]
    assert applied == [int(str(kept))], (kept, Counter(told), notes.read_text())
    return len(set(notes.read_text().split()))


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


async def _until_idle(desk: Desk, thread_id: str) -> None:
    while (await desk.thread(thread_id)).status is ThreadStatus.BUSY:
        await asyncio.sleep(0.2)


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
