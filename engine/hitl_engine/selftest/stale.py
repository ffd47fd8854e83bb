"""Decisions on what waits no longer as it was shown are refused, and no others."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from hitl_engine import payloads
from hitl_engine.deciding.preconditions import still_pending
from hitl_engine.errors import NoLongerWaits
from hitl_engine.fingerprint import fingerprint
from hitl_engine.model import Interrupt, Question
from hitl_engine.reading.snapshot import Snapshot
from hitl_engine.reading.wire import WireInterrupt, WireTask
from hitl_engine.selftest.figure import Figure, figure_of
from hitl_engine.selftest.payloads import changed_somewhere, in_another_order, some_object

_SERVER = "selftest"
_Change = Callable[[Snapshot, random.Random], Snapshot]


def stale_decisions(count: int, seed: int) -> Figure:
    """Change what waits in one place after it was shown, as often as `count`."""
    faults = _faults(_STALE, count, seed, refused=True)
    return figure_of("a stale decision is refused", count, faults)


def fresh_decisions(count: int, seed: int) -> Figure:
    """Read what waits again, with differences that are none."""
    faults = _faults(_FRESH, count, seed, refused=False)
    return figure_of("a fresh decision is not refused", count, faults)


def _faults(changes: tuple[_Change, ...], count: int, seed: int, *, refused: bool) -> Iterator[str]:
    """Yield each change after which a decision was not refused as it must be, or was."""
    chance = random.Random(seed)
    for number in range(count):
        before = _waiting(chance)
        change = changes[number % len(changes)]
        now = change(before, chance)
        if _is_refused(before, now) is not refused:
            name = change.__name__.removeprefix("_").replace("_", " ")
            yield f"{name}: {before.tasks} and {now.tasks}"


def _is_refused(before: Snapshot, now: Snapshot) -> bool:
    try:
        still_pending([_shown(asked) for asked in before.interrupts], now, server=_SERVER)
    except NoLongerWaits:
        return True
    return False


def _shown(asked: Interrupt) -> Question:
    review = payloads.recognise(asked.payload, asked.response_schema)
    return Question(asked, review, fingerprint(_SERVER, asked))


def _waiting(chance: random.Random) -> Snapshot:
    """Return a thread that asks a question or two."""
    asked = tuple(
        WireInterrupt(id=_id(chance), value=some_object(chance))
        for _ in range(chance.choice((1, 1, 2)))
    )
    task = WireTask(id=_id(chance), name="ask", interrupts=asked)
    return Snapshot(
        thread_id=_id(chance),
        graph_id="graph",
        row_status="interrupted",
        row_error=None,
        values={},
        next=("ask",),
        tasks=(task,),
        checkpoint_id=_id(chance),
        since=None,
    )


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _asking(before: Snapshot, asked: WireInterrupt) -> Snapshot:
    """Return the thread with this in place of its first question."""
    (task,) = before.tasks
    return replace(before, tasks=(replace(task, interrupts=(asked, *task.interrupts[1:])),))


def _first(before: Snapshot) -> WireInterrupt:
    return before.tasks[0].interrupts[0]


# What makes a decision stale


def _another_payload(before: Snapshot, chance: random.Random) -> Snapshot:
    asked = _first(before)
    return _asking(before, replace(asked, value=changed_somewhere(asked.value, chance)))


def _another_schema(before: Snapshot, chance: random.Random) -> Snapshot:
    return _asking(before, replace(_first(before), response_schema=some_object(chance)))


def _another_id(before: Snapshot, chance: random.Random) -> Snapshot:
    return _asking(before, replace(_first(before), id=_id(chance)))


def _another_task(before: Snapshot, chance: random.Random) -> Snapshot:
    (task,) = before.tasks
    return replace(before, tasks=(replace(task, id=_id(chance)),))


def _another_checkpoint(before: Snapshot, chance: random.Random) -> Snapshot:
    return replace(before, checkpoint_id=_id(chance))


def _another_thread(before: Snapshot, chance: random.Random) -> Snapshot:
    return replace(before, thread_id=_id(chance))


def _answered(before: Snapshot, _: random.Random) -> Snapshot:
    return replace(before, tasks=(), next=(), row_status="idle")


def _busy(before: Snapshot, _: random.Random) -> Snapshot:
    return replace(before, row_status="busy")


_STALE = (
    _another_payload, _another_schema, _another_payload, _another_id, _another_payload, _another_task,
    _another_payload, _another_checkpoint, _another_payload, _another_thread, _answered, _busy,
)  # fmt: skip


# What does not


def _read_again(before: Snapshot, _: random.Random) -> Snapshot:
    asked = _first(before)
    return _asking(before, replace(asked, value=json.loads(json.dumps(asked.value))))


def _keys_in_another_order(before: Snapshot, chance: random.Random) -> Snapshot:
    asked = _first(before)
    return _asking(before, replace(asked, value=in_another_order(asked.value, chance)))


def _beside_it_another_task(before: Snapshot, chance: random.Random) -> Snapshot:
    asked = WireInterrupt(id=_id(chance), value=some_object(chance))
    other = WireTask(id=_id(chance), name="other", interrupts=(asked,))
    return replace(before, tasks=(*before.tasks, other))


def _another_error(before: Snapshot, _: random.Random) -> Snapshot:
    (task,) = before.tasks
    return replace(before, tasks=(replace(task, error="ValueError()"),))


_FRESH = (_read_again, _keys_in_another_order, _beside_it_another_task, _another_error)
