"""All figures, in the order in which they are measured."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

from hitl_engine.selftest.contests import contested_decisions
from hitl_engine.selftest.figure import Figure
from hitl_engine.selftest.freezing import freezing_schemas
from hitl_engine.selftest.journals import changed_journals
from hitl_engine.selftest.stale import fresh_decisions, stale_decisions
from hitl_engine.selftest.texts import hostile_texts

_QUICK: tuple[tuple[Callable[[int, int], Figure], int], ...] = (
    (stale_decisions, 5_000),
    (fresh_decisions, 5_000),
    (changed_journals, 10_000),
    (hostile_texts, 100_000),
    (freezing_schemas, 200),
)
"""What needs no server, and how often it is tried."""
_CONTESTED = 200


async def measured(samples: str, *, seed: int, times: float = 1) -> AsyncIterator[Figure]:
    """Yield each figure when it is known; `times` multiplies how often everything is tried.

    `samples` is the `langgraph.json` of the sample graphs. Raises TargetError, JournalFailed.
    """
    for measure, count in _QUICK:
        yield await asyncio.to_thread(partial(measure, max(1, round(count * times)), seed))
    yield await contested_decisions(max(1, round(_CONTESTED * times)), seed, samples)
