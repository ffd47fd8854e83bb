"""What all cards have in common: a decision is guarded, in view before it is sent, made once."""

from functools import partial
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widgets import Input, TextArea

from hitl_tui.messages import ExternalEditorClosed, ExternalEditorRequested
from hitl_tui.widgets.send_bar import SendBar


class Card(VerticalScroll, can_focus=True):
    """Shows what waits, whole; says what was decided at most once.

    Deciding is dead until the card has been on screen for `GUARD` seconds, so that keys typed
    before it appeared decide nothing.
    """

    DEFAULT_CSS = """
    Card {
        height: 1fr;
        scrollbar-size-vertical: 1;
        &.-answered { opacity: 60%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "send", "Send", tooltip="Send what stands under “Will send”", id="card.send"
        ),
        Binding(
            "ctrl+s",
            "keep",
            "Decide",
            tooltip="Decide on this one of several questions; they are sent together",
            id="card.keep",
        ),
    ]
    GUARD: ClassVar[float] = 0.4
    """Seconds; longer than a key repeats, shorter than anybody reads."""

    answered: reactive[bool] = reactive(False, toggle_class="-answered", bindings=True)
    armed: reactive[bool] = reactive(False, repaint=False, bindings=True)
    """The card has been on screen long enough to decide."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.send_bar = SendBar()
        self._drawings = 0
        self._one_of_several = False

    @property
    def one_of_several(self) -> bool:
        """Whether this is decided now, and sent together with other questions later."""
        return self._one_of_several

    @one_of_several.setter
    def one_of_several(self, several: bool) -> None:
        self._one_of_several = several
        self.send_bar.rename("Decide" if several else "Send")

    def on_mount(self) -> None:
        """Begin the guard when the card has been drawn."""
        self.guard()

    @on(ExternalEditorClosed)
    def guard(self) -> None:
        """Let nothing be decided until what is shown now has been in view long enough."""
        self.disarm()
        self.call_after_refresh(self._drawn, self._drawings)

    @on(ExternalEditorRequested)
    def disarm(self) -> None:
        """Let nothing be decided until `guard` is called, however long that takes."""
        self.armed = False
        self._drawings += 1

    def on_key(self, event: events.Key) -> None:
        """Begin the guard anew: a key that is held down sends one card, and not the next."""
        if not self.armed and not self.answered and event.key in self._keys_that_send():
            self.guard()

    def _keys_that_send(self) -> set[str]:
        return {
            key
            for holder in type(self).__mro__
            for binding in holder.__dict__.get("BINDINGS", ())
            if isinstance(binding, Binding) and binding.action in ("send", "keep")
            for key in binding.key.split(",")
        }

    def _drawn(self, drawing: int) -> None:
        self.set_timer(self.GUARD, partial(self._arm, drawing))

    def _arm(self, drawing: int) -> None:
        if drawing == self._drawings:
            self.armed = True

    def reopen(self) -> None:
        """Nothing was taken: let it be decided again."""
        self.answered = False
        self.guard()

    def take_focus(self) -> None:
        """Give the keys to where one begins."""
        self.focus()

    @property
    def writing(self) -> bool:
        """Whether a text field of this card has the keys."""
        focused = self.screen.focused
        return isinstance(focused, Input | TextArea) and self in focused.ancestors

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to send only in time, and only once."""
        if action not in ("send", "keep"):
            return True
        if self.answered or self.one_of_several is (action == "send"):
            return False
        return True if self.armed else None

    def action_send(self) -> None:
        """Decide, once."""
        if self.armed and not self.answered:
            self.decide()

    def action_keep(self) -> None:
        """Decide, once; the screen of the thread keeps it until all are sent."""
        self.action_send()

    def decide(self) -> None:
        """Say what was decided, if it can be said, and set `answered`."""
        raise NotImplementedError

    @on(SendBar.Pressed)
    def send_pressed(self) -> None:
        """The button does what the key does."""
        self.action_send()
