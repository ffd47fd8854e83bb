"""Targets that are marked as read-only or in production, on a real server."""

from pathlib import Path

import pytest

from hitl_engine.configuration import NamedTarget
from hitl_engine.desk import open_desk
from hitl_engine.errors import HitlError, NotConfirmed, ReadOnly
from hitl_engine.model import Answer
from hitl_tui.screens.confirm_modal import ConfirmModal
from hitl_tui.widgets.server_bar import ServerBar
from tests.any_server.steps import ignore, questions_of, start
from tests.server.processes import Served

from .piloted import PilotedConsole, piloted


@pytest.fixture
async def waiting(local_server: Served, tmp_path: Path) -> str:
    """A thread that asks for a text."""
    async with open_desk(
        local_server.url, data_dir=tmp_path / "other", headers=local_server.headers
    ) as desk:
        thread = await start(desk, "revise", {"some_text": "to be marked"})
    return thread.thread_id


async def opened(console: PilotedConsole, thread_id: str) -> None:
    await console.press("slash", *thread_id, "enter", "enter")
    await console.shows("to be marked")


async def test_a_target_in_production_asks_once_more(
    local_server: Served, waiting: str, tmp_path: Path, short_guard: None
) -> None:
    target = NamedTarget(local_server.url, name="live", production=True, colour="red")
    async with piloted(local_server, tmp_path, target=target) as console:
        await console.shows("live", "PRODUCTION")
        assert console.app.screen.query_one(ServerBar).styles.background_tint.r == 255
        await opened(console, waiting)
        await console.press("ctrl+s")
        await console.shows("PRODUCTION live: Send this answer?")
        assert isinstance(console.app.screen, ConfirmModal)
        await console.press("escape")
        thread = await console.desk.thread(waiting)
        assert len(thread.waiting) == 1

        await console.press("ctrl+s")
        await console.shows("Send this answer?")
        await console.press("ctrl+s")
        await console.shows("Done")
        assert (await console.desk.thread(waiting)).waiting == ()


@pytest.mark.hardening
async def test_nothing_is_sent_to_a_read_only_target(
    local_server: Served, waiting: str, tmp_path: Path, short_guard: None
) -> None:
    target = NamedTarget(local_server.url, name="there", read_only=True)
    async with piloted(local_server, tmp_path, target=target) as console:
        await console.shows("read-only", "Nothing can be answered or changed")
        await opened(console, waiting)
        await console.shows("What waits", "Nothing can be answered or changed")
        await console.press("ctrl+s")
        assert await console.desk.log() == ()
        assert len((await console.desk.thread(waiting)).waiting) == 1


@pytest.mark.parametrize(
    ("target", "error"),
    [
        (NamedTarget("", name="there", read_only=True), ReadOnly),
        (NamedTarget("", name="live", production=True), NotConfirmed),
    ],
)
async def test_every_change_is_refused_before_anything_is_sent(
    local_server: Served, waiting: str, tmp_path: Path, target: NamedTarget, error: type[HitlError]
) -> None:
    reached = NamedTarget(
        local_server.url,
        name=target.name,
        headers=local_server.headers,
        read_only=target.read_only,
        production=target.production,
    )
    async with open_desk(reached, data_dir=tmp_path, confirmed=False) as desk:
        before = await desk.threads.counts()
        thread = await desk.thread(waiting)
        (graph,) = (each for each in await desk.graphs() if each.graph_id == "revise")
        for request in (
            desk.decide(questions_of(desk, thread)[0], Answer("a"), ignore),
            desk.start(graph, {"some_text": "b"}, ignore),
            desk.threads.copy(waiting),
            desk.threads.delete(waiting),
            desk.store.put(("a",), "b", {}),
        ):
            with pytest.raises(error):
                await request
        assert await desk.log() == ()
        assert await desk.threads.counts() == before
        assert await desk.thread(waiting) == thread
