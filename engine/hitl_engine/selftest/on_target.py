"""What waits on a target is read and drawn, and nothing is sent."""

import json
from collections.abc import Sequence

from hitl_engine.desk import Desk
from hitl_engine.model import Interrupt, Waiting
from hitl_engine.selftest.figure import Figure
from hitl_engine.visible import decode, visible


async def what_waits(desk: Desk, most: int) -> tuple[Figure, ...]:
    """Read up to `most` items twice: neither their fingerprint nor their text may differ.

    Raises TargetError.
    """
    found = (await desk.inbox()).items[:most]
    moved = [item for item in found if await _has_moved(desk, item)]
    unlike = [item for item in found if isinstance(item, Interrupt) and _differs(item)]
    return (
        Figure("an item is the same when it is read again", len(found), len(moved), _first(moved)),
        Figure("a payload is shown as it is", len(found), len(unlike), _first(unlike)),
    )


async def _has_moved(desk: Desk, item: Waiting) -> bool:
    """Whether the item still waits, but is something else than the list told."""
    waiting = (await desk.thread(item.thread_id)).waiting
    if not isinstance(item, Interrupt):
        return False
    again = [
        each
        for each in waiting
        if isinstance(each, Interrupt)
        and (each.interrupt_id, each.checkpoint_id) == (item.interrupt_id, item.checkpoint_id)
    ]
    before = desk.reviews.question(item).fingerprint
    return any(desk.reviews.question(each).fingerprint != before for each in again)


def _differs(item: Interrupt) -> bool:
    text = json.dumps(item.payload, ensure_ascii=False)
    return decode(visible(text)) != text


def _first(items: Sequence[Waiting]) -> str:
    return f"thread {items[0].thread_id}" if items else ""
