"""The tasks of a thread, read with the states of their subgraphs. Pure functions."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from hitl_engine.reading.wire import WireInterrupt, WireTask

Place: TypeAlias = tuple[str, ...]
"""Nodes, outermost first."""


def places(tasks: Iterable[WireTask], above: Place = ()) -> dict[str, Place]:
    """Return where each pending question is asked: its id -> nodes, outermost first.

    A question inside a subgraph is also pending at the node that contains the subgraph.
    """
    found: dict[str, Place] = {}
    for task in tasks:
        place = (*above, task.name)
        found |= {asked.id: place for asked in task.interrupts}
        if task.state is not None:
            found |= places(task.state.tasks, place)
    return found


def in_order_of_subgraphs(
    tasks: Iterable[WireTask], inside: Iterable[WireTask]
) -> tuple[WireTask, ...]:
    """Return `tasks` with their questions in the order of the tasks that ask them.

    `inside` are the same tasks, read with the states of their subgraphs.
    """
    # A question is also pending at the node that contains its subgraph; its own task comes first.
    ranks = {asked: rank for rank, asked in enumerate(dict.fromkeys(_asked_in_order(inside)))}

    def rank(asked: WireInterrupt) -> int:
        return ranks.get(asked.id, len(ranks))

    return tuple(
        replace(task, interrupts=tuple(sorted(task.interrupts, key=rank))) for task in tasks
    )


def _asked_in_order(tasks: Iterable[WireTask]) -> Iterator[str]:
    """Yield the ids of questions, those inside a subgraph before those of its node."""
    for task in tasks:
        if task.state is not None:
            yield from _asked_in_order(task.state.tasks)
        yield from (asked.id for asked in task.interrupts)
