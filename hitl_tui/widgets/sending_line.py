"""The line above the keys: what is on its way, what became of it, and how much is left."""

from __future__ import annotations  # the model is not loaded before the first paint

import math

from rich.cells import cell_len
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

from hitl_tui.state.outbox import Sending, SendingStatus
from hitl_tui.state.session import Session
from hitl_tui.text.fitting import shortened

_TICK = 0.25
"""Seconds between two drawings while a time runs."""
_LOOKS = {
    SendingStatus.WAITS: ("◷", "$text-accent", "Sending"),
    SendingStatus.SENT: ("◌", "$text-primary", "Sent, and running"),
    SendingStatus.TAKEN_BACK: ("↶", "$foreground 70%", "Taken back"),
    SendingStatus.APPLIED: ("✓", "$text-success", "Applied"),
    SendingStatus.RECORDED: ("◑", "$text-accent", "Recorded, waits for a second reviewer"),
    SendingStatus.UNMOVED: ("▲", "$text-warning", "Not past it"),
    SendingStatus.REFUSED: ("✗", "$text-error", "Refused"),
    SendingStatus.UNKNOWN: ("▲", "$text-warning", "Outcome unknown"),
}


class SendingLine(Widget):
    """Shows the newest decision of this console; nothing before there is one."""

    DEFAULT_CSS = """
    SendingLine {
        dock: bottom;
        height: 1;
        margin-bottom: 1;
        padding: 0 1;
        display: none;
        background: $surface;
        color: $foreground 80%;
        &.-sending { display: block; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._timer: Timer | None = None
        self._left = ""

    def on_mount(self) -> None:
        """Follow what is sent."""
        self._timer = self.set_interval(_TICK, self.refresh, pause=True)
        self._session.outbox.subscribe(self._show)
        self._session.subscribe(self._show)
        self._show()

    def on_unmount(self) -> None:
        """Stop following."""
        self._session.outbox.unsubscribe(self._show)
        self._session.unsubscribe(self._show)

    def _show(self) -> None:
        outbox = self._session.outbox
        self._left = self._left_words()
        self.set_class(bool(outbox.all), "-sending")
        if self._timer is not None:
            (self._timer.resume if outbox.waiting else self._timer.pause)()
        self.refresh()

    def render(self) -> Content:
        """Draw the decision, cut to fit, and to its right what is left."""
        outbox = self._session.outbox
        if not outbox.all:
            return Content("")
        newest = (outbox.waiting or outbox.on_their_way or outbox.all)[-1]
        sign, colour, word = _LOOKS[newest.status]
        end = self._end_of(newest)
        right = self._left
        room = self.size.width - cell_len(word) - cell_len(end) - cell_len(right) - 8
        what = shortened(newest.words, max(8, room))
        left = Content.assemble(
            (f"{sign} {word}", f"bold {colour}"), f": {what}", (end, "$foreground 90%")
        )
        gap = " " * max(1, self.size.width - left.cell_length - cell_len(right))
        return Content.assemble(left, gap, (right, "$foreground 70%"))

    def _end_of(self, sending: Sending) -> str:
        if sending.status is SendingStatus.WAITS:
            others = len(self._session.outbox.waiting) - 1
            more = f"  and {others} before" if others else ""
            return f"  in {math.ceil(sending.seconds_left)} s{more} · {self._key()} takes it back"
        return f"  {sending.remark}" if sending.remark else ""

    def _key(self) -> str:
        """Return the key that takes an answer back where the focus is."""
        types = isinstance(self.screen.focused, Input | TextArea)
        keys = [
            self.app.get_key_display(active.binding)
            for key, active in self.screen.active_bindings.items()
            if active.binding.action == "take_back" and not (types and len(key) == 1)
        ]
        return min(keys, key=len, default="")

    def _left_words(self) -> str:
        inbox = self._session.inbox
        if inbox is None or not self._session.outbox.all:
            return ""
        left = self._session.outbox.left_of(inbox.items)
        return f"{left:,} left" if left else "nothing left"
