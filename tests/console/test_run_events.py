"""The events of a run: when they happened, and rows that show them at any width."""

import pytest

from hitl_engine.model import Progress
from hitl_engine.reading.client import StreamEvent
from hitl_tui.state.run_events import RunEvents
from hitl_tui.widgets.runs.event_list import EventList

from .conftest import card_shown, screen_text

NODE = "look_at_part_1"
SEEN = (
    Progress("t", "started", NODE, None, 1_000.0),
    Progress("t", "custom", "", "looking at part 1", 1_000.5),
    Progress("t", "finished", NODE, {"found": [1], "more": "x" * 100}, 1_002.5),
)


def test_an_event_happened_when_its_id_tells_not_when_it_arrived() -> None:
    """A run that is joined late sends all that happened before at once."""
    event = StreamEvent("tasks", (), {}, "1764459999123-7")
    assert event.at == 1764459999.123
    assert StreamEvent("tasks", (), {}, "7-0").at > event.at, "it tells no time: now"
    events = RunEvents()
    for progress in SEEN:
        events.take(progress)
    assert [each.after for each in events.kept] == [0, 0.5, 2.5]
    assert [each.seconds for each in events.kept] == [None, None, 2.5]


@pytest.mark.parametrize("width", [40, 100])
async def test_a_row_shows_what_came_with_an_event_at_any_width(width: int) -> None:
    events = RunEvents()
    shown = EventList(events)
    async with card_shown(shown, (width, 8)) as (pilot, _):
        for progress in SEEN * 10:
            events.take(progress)
        shown.events_changed()
        await pilot.pause()
        rows = [row.rstrip() for row in screen_text(pilot.app).splitlines()]
        assert any("· looking at part 1" in row for row in rows)
        finished = [row for row in rows if "✓" in row]
        assert all('2.5s {"f' in row and "…" in row for row in finished), "cut before the scrollbar"
