"""Notes about items: kept for each server, and deleted some time after their items are gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hitl_engine.fingerprint import fingerprint_of
from hitl_engine.journal import open_journal
from hitl_engine.model import Breakpoint, Interrupt, ItemNote, Snooze, Waiting, id_of
from hitl_tui.state.noted_items import NotedItems

NOW = datetime.now(UTC)
STOP = Breakpoint("t2", "publish", "before", "send", ("send",), "c1", NOW)
ASKED = Interrupt(
    thread_id="t1",
    graph_id="revise",
    interrupt_id="i1",
    payload="What?",
    response_schema=None,
    node="human_node",
    task_id="k1",
    namespace="",
    checkpoint_id="c1",
    since=NOW,
)


def shown(item: Waiting) -> str:
    return fingerprint_of("server", item)


async def test_flag_and_snooze_of_an_item_are_kept_apart_for_each_server(tmp_path: Path) -> None:
    snooze = Snooze("f1", NOW)
    async with open_journal(tmp_path) as journal:
        notes = journal.item_notes
        await notes.set_flag("server", id_of(ASKED), True)
        await notes.set_snooze("server", id_of(ASKED), snooze)
        await notes.set_snooze("server", id_of(STOP), Snooze("f2", None))
        await notes.set_flag("other", id_of(ASKED), True)
        await notes.set_flag("other", id_of(ASKED), False)
    async with open_journal(tmp_path) as journal:
        notes = journal.item_notes
        assert await notes.all_of("server") == {
            ("t1", "i1"): ItemNote(is_flagged=True, snooze=snooze),
            ("t2", "c1"): ItemNote(snooze=Snooze("f2", None)),
        }
        assert await notes.all_of("other") == {}
        await notes.set_snooze("server", id_of(ASKED), None)
        assert (await notes.all_of("server"))["t1", "i1"] == ItemNote(is_flagged=True)


async def test_notes_are_deleted_when_their_items_are_gone_for_long(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        notes = journal.item_notes
        for item in (ASKED, STOP):
            await notes.set_flag("server", id_of(item), True)
        await notes.discard_old("server", set(), older_than=timedelta(days=1))
        assert len(await notes.all_of("server")) == 2
        await notes.discard_old("server", {id_of(STOP)}, older_than=timedelta(0))
        assert list(await notes.all_of("server")) == [id_of(STOP)]


def test_an_item_is_hidden_until_its_time_and_never_once_it_has_changed() -> None:
    noted = NotedItems(shown)
    later = replace(ASKED, payload="What now?")
    assert not noted.is_snoozed(ASKED)
    assert noted.replace({("", id_of(ASKED)): ItemNote(snooze=Snooze(shown(ASKED), None))})
    assert noted.snoozed([ASKED, STOP, later]) == [ASKED]
    assert noted.next_end([ASKED]) is None
    over = ItemNote(snooze=Snooze(shown(ASKED), datetime.now(UTC) - timedelta(seconds=1)))
    noted.replace({("", id_of(ASKED)): over})
    assert not noted.is_snoozed(ASKED)
    end = datetime.now(UTC) + timedelta(hours=1)
    noted.replace({("", id_of(ASKED)): ItemNote(snooze=Snooze(shown(ASKED), end))})
    assert noted.is_snoozed(ASKED) and noted.next_end([ASKED]) == end
    assert not noted.is_snoozed(replace(ASKED, target="another"))
