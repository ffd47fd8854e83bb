"""The list of all threads, on a real server: from it any thread is opened, copied and deleted."""

from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from hitl_engine.errors import NotThere
from hitl_engine.model import Answer
from hitl_tui.screens.thread import ThreadScreen
from hitl_tui.screens.threads import ThreadsScreen
from hitl_tui.state.loaded_threads import MOST
from tests.any_server.steps import decide, ignore, questions_of, start
from tests.bench.filling import fill_with_done_threads
from tests.console.conftest import until
from tests.server.processes import SAMPLES, Served, running_server

from .piloted import piloted


@pytest.fixture
async def threads(local_server: Served, tmp_path: Path) -> dict[str, str]:
    """One thread that asks, one that is done, one whose node failed, and one on which nothing ran."""
    data = tmp_path / "other"
    async with open_desk(local_server.url, data_dir=data, headers=local_server.headers) as desk:
        done = await decide(
            desk, await start(desk, "revise", {"some_text": "finished"}), Answer("all done")
        )
        failed = await start(desk, "stuck", {"order": "four chairs"})
        await desk.decide(questions_of(desk, failed)[0], Answer("a few"), ignore)
        asks = await start(desk, "revise", {"some_text": "still open"})
    async with local_server.client() as http:
        empty = (await http.post("/threads", json={"metadata": {"made_by": "test"}})).json()
    return {
        "done": done.thread_id,
        "failed": failed.thread_id,
        "asks": asks.thread_id,
        "empty": empty["thread_id"],
    }


async def test_a_thread_is_opened_whatever_its_status(
    local_server: Served, threads: dict[str, str], tmp_path: Path
) -> None:
    async with piloted(local_server, tmp_path) as console:
        await console.press("t")
        await console.shows("✓ done", "? asks", "! stuck?", "· empty", "invalid literal")

        await console.press("slash", *threads["done"], "enter")
        await console.shows("The thread with this id", threads["done"][-8:])
        await console.press("enter")
        await console.shows("all done")
        assert isinstance(console.app.screen, ThreadScreen)
        await console.press("escape")
        await console.shows("The thread with this id")
        assert isinstance(console.app.screen, ThreadsScreen)
        await console.press("escape", "escape")
        assert console.app.screen is console.app.home


async def test_threads_are_found_by_kind_words_and_metadata(
    local_server: Served, threads: dict[str, str], tmp_path: Path
) -> None:
    def listed() -> set[str]:
        screen = console.app.screen
        assert isinstance(screen, ThreadsScreen)
        return {row.thread_id for row in screen.list.rows}

    async with piloted(local_server, tmp_path) as console:
        await console.press("t", "right")
        await console.shows("? asks")
        assert threads["asks"] in listed()
        assert threads["done"] not in listed()
        await console.press("left", "slash", *"still", "space", *"open")
        await until(console.pilot, lambda: threads["failed"] not in listed())
        assert threads["asks"] in listed()
        await console.press("enter", "escape", "slash", *"graph=stuck", "enter")
        await until(console.pilot, lambda: threads["asks"] not in listed())
        assert threads["failed"] in listed()
        await console.press("escape", "slash", *"made_by=test", "enter")
        await until(console.pilot, lambda: threads["failed"] not in listed())
        assert threads["empty"] in listed()


async def test_a_thread_is_copied_and_deleted(
    local_server: Served, threads: dict[str, str], tmp_path: Path
) -> None:
    thread_id = threads["asks"]
    async with piloted(local_server, tmp_path) as console:
        await console.press("t", "slash", *thread_id, "enter")
        await console.shows("The thread with this id")
        await console.press("c")
        await console.shows("The copy is thread")
        await console.press("d")
        await console.shows(thread_id, "1 question on it waits for an answer.")
        await console.press("escape")
        assert (await console.desk.thread(thread_id)).waiting
        await console.press("d")
        await console.confirm()
        await console.shows("The server deleted the thread.")
        with pytest.raises(NotThere):
            await console.desk.thread(thread_id)


@pytest.mark.parametrize("count", [1_500, pytest.param(10_000, marks=pytest.mark.hardening)])
async def test_each_thread_of_a_large_server_can_be_reached(count: int, tmp_path: Path) -> None:
    failed = count // 3
    thread_ids = await fill_with_done_threads(tmp_path / "data", count, failed)
    with running_server(f"{SAMPLES / 'revise.py'}:graph", tmp_path / "data") as served:
        async with piloted(served, tmp_path / "journal") as console:
            await console.press("t")
            await console.shows(f"all {count:,}", f"done {count - 1:,}", "failed 1")
            screen = console.app.screen
            assert isinstance(screen, ThreadsScreen)

            def selected() -> str:
                assert len(screen.list.rows) <= MOST, "the list never holds all"
                return screen.list.row.thread_id if screen.list.row else ""

            assert selected() == thread_ids[-1], "the newest"
            assert len(screen.list.rows) < 300, "the first pages open it"

            await console.press("end")
            await until(console.pilot, lambda: selected() == thread_ids[0])
            await console.press("pageup", "pageup", "pageup", "pageup", "pageup", "pageup")
            await console.shows(f"to {count:,}, last changed first")
            await console.press("home")
            await until(console.pilot, lambda: selected() == thread_ids[-1])

            await console.press(*["right_square_bracket"] * 5)
            await until(console.pilot, lambda: selected() == thread_ids[count // 2 - 1])
            place = [row.thread_id for row in screen.list.rows]
            assert place == thread_ids[::-1][(first := screen._loaded.start) : first + len(place)]

            await console.press("left", "left")
            await until(console.pilot, lambda: selected() == thread_ids[failed])
            await console.shows("no such order")

            await console.press("escape", "slash")
            screen.filter.load(thread_ids[7][:-1])  # as a paste does
            await until(console.pilot, lambda: selected() == thread_ids[7])
            await console.shows(f"1 of all {count:,} threads")
            screen.filter.load(f"number={count // 4}")
            await until(console.pilot, lambda: selected() == thread_ids[count // 4])


async def test_a_search_is_copied_as_code(
    local_server: Served, threads: dict[str, str], tmp_path: Path
) -> None:
    async with piloted(local_server, tmp_path) as console:
        await console.press("t", "slash", *"graph=stuck", "space", *"words", "enter")
        [copy] = [
            each
            for each in console.app.get_system_commands(console.app.screen)
            if each.title == "Copy as Python"
        ]
        copy.callback()
        await console.shows("The code is in the clipboard: Python.")
        assert "'graph_id': 'stuck'" in console.app.clipboard.replace('"', "'")
        assert "threads.search(" in console.app.clipboard
