"""The console on the run of one thread, and the floor: a log of the events."""

import asyncio
import json
import sys
from pathlib import Path

import httpx
from textual.app import App, ComposeResult
from textual.widgets import Log

from hitl_engine.desk import open_desk
from hitl_tui.app import ConsoleApp
from hitl_tui.messages import ThreadOpened


class BareFollower(App[None]):
    """Reads the events of a run, and adds each to a log at once."""

    def __init__(self, url: str, token: str, thread_id: str) -> None:
        super().__init__()
        self._client = httpx.AsyncClient(base_url=url, headers={"Authorization": token})
        self._path = f"/threads/{thread_id}/runs"
        self._shown = Log()

    def compose(self) -> ComposeResult:
        yield self._shown

    def on_mount(self) -> None:
        self._shown.write_line("ready")
        self.run_worker(self._follow())

    async def _follow(self) -> None:
        [run] = (await self._client.get(self._path)).json()
        path = f"{self._path}/{run['run_id']}/stream"
        async with self._client.stream("GET", path, timeout=None) as response:
            async for line in response.aiter_lines():
                if line.startswith('data: "'):
                    self._shown.write_line(json.loads(line.removeprefix("data: ")))


def console(url: str, token: str, thread_id: str, data: str) -> ConsoleApp:
    """Return the console, which opens the thread when it is connected."""
    headers = {"Authorization": token}
    app = ConsoleApp(lambda: open_desk(url, data_dir=Path(data), headers=headers))

    async def open_thread() -> None:
        while app.session.inbox is None:
            await asyncio.sleep(0.05)
        app.post_message(ThreadOpened(thread_id))

    app.call_later(lambda: app.run_worker(open_thread()))
    return app


if __name__ == "__main__":
    whose, *arguments = sys.argv[1:]
    (BareFollower(*arguments) if whose == "bare" else console(*arguments)).run()
