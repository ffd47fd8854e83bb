"""What the tests of the console share: the running app, still cursors, posted messages."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from textual.app import App, ComposeResult
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.worker import WorkerCancelled, WorkerFailed

from hitl_tui.app import ConsoleApp
from hitl_tui.text.output_filter import HiddenCharacterFilter
from hitl_tui.themes import THEMES
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.guard import Guard
from hitl_tui.widgets.cards.plan_card import PlanCard
from hitl_tui.widgets.cards.question_part import QuestionPart

from .desk_double import DeskDouble

Heard = TypeVar("Heard", bound=Message)


@pytest.fixture(autouse=True)
def still_cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop cursors from blinking, with private names of textual 8.2.8."""
    monkeypatch.setattr(Input, "_toggle_cursor", lambda _: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda _: None)


_parsed: dict[tuple[object, ...], list[RuleSet]] = {}
parse_rules = Stylesheet._parse_rules


def _parsed_once(sheet: Stylesheet, css: str, read_from: CSSLocation, **how: Any) -> list[RuleSet]:
    own = (css, read_from, *how.values())  # as Textual's key
    if own not in sheet._parse_cache:
        key = (*own, *sheet._variables.items())
        if key not in _parsed:
            _parsed[key] = parse_rules(sheet, css, read_from, **how)
        sheet._parse_cache[own] = _parsed[key]
    return sheet._parse_cache[own]


@pytest.fixture(autouse=True)
def styles_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse the styles once for all tests: it took a sixth of the time of each."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parsed_once)


@pytest.fixture(autouse=True)
def all_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw in all colours, whatever the terminal has in which the tests run."""
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture(autouse=True)
def short_guard(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Make the guard of cards short, except where the guard itself is tested."""
    guarded = "real_guard" in request.fixturenames
    monkeypatch.setattr(Guard, "SECONDS", 2.0 if guarded else 0.01)


@pytest.fixture
def real_guard() -> None:
    """Make the guard long: the keys of a test may be slow."""


async def settle(pilot: Pilot[None]) -> None:
    """Wait until all workers have ended, except those that watch the server."""
    await pilot.pause()
    while busy := [
        worker for worker in pilot.app.workers if worker.group != "watch" and not worker.is_finished
    ]:
        with suppress(WorkerCancelled, WorkerFailed):  # the screen reports it
            await pilot.app.workers.wait_for_complete(busy)
        await pilot.pause()


async def until(pilot: Pilot[None], true: Callable[[], object]) -> None:
    """Wait until a condition holds, for twenty seconds at most: the machine may be busy."""
    give_up = time.monotonic() + 20
    while not true():
        assert time.monotonic() < give_up, "the condition did not hold within twenty seconds"
        await pilot.pause(0.01)


def heard(said: list[Message], kind: type[Heard]) -> list[Heard]:
    """Return each message of a kind once: the hook gets it on every level that it bubbles to."""
    return [each for each in {id(m): m for m in said}.values() if isinstance(each, kind)]


@dataclass
class Console:
    """The console under test, driven by keys."""

    app: ConsoleApp
    pilot: Pilot[None]
    desk: DeskDouble
    said: list[Message]

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all workers have ended."""
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*(_KEYS.get(char, char) for char in text))

    async def open(self, index: int = 0) -> None:
        """Open an item of the list, and wait until its card can be decided."""
        self.app.home.list.selected = index  # type: ignore[attr-defined]  # the inbox is home
        await self.press("enter")
        await self.armed()

    async def armed(self) -> None:
        """Wait until the card in view has the focus and can be decided."""
        await until(self.pilot, lambda: self.card.armed and self.card.has_focus_within)

    @property
    def card(self) -> Card:
        """The card in view."""
        return self.app.screen.query_one(Card)

    @property
    def plan(self) -> PlanCard:
        """The plan that is to be confirmed."""
        return self.app.screen.query_one(PlanCard)

    @property
    def part(self) -> QuestionPart:
        """The part of the card in view, which shows a question."""
        return self.app.screen.query_one(QuestionPart)

    @property
    def text(self) -> str:
        """Everything on the screen."""
        return screen_text(self.app)


_KEYS = {" ": "space", "\n": "enter", '"': "quotation_mark"}
OpenConsole = Callable[..., AbstractAsyncContextManager[Console]]


@pytest.fixture
def console() -> OpenConsole:
    """Return a context manager that runs the console: `async with console(desk) as c`."""

    @asynccontextmanager
    async def opened(desk: DeskDouble, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Console]:
        said: list[Message] = []
        app = ConsoleApp(desk.open)  # type: ignore[arg-type]  # a double
        async with app.run_test(size=size, notifications=True, message_hook=said.append) as pilot:
            await until(pilot, lambda: app.session.inbox is not None)
            await settle(pilot)
            yield Console(app, pilot, desk, said)

    return opened


class WidgetApp(App[None]):
    """An app with one widget, in the colours of the console."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.widget = widget

    def compose(self) -> ComposeResult:
        """Show the widget."""
        yield self.widget


@asynccontextmanager
async def card_shown(
    widget: Widget, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], list[Message]]]:
    """Run one widget alone; yield the pilot and the posted messages."""
    said: list[Message] = []
    app = WidgetApp(widget)
    async with app.run_test(size=size, notifications=True, message_hook=said.append) as pilot:
        await settle(pilot)
        yield pilot, said


def screen_text(app: App[None]) -> str:
    """Return the text of the screen, before the output filter."""
    return "\n".join(
        "".join(segment.text for segment in line) for line in app.screen._compositor.render_strips()
    )


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    """Select with the mouse."""
    await pilot.mouse_down(offset=start)
    for part in (0.5, 1.0):
        x, y = (round(a + (b - a) * part) for a, b in zip(start, end, strict=True))
        await pilot.hover(offset=(x, y))
    await pilot.mouse_up(offset=end)
    await settle(pilot)


@pytest.fixture
def without_net(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Turn off the output filter: widgets must make text visible themselves."""
    monkeypatch.setattr(HiddenCharacterFilter, "apply", lambda self, segments, background: segments)
    yield
