"""Several questions on one thread: which belong together, and what an answer makes run. Pure.

A resume runs every waiting node of the step from its start: an answered one runs on, the
others run up to their question and ask it again, under the same id. Code before `interrupt()`
runs once more each time. Source: measured on langgraph 1.2.22.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from hitl_engine.model import Effect, Interrupt, Reopening
from hitl_engine.reading.wire import WireTask


def group_by_task(pending: Iterable[Interrupt]) -> tuple[tuple[Interrupt, ...], ...]:
    """Return the questions in groups, one for each task: those of one task are answered together.

    A subgraph asks through the node that contains it, so its questions are one group: answered
    separately, that node would run again for each answer. Groups and questions keep their order.
    """
    groups: dict[str, list[Interrupt]] = {}
    for interrupt in pending:
        groups.setdefault(interrupt.task_id, []).append(interrupt)
    return tuple(map(tuple, groups.values()))


def effect_of(pending: Iterable[Interrupt], answered: Collection[str]) -> Effect:
    """Return what runs when the questions with these ids are answered, in one map.

    With nothing answered nothing runs.
    """
    if not answered:
        return Effect((), ())
    groups = group_by_task(pending)
    done = [group for group in groups if all(each.interrupt_id in answered for each in group)]
    return Effect(
        goes_on=tuple(group[0].node for group in done),
        asks_again=tuple(group[0].node for group in groups if group not in done),
    )


def duplicate_ids(pending: Iterable[Interrupt]) -> frozenset[str]:
    """Return the ids that two pending questions share: neither can be answered by its id.

    langgraph before 1.2.11 gave all questions of a task one id.
    """
    counts = Counter(interrupt.interrupt_id for interrupt in pending)
    return frozenset(interrupt_id for interrupt_id, count in counts.items() if count > 1)


def reopening_of(asked: Interrupt, tasks: Sequence[WireTask], *, stuck: bool) -> Reopening:
    """Return what reopening a question would do to the tasks of its step.

    All of them run again, from their start. If none of them raised, no answer can be stuck.
    """
    asking = [task for task in tasks if task.interrupts and task.result is None]
    errors = [f"{task.name}: {task.error}" for task in tasks if task.error is not None]
    return Reopening(
        asks_again=tuple(task.name for task in asking),
        runs_twice=tuple(task.name for task in tasks if task not in asking),
        happened=asked.task_error or next(iter(errors), ""),
        stuck=stuck,
        why_not="" if errors else "This question has no error: just answer it.",
    )
