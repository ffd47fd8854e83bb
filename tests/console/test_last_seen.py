"""The inbox as last seen: on screen before the server answers, never decided on, then live in place."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from hitl_engine.configuration import NamedTarget
from hitl_engine.last_seen import LastSeenFile
from hitl_tui.app import ConsoleApp
from hitl_tui.screens.inbox import InboxScreen
from hitl_tui.state.last_seen import LastSeen, SeenItem, SeenRows, last_seen_of
from hitl_tui.text.inbox_row import InboxRow
from hitl_tui.widgets.last_seen_list import LastSeenList
from tests.hidden import hidden_in

from .conftest import screen_text, settle, until
from .desk_double import DeskDouble, interrupt
from .hostile import HOSTILE

URL = "http://127.0.0.1:9/one"


def file_of(folder: Path, url: str = URL, key: str = "") -> LastSeenFile:
    headers = {"x-api-key": key} if key else {}
    target = NamedTarget(url)
    found = LastSeenFile.of_target(target, data_dir=folder, headers=headers, api_key_env=None)
    assert found is not None
    return found


def path_of(folder: Path) -> Path:
    (path,) = folder.rglob("last-seen.json")
    return path


class Started:
    """A console whose targets open, and whose inbox is read, when the test says so."""

    def __init__(
        self, app: ConsoleApp, pilot: Pilot[None], may_open: dict[str, asyncio.Event]
    ) -> None:
        self.app = app
        self.pilot = pilot
        self._may_open = may_open

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def seen(self) -> LastSeenList:
        return self.app.screen.query_one(LastSeenList)

    @property
    def inbox(self) -> InboxScreen:
        assert isinstance(self.app.screen, InboxScreen)
        return self.app.screen

    async def go_live(self) -> None:
        """Let the target open, and wait for the live list."""
        await self.open("")
        await settle(self.pilot)
        await until(self.pilot, lambda: not self.app.screen.query(LastSeenList))
        await self.pilot.pause()

    async def open(self, name: str) -> None:
        """Let a target open, and wait until its inbox is read."""
        self._may_open[name].set()
        (target,) = (each for each in self.app.sessions.targets if each.name == name)
        await until(self.pilot, lambda: target.inbox is not None)


Start = Callable[..., Any]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Return a context manager that starts the console on a target."""

    @asynccontextmanager
    async def started(
        desk: DeskDouble, file: LastSeenFile | None = None, size: tuple[int, int] = (100, 24)
    ) -> AsyncIterator[Started]:
        async with console_on({"": desk}, {"": file or file_of(tmp_path)}, size) as console:
            yield console

    return started


@asynccontextmanager
async def console_on(
    desks: dict[str, DeskDouble], files: dict[str, LastSeenFile], size: tuple[int, int] = (100, 24)
) -> AsyncIterator[Started]:
    """Start the console on one target, or on several."""
    may_open = {name: asyncio.Event() for name in desks}

    @asynccontextmanager
    async def open_desk(name: str) -> AsyncIterator[DeskDouble]:
        await may_open[name].wait()
        async with desks[name].open() as opened:
            yield opened

    openers: Any = {name: partial(open_desk, name) for name in desks}
    app = ConsoleApp(openers if len(desks) > 1 else openers[""], last_seen=files)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield Started(app, pilot, may_open)


def asked(*numbers: int) -> tuple[Any, ...]:
    return tuple(interrupt({"text_to_revise": f"text {n}"}, n=n, minutes=n) for n in numbers)


async def seen_once(start: Start, *items: Any) -> None:
    """Let the console show these items, and quit."""
    async with start(DeskDouble(*items)) as console:
        await console.go_live()
        await console.pilot.press("ctrl+q")


async def test_the_list_is_there_before_the_server(start: Start, tmp_path: Path) -> None:
    await seen_once(start, *asked(1, 2, 3))
    async with start(DeskDouble()) as console:
        assert "3 waiting as of " in console.text and "connecting" in console.text
        assert all(f"text {n}" in console.text for n in (1, 2, 3))
    assert path_of(tmp_path).stat().st_mode & 0o777 == 0o600


async def test_the_live_list_goes_on_being_followed(start: Start) -> None:
    """The first screen, which is below the inbox, has no rows left to tell of."""
    await seen_once(start, *asked(1))
    desk = DeskDouble(*asked(1))
    async with start(desk) as console:
        await console.go_live()
        desk.items = asked(1, 2)
        desk.publish()
        await until(console.pilot, lambda: "2 waiting" in console.text)
        assert "went wrong" not in console.text


