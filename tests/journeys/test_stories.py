"""A story in a file, opened in the real console with keys: read, and nothing else."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hitl_engine.desk import Desk, open_desk, open_story, story_json
from hitl_engine.errors import BadInput, HitlError
from hitl_engine.model import Answer, Interrupt
from hitl_tui.app import ConsoleApp
from tests.any_server.steps import ignore, start, step
from tests.console.conftest import settle, until
from tests.journeys.piloted import PilotedConsole
from tests.server.processes import Served


@pytest.fixture
async def desk(local_server: Served, tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of the local server, with a journal of its own."""
    async with open_desk(
        local_server.url, data_dir=tmp_path, headers=local_server.headers
    ) as opened:
        yield opened


async def test_a_story_is_read_in_the_console(desk: Desk, tmp_path: Path) -> None:
    thread = await step(desk, await start(desk, "breakpoints", {"text": "an early thought"}))
    story = await desk.stories.of(thread.thread_id)
    file = tmp_path / "published.json"
    file.write_text(json.dumps(story_json(story)))
    app = ConsoleApp(lambda: open_story(file), opens_thread=True)
    async with app.run_test(size=(130, 34), notifications=True) as pilot:
        await until(pilot, lambda: app.session.inbox is not None)
        await settle(pilot)
        console = PilotedConsole(app, pilot)
        await console.shows("story: published.json", "This is a story in the file", "saved")
        await console.shows("Nothing can be answered", "A breakpoint: publish")
        await console.press("alt+3")
        await console.shows("An early thought")
        await console.press("e")
        await console.shows("Nothing can be answered or changed here")
        await console.press("alt+4", "down")
        await console.shows("viewing the input", "made by")
        await console.press("0", "alt+5")
        await console.shows("polish", "4 nodes")
        await console.press("escape", "escape")
        await console.shows("Nothing waits for you")


async def test_a_story_reads_like_its_thread(desk: Desk, tmp_path: Path) -> None:
    thread = await start(desk, "revise", {"some_text": "a text"})
    story = await desk.stories.of(thread.thread_id)
    file = tmp_path / "story.json"
    file.write_text(json.dumps(story_json(story)))
    async with open_story(file) as told:
        view = await told.thread(thread.thread_id)
        assert (view.values, view.next) == (thread.values, thread.next)
        [asked], [was] = view.waiting, thread.waiting
        assert isinstance(asked, Interrupt) and isinstance(was, Interrupt)
        assert (asked.payload, asked.node) == (was.payload, was.node)
        picture = await told.graph_pictures.of("revise")
        assert picture == await desk.graph_pictures.of("revise")
        assert (await told.inbox()).items == ()
        question = told.reviews.question(asked)
        with pytest.raises(HitlError, match="story in the file"):
            await told.decide(question, Answer("a better text"), ignore)
    with pytest.raises(BadInput, match="cannot be read"):
        async with open_story(tmp_path / "gone.json"):
            pass
