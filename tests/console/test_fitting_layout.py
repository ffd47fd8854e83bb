"""What scrolls gives up rows, so that what follows it stays on the screen."""

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from hitl_tui.widgets.fitting_layout import Fitting


class _Column(Fitting, Vertical):
    """Children below one another."""


class _App(App[None]):
    CSS = """
    Static, VerticalScroll { height: auto; }
    #second { min-height: 2; }
    """

    def __init__(self, *heights: int) -> None:
        super().__init__()
        self._heights = heights

    def compose(self) -> ComposeResult:
        first, second = (Static("\n".join("x" * count)) for count in self._heights)
        with _Column():
            yield VerticalScroll(first, id="first")
            yield VerticalScroll(second, id="second")
            yield Static("answer", id="last")


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ((2, 3), [2, 3, 1]),
        ((5, 4), [5, 4, 1]),
        ((50, 3), [6, 3, 1]),
        ((50, 60), [5, 4, 1]),
        ((7, 1_000), [5, 4, 1]),
        ((4, 1_000), [4, 5, 1]),
    ],
)
async def test_the_highest_gives_up_rows_first(content: tuple[int, int], shown: list[int]) -> None:
    app = _App(*content)
    async with app.run_test(size=(20, 10)) as pilot:
        await pilot.pause()
        widgets = [app.query_one(f"#{name}") for name in ("first", "second", "last")]
        assert [each.outer_size.height for each in widgets] == shown
        starts = [each.region.y for each in widgets]
        assert starts == [0, shown[0], shown[0] + shown[1]]


async def test_none_gets_fewer_rows_than_its_least() -> None:
    app = _App(50, 50)
    async with app.run_test(size=(20, 3)) as pilot:
        await pilot.pause()
        widgets = [app.query_one(f"#{name}") for name in ("first", "second", "last")]
        assert [each.outer_size.height for each in widgets] == [1, 2, 1]
