"""Events of a run: the newest in view, without a layout of the screen for each."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from hitl_engine.model import Progress
from hitl_tui.state.run_events import RunEvents
from hitl_tui.widgets.progress_pane import ProgressPane
from hitl_tui.widgets.runs.event_list import EventList

from .conftest import card_shown, drag, screen_text, until

Shown = tuple[Widget, Callable[[Progress], None]]
"""A view of events, and what shows it one more."""


def progress_pane() -> Shown:
    """Return the pane."""
    pane = ProgressPane()
    return pane, pane.add


def event_list() -> Shown:
    """Return the list."""
    events = RunEvents()
    listed = EventList(events)

    def take(progress: Progress) -> None:
        events.take(progress)
        listed.events_changed()

    return listed, take


def event(number: int) -> Progress:
    """Return an event that names its number."""
    return Progress("t", "custom", "tell", f"event-{number:03d}", 1_000.0)


async def shown(pilot: Pilot[None], text: str) -> None:
    """Wait until a text is on the screen."""
    await until(pilot, lambda: text in screen_text(pilot.app))


@pytest.mark.parametrize("view", [progress_pane, event_list])
async def test_events_are_shown_without_a_layout_for_each(view: Callable[[], Shown]) -> None:
    """A layout of the thread's screen costs more than the event."""
    widget, take = view()
    layouts: list[object] = []
    async with card_shown(widget, (60, 12)) as (pilot, _):
        for number in range(30):
            take(event(number))
        await shown(pilot, "event-029")
        pilot.app.screen.screen_layout_refresh_signal.subscribe(pilot.app, layouts.append)
        for number in range(30, 40):
            take(event(number))
            await shown(pilot, f"event-{number:03d}")
            painted = asyncio.Event()
            widget.call_after_refresh(painted.set)
            await painted.wait()
        assert len(layouts) < 5, "the scrollbar, which has just come, causes some"
        assert "event-020" not in screen_text(pilot.app)


async def test_lines_are_wrapped_and_selected_where_they_are() -> None:
    pane = ProgressPane()
    async with card_shown(pane, (30, 8)) as (pilot, _):
        for number in range(30):
            pane.add(event(number))
        pane.add(Progress("t", "printed", "tell", "one two three four five six", 1_000.0))
        await shown(pilot, "six")
        rows = screen_text(pilot.app).split("\n")
        start = next(y for y, row in enumerate(rows) if "printed" in row)
        end = next(y for y, row in enumerate(rows) if "six" in row)
        assert start < end, "it is longer than a row"
        await drag(pilot, (rows[start].index("printed"), start), (rows[end].index("six") + 2, end))
        selected = pilot.app.screen.get_selected_text()
        assert selected == "printed   tell  one two three four five six"
