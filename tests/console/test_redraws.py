"""What arrives quickly is drawn at once, then together, and at last as it is."""

from textual.widgets import Static

from hitl_tui.widgets.redraws import Redraws

from .conftest import card_shown, until


async def test_a_burst_is_drawn_at_once_and_at_its_end_but_not_each_time() -> None:
    widget = Static()
    arrived: list[int] = []
    drawn: list[int] = []
    async with card_shown(widget) as (pilot, _):
        redraws = Redraws(widget, lambda: drawn.append(len(arrived)))
        for number in range(1_000):
            arrived.append(number)
            redraws.soon()
        assert drawn == [1], "the first is drawn at once, the others wait for its painting"
        await until(pilot, lambda: drawn[-1] == 1_000)
        assert len(drawn) == 2
        arrived.append(1_000)
        redraws.soon()
        await until(pilot, lambda: drawn[-1] == 1_001)
