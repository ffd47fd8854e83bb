"""What arrives quickly is drawn at once, then together, and at last as it is."""

from functools import partial

import pytest
from textual.widgets import Static

from hitl_tui.widgets import redraws
from hitl_tui.widgets.redraws import Redraws

from .conftest import card_shown, until


async def test_a_burst_is_drawn_at_once_and_at_its_end_but_not_each_time() -> None:
    widget = Static()
    arrived: list[int] = []
    drawn: list[int] = []
    async with card_shown(widget) as (pilot, _):
        view = Redraws(widget, lambda: drawn.append(len(arrived)))
        arrived.append(0)
        view.soon()
        await until(pilot, lambda: drawn)
        for number in range(1, 1_000):
            arrived.append(number)
            view.soon()
        assert drawn == [1], "the first is drawn at once, the others wait for its painting"
        await until(pilot, lambda: drawn[-1] == 1_000)
        assert len(drawn) == 2
        arrived.append(1_000)
        view.soon()
        await until(pilot, lambda: drawn[-1] == 1_001)


async def test_all_views_of_an_event_are_drawn_for_one_painting() -> None:
    drawn: list[str] = []
    async with card_shown(Static()) as (pilot, _):
        screen = pilot.app.screen
        views = [Redraws(screen, partial(drawn.append, name)) for name in ("log", "list", "graph")]
        paintings = 0
        while paintings < 3:
            for view in views:
                view.soon()
            await screen.wait_for_refresh()
            if len(drawn) > 3 * paintings:
                paintings += 1
                assert drawn == ["log", "list", "graph"] * paintings


async def test_what_is_gone_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redraws, "_FRAME", 0.5)
    widget = Static()
    drawn: list[str] = []
    async with card_shown(widget) as (pilot, _):
        gone = Redraws(widget, lambda: drawn.append("gone"))
        there = Redraws(pilot.app.screen, lambda: drawn.append("there"))
        there.soon()
        await until(pilot, lambda: drawn)
        gone.soon()
        there.soon()
        await widget.remove()
        await until(pilot, lambda: len(drawn) > 1)
    assert drawn == ["there", "there"]
