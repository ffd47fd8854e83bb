"""The orders of the inbox: what comes first in each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hitl_engine.model import InboxOrder, Interrupt, JsonValue, Waiting, in_order
from hitl_engine.payloads.deadlines import deadline_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def asked(name: str, hours: int, *, changed: int | None = None, due: int | None = None) -> Waiting:
    """Make an item that waits for some hours, whose thread changed some hours ago."""
    payload: JsonValue = (
        {} if due is None else {"deadline": (NOW + timedelta(hours=due)).isoformat()}
    )
    return Interrupt(
        thread_id="t",
        graph_id="g",
        interrupt_id=name,
        payload=payload,
        response_schema=None,
        node="node",
        task_id="task",
        namespace="",
        checkpoint_id="c",
        since=NOW - timedelta(hours=hours),
        changed=None if changed is None else NOW - timedelta(hours=changed),
    )


ITEMS = (
    asked("a", 1, changed=1),
    asked("b", 2, due=5),
    asked("c", 3, changed=0),
    asked("d", 4, changed=4, due=-1),
    replace(asked("e", 0), since=None),
)


def deadline(item: Waiting) -> datetime | None:
    """Return the deadline of an interrupt."""
    return deadline_of(item.payload) if isinstance(item, Interrupt) else None


@pytest.mark.parametrize(
    ("order", "first_to_last"),
    [
        (InboxOrder.NEWEST, "abcde"),
        (InboxOrder.LONGEST, "edcba"),
        (InboxOrder.CHANGED, "cabde"),
        (InboxOrder.DEADLINE, "dbeca"),
    ],
)
def test_each_order_puts_first_what_its_name_says(order: InboxOrder, first_to_last: str) -> None:
    names = [
        item.interrupt_id
        for item in in_order(ITEMS, order, deadline)
        if isinstance(item, Interrupt)
    ]
    assert "".join(names) == first_to_last
