"""The real app on a real server, driven by Pilot: quicker than a terminal, for what needs none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from hitl_engine.configuration import NamedTarget
from hitl_engine.desk import Desk, open_desk
from hitl_tui.app import ConsoleApp
from hitl_tui.state.after_answer import AfterAnswer
from tests.console.conftest import screen_text, settle, until
from tests.server.processes import Served


@dataclass
class PilotedConsole:
    """The console on a server, and its desk."""

    app: ConsoleApp
    pilot: Pilot[None]

    @property
    def desk(self) -> Desk:
        """The desk of the console."""
        assert self.app.session.desk is not None
        return self.app.session.desk

    @property
    def text(self) -> str:
        """Everything on the screen."""
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all workers have ended."""
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def shows(self, *words: str) -> None:
        """Wait until the screen shows all of these."""
        try:
            await until(self.pilot, lambda: all(word in self.text for word in words))
        except AssertionError:
            raise AssertionError(f"{words} are not all on the screen:\n{self.text}") from None

    async def shows_no(self, word: str) -> None:
        """Wait until the screen does not show this."""
        await until(self.pilot, lambda: word not in self.text)


@asynccontextmanager
async def piloted(
    served: Served,
    data: Path,
    size: tuple[int, int] = (100, 30),
    *,
    target: NamedTarget | None = None,
    after_answer: AfterAnswer = AfterAnswer.THREAD,
) -> AsyncIterator[PilotedConsole]:
    """Open the console on a server, or on a target that is configured for it.

    After an answer it stays on the thread: on a server that tests share, others may wait.
    """
    place = target or served.url
    app = ConsoleApp(lambda: open_desk(place, data_dir=data, headers=served.headers))
    app.session.outbox.after_answer = after_answer
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.session.inbox is not None)
        await settle(pilot)
        yield PilotedConsole(app, pilot)
