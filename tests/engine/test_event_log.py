"""The events of an inbox: noticed, written down once, kept for one reader, and told from a cursor."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hitl_engine.errors import BadInput
from hitl_engine.journal import event_log
from hitl_engine.journal.event_log import open_event_log
from hitl_engine.model import (
    Breakpoint,
    ExactValue,
    Inbox,
    InboxEvent,
    InboxEventKind,
    Interrupt,
    JsonValue,
    RejectedCall,
    RunningCall,
    Waiting,
)
from hitl_engine.payloads.deadlines import deadline_of
from hitl_engine.watching.inbox_changes import KnownItems

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
STOP = Breakpoint("t2", "publish", "before", "send", ("send",), "c1", NOW)


def asked(interrupt_id: str = "i1", payload: JsonValue = "What?") -> Interrupt:
    return Interrupt(
        thread_id="t1",
        graph_id="revise",
        interrupt_id=interrupt_id,
        payload=payload,
        response_schema=None,
        node="human_node",
        task_id="k1",
        namespace="",
        checkpoint_id="c1",
        since=NOW,
        exact_values=(ExactValue(("a", 1), "NaN"),),
        tool_call=RunningCall("delegate", {"to": "ada"}),
        rejected=(RejectedCall("delete", {"path": "/"}, 2),),
    )


def event(kind: InboxEventKind, item: Waiting) -> InboxEvent:
    return InboxEvent(kind, item, NOW)


def known_items() -> KnownItems:
    return KnownItems(
        fingerprint_of=lambda item: f"{item.checkpoint_id} {getattr(item, 'payload', '')}",
        deadline_of=lambda item: deadline_of(item.payload) if isinstance(item, Interrupt) else None,
    )


def inbox(*items: Waiting) -> Inbox:
    return Inbox(items=items, busy=0)


def kinds(events: Sequence[InboxEvent]) -> list[str]:
    return [each.kind.value for each in events]


async def test_events_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    answered = replace(event(InboxEventKind.ANSWERED, asked()), by="ada", thread_status="done")
    moved = replace(asked(), changed=NOW)
    written = [event(InboxEventKind.WAITING, moved), event(InboxEventKind.WAITING, STOP)]
    async with open_event_log(tmp_path / "state", "server") as log:
        await log.add([*written, answered])
    async with open_event_log(tmp_path / "state", "server") as log:
        read = await log.after(0, limit=10)
        assert [replace(each, cursor="") for each in read] == [*written, answered]
        # Fields that equal items may differ in.
        first = read[0].item
        assert isinstance(first, Interrupt)
        assert (first.tool_call, first.rejected) == (asked().tool_call, asked().rejected)
        assert [each.item async for each in log.waiting()] == [STOP]


async def test_a_reader_goes_on_where_it_stopped_or_from_a_cursor(tmp_path: Path) -> None:
    items = [asked(f"i{number}") for number in range(3)]
    async with open_event_log(tmp_path / "state", "server") as log:
        await log.add([event(InboxEventKind.WAITING, item) for item in items])
        first, second, _ = await log.after(0, limit=10)
        await log.set_told(log.number_of(second.cursor))
    async with open_event_log(tmp_path / "state", "server") as log:
        assert [each.item for each in await log.after(log.told, limit=10)] == items[2:]
        await log.go_to(first.cursor)
        assert [each.item for each in await log.after(log.told, limit=10)] == items[1:]
        for wrong in ("", "x", first.cursor + "9", "0-1", first.cursor.replace("-", "")):
            with pytest.raises(BadInput, match="not a cursor"):
                await log.go_to(wrong)


async def test_a_file_has_one_reader_of_one_server(tmp_path: Path) -> None:
    async with open_event_log(tmp_path / "state", "server"):
        with pytest.raises(BadInput, match="Another hitl-tui watch"):
            async with open_event_log(tmp_path / "state", "server"):
                pass
    with pytest.raises(BadInput, match="another server"):
        async with open_event_log(tmp_path / "state", "other"):
            pass


async def test_old_events_are_dropped_but_not_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "_KEPT", 2)
    async with open_event_log(tmp_path / "state", "server") as log:
        await log.add([event(InboxEventKind.WAITING, STOP)])
        for number in range(4):
            item = asked(f"i{number}")
            await log.add([event(InboxEventKind.WAITING, item), event(InboxEventKind.GONE, item)])
        oldest, *_ = await log.after(0, limit=10)
        await log.tidy()
        assert len(await log.after(0, limit=20)) == 9, "nothing was told yet"
        await log.set_told(await log.newest())
        await log.tidy()
        assert [each.item for each in await log.after(0, limit=20)] == [STOP, *[asked("i3")] * 2]
        with pytest.raises(BadInput, match="no longer kept"):
            await log.go_to(oldest.cursor)


def test_an_item_is_new_once_and_changes_with_its_fingerprint() -> None:
    known = known_items()
    first = known.fresh(inbox(asked(), STOP), NOW)
    assert kinds(first) == ["waiting", "waiting"]
    known.take_all(first)
    again = inbox(replace(asked(), since=None), replace(STOP, since=None))
    assert known.fresh(again, NOW) == []
    changed = inbox(asked(payload="Really?"), replace(STOP, checkpoint_id="c2"))
    assert kinds(known.fresh(changed, NOW)) == ["changed", "changed"]


def test_an_item_is_missing_only_if_all_was_read() -> None:
    known = known_items()
    known.take_all([event(InboxEventKind.WAITING, asked()), event(InboxEventKind.WAITING, STOP)])
    assert known.missing(inbox(STOP)) == [asked()]
    assert known.missing(replace(inbox(STOP), unread=1)) == []
    assert known.missing(replace(inbox(STOP), error="away")) == []
    assert known.missing(replace(inbox(STOP), unreadable=(("t1", "no reply"),))) == []
    known.take(event(InboxEventKind.ANSWERED, asked()))
    assert known.missing(inbox(STOP)) == []


def test_a_deadline_is_due_once_for_each_question() -> None:
    known = known_items()
    until = asked(payload={"expiresAt": "2026-11-29T13:00:00Z"})
    known.take(event(InboxEventKind.WAITING, until))
    ahead = timedelta(minutes=10)
    assert known.until_due(NOW, ahead) == 50 * 60
    assert known.due(NOW, ahead) == []
    late = NOW + timedelta(minutes=51)
    due = known.due(late, ahead)
    assert kinds(due) == ["deadline"]
    known.take_all(due)
    assert known.due(late, ahead) == []
    assert known.until_due(late, ahead) is None
    later = asked(payload={"expiresAt": "2026-11-29T12:55:00Z"})
    known.take(event(InboxEventKind.CHANGED, later))
    assert kinds(known.due(late, ahead)) == ["deadline"]
    known.take(event(InboxEventKind.GONE, later))
    assert known.due(late, ahead) == []


@pytest.mark.parametrize(
    ("payload", "deadline"),
    [
        ({"deadline": "2026-11-29T13:00:00+01:00"}, NOW),
        ({"expiresAt": "2026-11-29T12:00:00Z"}, NOW),
        ({"due_at": "2026-11-29T12:00:00"}, NOW),
        ({"type": "hook_invocation", "request": {"deadline": "2026-11-29T12:00:00Z"}}, NOW),
        ({"deadline": "tomorrow", "expires_at": "2026-11-29T12:00:00Z"}, NOW),
        ({"deadline": 3}, None),
        ({"deadline": "9999-99-99"}, None),
        ({"request": "deadline"}, None),
        ("2026-11-29T12:00:00Z", None),
        (None, None),
    ],
)
def test_a_deadline_is_read_where_payloads_have_one(
    payload: JsonValue, deadline: datetime | None
) -> None:
    assert deadline_of(payload) == deadline


def test_no_deadline_is_too_early_or_too_late_to_compare() -> None:
    known = known_items()
    for text in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        known.take(event(InboxEventKind.WAITING, asked(payload={"deadline": text})))
        known.until_due(NOW, timedelta(minutes=10))
        known.due(NOW, timedelta(minutes=10))
