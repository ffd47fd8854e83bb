"""What all cards have in common: a decision is in view before it is sent, and is made once."""

from collections.abc import Callable
from typing import ClassVar, TypeAlias

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.reactive import reactive
from textual.widgets import Input, TextArea

from hitl_engine.model import Decision, Item
from hitl_tui.messages import ExternalEditorClosed, ExternalEditorRequested
from hitl_tui.state.early_keys import refusal_words
from hitl_tui.state.not_ready import NotReasoned
from hitl_tui.widgets.cards.guard import Guard
from hitl_tui.widgets.log_reason_line import LOG_REASON_KEY, LogReasonLine, with_key
from hitl_tui.widgets.send_bar import SendBar

MissingLogReason: TypeAlias = Callable[[Item, Decision | None], str]
"""Returns why an item is not decided so without another reason for the log; empty if it is."""


def needs_no_log_reason(item: Item, decision: Decision | None) -> str:
    """Return nothing: no decision needs a reason."""
    return ""


class Card(VerticalScroll, can_focus=True):
    """Shows a pending item in full, and posts what was decided at most once.

    Its guard lets nothing be decided that was not in view.
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
            "ctrl+s", "send", "Send", tooltip="Send what is shown under “Will send”", id="card.send"
        ),
        Binding(
            "ctrl+s",
            "keep",
            "Decide",
            tooltip="With several questions: keep this decision; all are sent together later",
            id="card.keep",
        ),
        Binding(
            LOG_REASON_KEY,
            "log_reason",
            "Reason for the log",
            show=False,
            tooltip="Give a reason or ticket for the log; the graph does not get it",
            id="card.log_reason",
        ),
    ]
    TAKES_LOG_REASON: ClassVar[bool] = True
    """Whether what is decided on the card may have a reason for the log."""
    TITLE: ClassVar[str] = "Question"
    """The title of the frame around the card."""
    answered: reactive[bool] = reactive(False, toggle_class="-answered", bindings=True)
    displayed: reactive[bool] = reactive(True, init=False, bindings=True)
    """Whether it is on the screen of what contains it. What is not displayed takes no key, does not
    have the focus (`ThreadScreen.set_focus`), and decides nothing."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.send_bar = SendBar(guarded=True)
        self.guard = Guard(self, self._guard_changed)
        self._one_of_several = False
        self._why_closed = ""
        self.missing_log_reason: MissingLogReason = needs_no_log_reason

    # The reason for the log

    @property
    def log_reason(self) -> str:
        """The reason or ticket that was typed for the log, or nothing."""
        return self.send_bar.log_reason.text

    def action_log_reason(self) -> None:
        """Open the line for the reason."""
        self.send_bar.log_reason.open()

    @on(LogReasonLine.Left)
    def leave_log_reason(self, event: LogReasonLine.Left) -> None:
        """Go on with what is decided."""
        event.stop()
        self.send_bar.log_reason.close_if_empty()
        self.take_focus()
        self.log_reason_changed()

    @on(LogReasonLine.Changed)
    def take_log_reason(self, event: LogReasonLine.Changed) -> None:
        """Show whether it can be sent with this reason."""
        event.stop()
        self.log_reason_changed()

    def log_reason_changed(self) -> None:
        """Show whether it can be sent with this reason."""

    def require_log_reason(self, why: str) -> None:
        """Show the line for a reason, if `why` names what needs one. Raises NotReasoned."""
        if why:
            self.send_bar.log_reason.show()
            raise NotReasoned(with_key(why))

    # Deciding

    @property
    def one_of_several(self) -> bool:
        """Whether the decision is kept, and sent together with those on other questions."""
        return self._one_of_several

    @one_of_several.setter
    def one_of_several(self, several: bool) -> None:
        self._one_of_several = several
        self.send_bar.rename("Decide" if several else "Send")

    @property
    def why_closed(self) -> str:
        """Why nothing on the card is sent: what happened to the item; empty while it is pending."""
        return self._why_closed

    @why_closed.setter
    def why_closed(self, why: str) -> None:
        if why != self._why_closed:
            self._why_closed = why
            if not why:
                self.guard.restart()
            self.show_answer()

    def show_answer(self) -> None:
        """Show what would be sent now, or why nothing is sent."""
        if self._why_closed:
            self.send_bar.close(self._why_closed)
        else:
            self.show_pending_answer()
        self.refresh_bindings()

    def show_pending_answer(self) -> None:
        """Show what would be sent now, or what is missing; for subclasses whose items can close."""

    @property
    def compares(self) -> bool:
        """Whether it shows texts next to each other where there is room for that."""
        return False

    @property
    def armed(self) -> bool:
        """Whether the card was in view for long enough to be decided."""
        return self.displayed and self.guard.armed

    def watch_displayed(self, displayed: bool) -> None:
        """Start the guard when the card comes into view, and decide nothing when it leaves it."""
        if displayed:
            self.guard.restart()
        else:
            self.guard.disarm()

    def _guard_changed(self) -> None:
        self.send_bar.guarded = not self.armed
        self.refresh_bindings()

    def on_mount(self) -> None:
        """Start the guard, if the card is drawn next."""
        if self.displayed:
            self.guard.restart()

    @on(ExternalEditorClosed)
    def editor_closed(self) -> None:
        """Wait until the card was in view again."""
        self.guard.restart()

    @on(ExternalEditorRequested)
    def editor_opened(self) -> None:
        """Decide nothing while the card is not in view."""
        self.guard.disarm()

    def on_key(self, event: events.Key) -> None:
        """Restart the guard: a key that is held down sends one card, and not the next."""
        if not self.armed and not self.answered and event.key in self._keys_that_send():
            self.guard.wait_again()

    def _keys_that_send(self) -> set[str]:
        return {
            key
            for holder in type(self).__mro__
            for binding in holder.__dict__.get("BINDINGS", ())
            if isinstance(binding, Binding) and binding.action in ("send", "keep")
            for key in binding.key.split(",")
        }

    def refuse_early(self, keys: tuple[str, ...]) -> None:
        """Show that keys did nothing, because the card was not in view for long enough."""
        self.send_bar.show_refused(refusal_words(keys, after_change=self.guard.after_change))

    def reopen(self) -> None:
        """Let the card be decided again: nothing was accepted."""
        self.answered = False
        self.guard.restart()

    def take_focus(self) -> None:
        """Focus the first field."""
        self.focus()

    @property
    def writing(self) -> bool:
        """Whether a text field of this card has the focus."""
        focused = self.screen.focused
        return isinstance(focused, Input | TextArea) and self in focused.ancestors

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to send once the card was in view, and only once; nothing if it is not displayed."""
        if not self.displayed:
            return False
        if action == "log_reason":
            return self.TAKES_LOG_REASON and not self.answered
        if action not in ("send", "keep"):
            return True
        if self.answered or self.one_of_several is (action == "send"):
            return False
        return True if self.armed else None

    def is_dim(self, action: str) -> bool:
        """Whether the key of an action only tells why nothing can be done."""
        return action in ("send", "keep") and self.send_bar.blocked

    def action_send(self) -> None:
        """Decide, once, or point out why nothing is sent any more."""
        if self._why_closed:
            self.send_bar.emphasize_reason()
        elif self.armed and not self.answered:
            self.decide()

    def action_keep(self) -> None:
        """Decide, once; the screen of the thread keeps the decision until all are sent."""
        self.action_send()

    def decide(self) -> None:
        """Post the decision and set `answered`, or point out why there is no decision yet."""
        raise NotImplementedError

    @on(SendBar.Pressed)
    def send_pressed(self) -> None:
        """Do what the key does."""
        self.action_send()
