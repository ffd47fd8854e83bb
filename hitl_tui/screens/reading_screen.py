"""The base of screens that show what they read from the server when they are opened."""

from collections.abc import Coroutine
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from hitl_engine.errors import HitlError
from hitl_engine.visible import one_line
from hitl_tui.screens.console_screen import ConsoleScreen
from hitl_tui.state.session import ConnectionStatus, Session
from hitl_tui.widgets.banner import Banner, Severity


class ReadingScreen(ConsoleScreen):
    """Reads in a worker, shows why that failed, and reads again when the server answers again.

    A subclass implements `read`, and yields `banner` in its body.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r",
            "read_again",
            "Read again",
            show=False,
            tooltip="Read again from the server",
            id="reading.again",
        ),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.banner = Banner()
        self._was_connected = True

    async def read(self) -> None:
        """Read, and show it. May raise HitlError."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Read."""
        self.action_read_again()

    def action_read_again(self) -> None:
        """Read again."""
        self.start_reading(self.read())

    @work(group="read", exclusive=True, exit_on_error=False)
    async def start_reading(self, reading: Coroutine[Any, Any, None]) -> None:
        """Read, instead of what is being read."""
        await self.guarded(reading)

    async def guarded(self, reading: Coroutine[Any, Any, None]) -> bool:
        """Read, or show why that is not possible; return whether it was."""
        try:
            await reading
        except HitlError as error:
            self.banner.show_unread(error)
            return False
        if self.banner.severity is Severity.UNREAD:
            self.banner.clear()
        return True

    @property
    def reads(self) -> bool:
        """Whether something is being read."""
        return any(each.group == "read" and each.is_running for each in self.workers)

    def session_changed(self) -> None:
        """Read again what could not be read, when the server answers again."""
        super().session_changed()
        connected = self.session.connection is ConnectionStatus.CONNECTED
        if connected and not self._was_connected and self.banner.severity is Severity.UNREAD:
            self.action_read_again()
        self._was_connected = connected

    def show_error(self, error: HitlError) -> None:
        """Show an error that leaves everything as it was."""
        self.show_notification(one_line(str(error), 400), severity="error")