async def test_a_snoozed_item_is_not_in_the_list(start: Start) -> None:
    one, two = asked(1, 2)
    desk = DeskDouble(one, two)
    await desk.item_notes.snooze(one, None)
    async with start(desk) as console:
        await console.go_live()
        assert "1 waiting  ·  1 snoozed" in console.text
        await console.pilot.press("ctrl+q")
    async with start(desk) as console:
        assert "1 waiting as of " in console.text
        assert "text 2" in console.text and "text 1" not in console.text


async def test_an_item_opens_from_the_list_as_last_seen_once_it_is_live(start: Start) -> None:
    desk = DeskDouble(*asked(1, 2))
    await seen_once(start, *asked(1, 2))
    async with start(desk) as console:
        await console.pilot.press("down", "enter", "a")
        await until(console.pilot, lambda: "The item opens" in console.text)
        assert console.seen.selected == 1
        await console.go_live()
        await until(console.pilot, lambda: console.app.screen is not console.app.home)
        await until(console.pilot, lambda: "text 2" in console.text)
        assert desk.sent == []


@pytest.mark.parametrize(("then", "live"), [("up", (1, 2)), ("escape", (1, 3))])
async def test_another_item_is_not_opened_instead(
    start: Start, then: str, live: tuple[int, ...]
) -> None:
    """Not after the selection has moved on, nor if the item is gone."""
    await seen_once(start, *asked(1, 2, 3))
    async with start(DeskDouble(*asked(*live))) as console:
        await console.pilot.press("down", "enter", then)
        await console.go_live()
        await until(console.pilot, lambda: console.inbox.list.has_focus)
        await console.pilot.pause(0.2)
        assert console.app.screen is console.app.home


@pytest.mark.parametrize("size", [(100, 24), (60, 12)])
async def test_the_live_list_takes_its_place_under_the_cursor(
    start: Start, size: tuple[int, int]
) -> None:
    await seen_once(start, *asked(*range(1, 61)))
    live = (*asked(*range(-9, 1)), *asked(*range(1, 61)))  # ten new ones above
    async with start(DeskDouble(*live), None, size) as console:
        for _ in range(30):
            await console.pilot.press("down")
        await console.pilot.pause()
        line = console.seen.selected - console.seen.scroll_offset.y
        await console.go_live()
        listed = console.inbox.list
        assert listed.item.payload == {"text_to_revise": "text 31"} and listed.selected == 40
        await until(console.pilot, lambda: listed.selected - listed.scroll_offset.y == line)


async def test_of_an_item_that_is_gone_the_next_one_is_selected(start: Start) -> None:
    await seen_once(start, *asked(1, 2, 3, 4))
    async with start(DeskDouble(*asked(1, 3, 4))) as console:
        await console.pilot.press("down")
        await console.go_live()
        assert console.inbox.list.item.payload == {"text_to_revise": "text 3"}


async def test_a_target_shows_only_its_own_items(start: Start, tmp_path: Path) -> None:
    """Nor do those who use another key see what was shown to the first."""
    await seen_once(start, *asked(1))
    for other in (file_of(tmp_path, "http://127.0.0.1:9/two"), file_of(tmp_path, key="secret")):
        async with start(DeskDouble(), other) as console:
            assert "text 1" not in console.text and "Connecting…" in console.text
    async with start(DeskDouble()) as console:
        assert "text 1" in console.text
    assert "secret" not in "".join(path.read_text() for path in tmp_path.rglob("*.json"))


class Several:
    """Three targets, with two items each; the newest item is of the first target."""

    def __init__(self, folder: Path) -> None:
        self.items = {
            name: tuple(replace(item, target=name) for item in asked(n, n + 3))
            for n, name in enumerate(("ada", "bob", "cleo"), start=1)
        }
        self._files = {name: file_of(folder, f"http://127.0.0.1:9/{name}") for name in self.items}

    def start(self, **items: tuple[Any, ...]) -> AbstractAsyncContextManager[Started]:
        """Start the console, with other items of some targets."""
        desks = {name: DeskDouble(*each) for name, each in {**self.items, **items}.items()}
        return console_on(desks, self._files, (100, 30))


@pytest.fixture
async def several(tmp_path: Path) -> Several:
    """Three targets that a console has shown."""
    targets = Several(tmp_path)
    async with targets.start() as console:
        for name in targets.items:
            await console.open(name)
        await console.pilot.press("ctrl+q")
    return targets


