"""The modal that asks what to do with answers that are not sent yet, before the console closes."""

from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from hitl_tui.screens.framed_modal import FramedModal
from hitl_tui.state.outbox import Outbox
from hitl_tui.text.fitting import counted

_SHOWN = 8
"""Answers that are listed; of the others the count is shown."""


class Unsent(Enum):
    """What to do with answers that are not sent yet."""

    SEND = "send"
    KEEP = "keep"


class UnsentModal(FramedModal[Unsent | None]):
    """Lists the answers; dismissed with None if the user stays."""

    DEFAULT_CSS = """
    UnsentModal {
        & > Vertical { width: 90%; max-width: 100; max-height: 90%; padding: 1 1 0 1; }
        VerticalScroll { height: auto; margin-bottom: 1; scrollbar-size-vertical: 1; }
        #buttons { dock: bottom; background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "choose('send')", "Send", tooltip="Send them now, and quit", id="unsent.send"),
        Binding(
            "k",
            "choose('keep')",
            "Keep",
            tooltip="Send no more of them, keep them as drafts, and quit",
            id="unsent.keep",
        ),
        Binding("escape", "stay", "Stay", tooltip="Do not quit", id="unsent.stay"),
    ]

    def __init__(self, outbox: Outbox) -> None:
        super().__init__()
        self._outbox = outbox

    def compose(self) -> ComposeResult:
        """List the answers, with what can be done below."""
        frame = Vertical()
        frame.border_title = Content("Not sent yet")
        with frame:
            with VerticalScroll(can_focus=False):
                yield Static(id="answers", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Send and quit  s", id="send", compact=True)
                yield Button("Keep as drafts  k", id="keep", compact=True)
                yield Button("Stay  esc", id="stay", compact=True)

    def on_mount(self) -> None:
        """Follow the answers: their time runs on while the user thinks."""
        self._outbox.subscribe(self._show)
        self._show()

    def on_unmount(self) -> None:
        """Stop following."""
        self._outbox.unsubscribe(self._show)

    def _show(self) -> None:
        waiting, partly_sent = self._outbox.waiting, self._outbox.partly_sent
        lines = [f"Not all is sent yet: {sending.words}." for sending in partly_sent]
        if waiting:
            lines += [f"{counted(len(waiting), 'answer')} can still be taken back:", ""]
            lines += [f"• {sending.words}" for sending in waiting[:_SHOWN]]
        if len(waiting) > _SHOWN:
            lines.append(f"… and {len(waiting) - _SHOWN} more")
        self.query_one("#answers", Static).update("\n".join(lines) or "Everything has been sent.")
        self.query_one("#send").display = not partly_sent
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to send what waits, but not what takes long."""
        return parameters != ("send",) or not self._outbox.partly_sent

    @on(Button.Pressed, "#send, #keep")
    def pressed(self, event: Button.Pressed) -> None:
        """Do what the key does."""
        self.action_choose(event.button.id or "")

    def action_choose(self, choice: str) -> None:
        """Close with this choice."""
        self.dismiss(Unsent(choice))

    @on(Button.Pressed, "#stay")
    def action_stay(self) -> None:
        """Close without a choice."""
        self.dismiss(None)
