"""The real app on a real server, driven by Pilot: quicker than a terminal, for what needs none."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from hitl_engine.configuration import NamedTarget
from hitl_engine.desk import Desk, open_desk
from hitl_tui.app import ConsoleApp
from hitl_tui.state.after_answer import AfterAnswer
from hitl_tui.widgets.cards.card import Card
from hitl_tui.widgets.cards.plan_card import PlanCard
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
    def screen(self) -> Any:
        """The screen in view."""
        return self.app.screen

    @property
    def text(self) -> str:
        """Everything on the screen."""
        return screen_text(self.app)

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all workers have ended."""
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def until(self, holds: Callable[[], object], what: str = "It is not so") -> None:
        """Wait until a condition holds; an error tells `what` is not so, and has the screen."""
        try:
            await until(self.pilot, holds)
        except AssertionError:
            raise AssertionError(f"{what}; on the screen is:\n{self.text}") from None

    async def shows(self, *words: str) -> None:
        """Wait until the screen shows all of these."""
        await self.until(lambda: all(word in self.text for word in words), f"Not all of {words}")

    async def shows_no(self, word: str) -> None:
        """Wait until the screen does not show this."""
        await self.until(lambda: word not in self.text, f"Still {word!r}")

    async def armed(self) -> None:
        """Wait until a card in view accepts keys."""
        await self.until(lambda: any(card.armed for card in self.screen.query(Card)), "No card")

    async def planned(self) -> None:
        """Wait until the plan in view accepts keys, and was read to its end."""
        await self.until(
            lambda: any(
                plan.armed and not plan.send_bar.blocked for plan in self.screen.query(PlanCard)
            ),
            "No plan",
        )

    async def confirm(self) -> None:
        """Confirm the plan in view, and wait until what it sends is done."""
        await self.planned()
        await self.press("ctrl+s")


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