async def test_of_several_targets_each_row_is_as_last_seen_until_its_target_is_live(
    several: Several,
) -> None:
    async with several.start(bob=()) as console:
        await until(console.pilot, lambda: "6 waiting as of " in console.text)
        await until(console.pilot, lambda: isinstance(console.app.screen, InboxScreen))
        listed = console.inbox.list
        assert all(f"text {n}" in console.text for n in range(1, 7))
        await console.open("bob")  # nothing waits there any more
        await until(console.pilot, lambda: "4 waiting as of " in console.text)
        assert not listed.listed and "text 2" not in console.text
        await console.open("ada")
        await until(console.pilot, lambda: "2 waiting as of " in console.text)
        assert "not live: cleo" in console.text
        assert [item.target for item in listed.listed] == ["ada", "ada"]
        assert all(f"text {n}" in console.text for n in (1, 3, 4, 6))
        await console.open("cleo")
        await until(console.pilot, lambda: not console.inbox.query(LastSeenList))
        assert "as of" not in console.text and len(listed.listed) == 4


async def test_of_several_targets_an_item_opens_when_its_target_is_live(several: Several) -> None:
    """The others do not move the selection, and do not open it."""
    async with several.start() as console:
        await until(console.pilot, lambda: isinstance(console.app.screen, InboxScreen))
        await console.pilot.press("down", "down", "enter")  # the first of cleo
        for name in ("bob", "ada"):
            await console.open(name)
            await settle(console.pilot)
        assert console.seen.has_focus and console.seen.selected == 0
        assert console.app.screen is console.app.home
        await console.open("cleo")
        await until(console.pilot, lambda: console.app.screen is not console.app.home)
        await until(console.pilot, lambda: "text 3" in console.text)


async def test_a_target_that_goes_live_does_not_move_the_live_selection(several: Several) -> None:
    async with several.start() as console:
        await until(console.pilot, lambda: isinstance(console.app.screen, InboxScreen))
        await console.open("ada")
        listed = console.inbox.list
        await until(console.pilot, lambda: listed.has_focus)
        await console.pilot.press("down")
        chosen = listed.item
        for name in ("bob", "cleo"):
            await console.open(name)
            await settle(console.pilot)
            assert listed.item is chosen and listed.has_focus


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: text.replace('"text", ', '"sings", '),
        lambda text: text.replace('"items": [', '"items": [5, '),
        lambda text: text.replace('"as_of": "2', '"as_of": "x'),
        lambda text: json.dumps({**json.loads(text), "seen": [1]}),
    ],
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, damage: Callable[[str], str]) -> None:
    file = file_of(tmp_path)
    row = InboxRow("¶ text", "", "text 1", "", "revise", "human_node", "00000001")
    item = SeenItem("", "t", "i", datetime.now(UTC), "text", row)
    file.write(LastSeen(datetime.now(UTC), 1, (item,)).to_json())
    assert last_seen_of(file.read()) is not None
    path = path_of(tmp_path)
    damaged = damage(path.read_text())
    assert damaged != path.read_text()
    path.write_text(damaged)
    assert last_seen_of(file.read()) is None


async def test_a_link_is_not_followed(start: Start, tmp_path: Path) -> None:
    await seen_once(start, *asked(1))
    path = path_of(tmp_path)
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    assert file_of(tmp_path).read() is None


def is_visible(text: str) -> bool:
    return not hidden_in(text)


async def test_hostile_texts_are_visible(start: Start, without_net: None) -> None:
    texts = [str(text) for text in HOSTILE]
    await seen_once(start, *(interrupt(text, n=n) for n, text in enumerate(texts)))
    async with start(DeskDouble(), None, (100, 40)) as console:
        assert f"{len(texts)} waiting as of" in console.text
        assert is_visible(console.text)


async def test_texts_that_somebody_else_wrote_are_visible(
    start: Start, tmp_path: Path, without_net: None
) -> None:
    rows = [["", "t", "i", None, "asks", *[text] * 7] for text in HOSTILE if text]
    seen = {"as_of": datetime.now(UTC).isoformat(), "total": len(rows), "items": rows}
    file_of(tmp_path).write(seen)
    async with start(DeskDouble(), None, (100, 40)) as console:
        assert f"{len(rows)} waiting as of" in console.text
        assert is_visible(console.text)


def test_another_day_has_its_date() -> None:
    row = ["", "t", "i", None, "stop", *["x"] * 7]
    earlier = datetime.now(UTC) - timedelta(days=3)
    seen = last_seen_of({"as_of": earlier.isoformat(), "total": 1, "items": [row]})
    assert seen is not None
    assert SeenRows({"": seen}).when == earlier.astimezone().strftime("%d %b %H:%M")
