"""Flagged and snoozed items: kept by the desk of their server, which is told nothing of them."""

from hitl_engine.desk import Desk
from hitl_engine.model import Interrupt, id_of
from tests.any_server.steps import questions_of, start


async def test_an_item_is_flagged_and_snoozed_until_it_changes(desk: Desk) -> None:
    asks = await start(desk, "revise", {"some_text": "a text"})
    [question] = questions_of(desk, asks)
    asked = question.interrupt
    await desk.item_notes.flag(asked, True)
    await desk.item_notes.snooze(asked, None)
    [listed] = [item for item in (await desk.inbox()).items if item.thread_id == asks.thread_id]
    assert isinstance(listed, Interrupt)
    assert listed.changed is not None  # the inbox is ordered by it
    note = (await desk.item_notes.all())[id_of(listed)]
    assert note.is_flagged and note.snooze is not None
    assert note.snooze.fingerprint == desk.reviews.fingerprint_of(listed)
    await desk.item_notes.wake(listed)
    await desk.item_notes.flag(listed, False)
    assert id_of(listed) not in await desk.item_notes.all()
