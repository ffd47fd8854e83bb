"""The nodes of a run on one line, and its events: quick, bounded, and counted in full."""

from dataclasses import replace
from typing import Literal

from hitl_engine.model import Progress
from hitl_tui.state.run_events import RunEvents
from hitl_tui.widgets.node_strip import NodeStrip
from hitl_tui.widgets.runs.event_list import EventList

from .conftest import card_shown, screen_text, until


def event(kind: Literal["started", "finished", "failed", "custom"], node: str) -> Progress:
    return Progress("t", kind, node, {"n": 1} if kind == "custom" else None)


async def test_nodes_are_shown_in_the_order_in_which_they_began() -> None:
    strip = NodeStrip()
    async with card_shown(strip, (60, 3)) as (pilot, _):
        assert not strip.display
        for node in ("load", "clean"):
            strip.take(event("started", node))
            strip.take(event("finished", node))
        strip.take(event("started", "total"))
        strip.take(event("custom", ""))
        await until(pilot, lambda: "load ✓ → clean ✓ → total ▶" in screen_text(pilot.app))
        strip.take(event("failed", "total"))
        strip.take(event("started", "load"))
        await until(pilot, lambda: "clean ✓ → total ✕ → load ▶" in screen_text(pilot.app))
        strip.end()
        await until(pilot, lambda: "load" not in screen_text(pilot.app))


async def test_a_node_with_many_tasks_tells_how_many_have_ended() -> None:
    strip = NodeStrip()
    async with card_shown(strip, (60, 3)) as (pilot, _):
        for _ in range(50):
            strip.take(event("started", "read"))
        for _ in range(12):
            strip.take(event("finished", "read"))
        await until(pilot, lambda: "read 12 of 50 ▶" in screen_text(pilot.app))
        for _ in range(38):
            strip.take(event("finished", "read"))
        await until(pilot, lambda: "read ✓" in screen_text(pilot.app))


async def test_the_newest_nodes_are_shown_where_not_all_fit() -> None:
    strip = NodeStrip()
    async with card_shown(strip, (24, 3)) as (pilot, _):
        for number in range(200):
            strip.take(event("started", f"node {number}"))
        await until(pilot, lambda: "node 199 ▶" in screen_text(pilot.app))
        assert "…" in screen_text(pilot.app)


async def test_all_events_count_and_the_newest_are_kept_and_in_view() -> None:
    events = RunEvents()
    listed = EventList(events)
    async with card_shown(listed, (80, 12)) as (pilot, _):
        for number in range(25_000):
            events.take(event("custom", f"node {number}"))
        listed.events_changed()
        await pilot.pause()
        assert (events.count, len(events.kept), events.dropped) == (25_000, 10_000, 15_000)
        assert "node 24999" in screen_text(pilot.app)
        await pilot.press("g")
        await until(pilot, lambda: "node 15000" in screen_text(pilot.app))
        events.take(event("custom", "newest"))
        listed.events_changed()
        await pilot.pause()
        assert "newest" not in screen_text(pilot.app), "who reads older events keeps them in view"
        listed.search("NODE 24998")
        await pilot.pause()
        assert listed.found == 1


def test_a_node_that_ends_has_its_duration() -> None:
    events = RunEvents()
    events.take(replace(event("started", "load"), at=10.0))
    events.take(replace(event("finished", "load"), at=11.5))
    started, finished = events.kept
    assert (started.after, started.seconds) == (0.0, None)
    assert (finished.after, finished.seconds) == (1.5, 1.5)
    events.run_ended()
    events.take(replace(event("started", "load"), at=20.0))
    assert events.kept[-1].after == 0.0
