"""An app of one view, which reads the newest checkpoints of a thread and shows them on `f5`."""

import asyncio
import sys
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from hitl_engine.desk import Desk, open_desk
from hitl_tui.state.checkpoint_list import CheckpointList
from hitl_tui.themes import THEMES
from hitl_tui.widgets.history.timeline import Timeline


class HistoryApp(App[None]):
    """Shows the history of one thread."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "load", "Load")]

    def __init__(self, desk: Desk, thread_id: str) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self._desk = desk
        self._of_thread = thread_id
        self._loads = 0
        self._title = Static("ready", markup=False)
        self._list = CheckpointList()
        self._timeline = Timeline(self._list)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._timeline

    def on_mount(self) -> None:
        self._timeline.focus()

    async def action_load(self) -> None:
        page = await self._desk.history.page(self._of_thread)
        self._loads += 1
        self._title.update(f"loaded {self._loads}")
        self._list.replace(page.checkpoints, is_complete=page.is_last)
        self._timeline.show(0)


async def _show(url: str, token: str, data: str, thread_id: str) -> None:
    headers = {"Authorization": token}
    async with open_desk(url, data_dir=Path(data), headers=headers) as desk:
        await HistoryApp(desk, thread_id).run_async()


if __name__ == "__main__":
    asyncio.run(_show(*sys.argv[1:]))
