"""Code for what a thread waits for, from the command palette."""

from pathlib import Path

import pytest

from hitl_engine.desk import open_desk
from hitl_tui.messages import ThreadOpened
from tests.any_server.steps import start
from tests.console.conftest import until
from tests.server.processes import Served

from .piloted import piloted


async def test_code_is_copied_from_the_palette(
    local_server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk(
        local_server.url, data_dir=tmp_path / "other", headers=local_server.headers
    ) as other:
        thread = await start(other, "revise", {"some_text": "original"})
    async with piloted(local_server, tmp_path / "data") as console:
        copied: list[str] = []
        monkeypatch.setattr(console.app, "copy_to_clipboard", copied.append)
        console.app.post_message(ThreadOpened(thread.thread_id))
        await console.armed()
        await console.pilot.press("ctrl+p", *"copy as curl")
        await console.shows("Copy as curl")
        await console.pilot.press("down", "enter")
        await until(console.pilot, lambda: copied)
        assert thread.thread_id in copied[0]
        assert "YOUR ANSWER" in copied[0]
        assert "$HITL_TUI_TOKEN" in copied[0]
