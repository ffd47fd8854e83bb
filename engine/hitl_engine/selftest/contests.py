"""Several reviewers answer the same question at the same moment: one answer counts.

The others are told whose.
"""

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from getpass import getuser
from pathlib import Path
from tempfile import TemporaryDirectory

from hitl_engine.desk import Desk, open_desk
from hitl_engine.errors import Conflict, HitlError, NoLongerWaits
from hitl_engine.model import Interrupt, OutcomeKind, Question, Revise
from hitl_engine.selftest.figure import Figure, figure_of

_MOST = 8
"""Reviewers of one question."""
_GRAPH = "revise"


async def contested_decisions(count: int, seed: int, samples: str) -> Figure:
    """Let two to eight desks answer each question of a sample at once, on a local server of its own.

    `samples` is the `langgraph.json` of the sample graphs. Raises TargetError, JournalFailed.
    """
    chance = random.Random(seed)
    decided = 0
    faults: list[str] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        desks = [
            await stack.enter_async_context(open_desk(samples, data_dir=folder, trusts_code=True))
            for _ in range(_MOST)
        ]
        while decided < count:
            reviewers = chance.sample(desks, chance.randrange(2, _MOST + 1))
            decided += len(reviewers)
            if fault := await _contest(desks[0], reviewers):
                faults.append(fault)
    return figure_of("one of several decisions counts", decided, faults)


async def _contest(starter: Desk, reviewers: list[Desk]) -> str:
    """Let all answer one question; return in a few words what went wrong, or nothing."""
    graph = next(each for each in await starter.graphs() if each.graph_id == _GRAPH)
    started = await starter.start(graph, {"some_text": "a text"}, lambda _: None)
    shown = [await _question(desk, started.thread_id) for desk in reviewers]
    ended = await asyncio.gather(
        *(
            _decide(desk, question, f"answer {number}")
            for number, (desk, question) in enumerate(zip(reviewers, shown, strict=True))
        )
    )
    counts = Counter(ended)
    if counts["applied"] != 1 or counts["refused"] != len(reviewers) - 1:
        return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    after = (await starter.thread(started.thread_id)).values
    text = after.get("some_text") if isinstance(after, dict) else None
    if text != f"answer {ended.index('applied')}":
        return f"the thread has {text!r}, which is not the answer that counted"
    return ""


async def _question(desk: Desk, thread_id: str) -> Question:
    (asked,) = (await desk.thread(thread_id)).waiting
    assert isinstance(asked, Interrupt), "the sample asks"
    return desk.reviews.question(asked)


async def _decide(desk: Desk, question: Question, text: str) -> str:
    try:
        outcome = await desk.decide(question, Revise(text), lambda _: None)
    except (NoLongerWaits, Conflict) as error:
        return "refused" if getuser() in str(error) else f"refused, but not told by whom: {error}"
    except HitlError as error:
        return f"{type(error).__name__}: {error}"
    return "applied" if outcome.kind is OutcomeKind.APPLIED else outcome.kind.value
