"""What will be sent, exactly, with the button that sends it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Button, Static

from hitl_engine.model import JsonValue
from hitl_engine.visible import json_text
from hitl_tui.text.literal import literal
from hitl_tui.widgets.log_reason_line import LogReasonLine
from hitl_tui.widgets.text_view import TextPane
from hitl_tui.widgets.titled_pane import titled

_ONE_LINE = 240
"""Longer JSON is shown indented."""
_REFUSED_SECONDS = 6.0
"""How long refused keys are shown."""


class SendBar(Vertical):
    """Shows the JSON that goes to the graph, or why there is nothing to send yet."""

    DEFAULT_CSS = """
    SendBar {
        dock: bottom;
        height: auto;
        background: $background;
        #head { height: 1; }
        #rule {
            width: 1fr;
            height: 1;
            border-top: solid $foreground 20%;
            border-title-color: $foreground 70%;
            border-title-style: bold;
        }
        Button { margin: 0 1; min-width: 12; background: $panel; }
        Button:enabled { background: $primary; color: $background; text-style: bold; }
        Button.-guarded:enabled {
            background: $primary 20%; color: $text-primary; text-style: none;
        }
        TextPane { height: auto; max-height: 5; border: none; }
        TextPane:focus { border: none; background: $surface; }
        #why { display: none; height: auto; max-height: 3; padding: 0 1; color: $foreground 70%; }
        #refused { display: none; height: auto; max-height: 2; padding: 0 1; color: $text-warning; }
        &.-refused #refused { display: block; }
        &.-blocked #why { display: block; }
        &.-emphasized #why { color: $text-error; text-style: bold; }
        &.-blocked TextPane, &.-noted TextPane { display: none; }
    }
    """

    class Pressed(Message):
        """The button was pressed."""

    blocked: reactive[bool] = reactive(True, toggle_class="-blocked")
    """Whether there is nothing to send yet."""
    guarded: reactive[bool] = reactive(False)
    """Whether it was not in view for long enough."""

    def __init__(self, verb: str = "Send", key: str = "^s", *, guarded: bool = False) -> None:
        super().__init__()
        self.rule = Static(id="rule", markup=False)
        self.log_reason = LogReasonLine()
        """The reason for the log; hidden unless the card opens it."""
        self.pane = TextPane()
        self.why = Static(id="why", markup=False)
        self.refused = Static(id="refused", markup=False)
        self._refused_timer: Timer | None = None
        self._key = key
        self.button = Button(compact=True)
        self.rename(verb)
        self.guarded = guarded

    def compose(self) -> ComposeResult:
        """Put the button on the rule above the JSON."""
        with Horizontal(id="head"):
            yield self.rule
            yield self.button
        yield self.log_reason
        yield self.refused
        yield self.pane
        yield self.why

    def rename(self, verb: str) -> None:
        """Set the text of the button."""
        self.button.label = Content(f"{verb}  {self._key}")

    def show(self, answer: JsonValue, note: str = "") -> None:
        """Show what will be sent; `note` is our own, or visible text."""
        compact = json_text(answer, indent=None)
        long = len(compact) > _ONE_LINE
        self.pane.show_json(answer, indent=2 if long else None)
        size = f"{len(compact):,} characters" if long else ""
        detail = ", ".join(part for part in (note, size) if part)
        self._unblock(detail)

    def show_note(self, note: str) -> None:
        """Show in words what will be sent, where its JSON is shown elsewhere; `note` is ours."""
        self.add_class("-noted")
        self._unblock(note)

    def _unblock(self, detail: str) -> None:
        self.rule.border_title = titled("Will send", detail)
        self.blocked = False

    def block(self, why: str) -> None:
        """Show why nothing can be sent yet."""
        self._block("Nothing to send yet", "the graph waits until you send", why)

    def close(self, why: str) -> None:
        """Show why nothing can be sent any more."""
        self._block("Nothing is sent", "what you typed is kept", why)

    def _block(self, title: str, detail: str, why: str) -> None:
        self.rule.border_title = titled(title, detail)
        self.why.update(literal(why))
        self.blocked = True
        self.remove_class("-emphasized")

    def show_refused(self, words: str) -> None:
        """Show for some seconds which keys did nothing, and why."""
        if self._refused_timer is not None:
            self._refused_timer.stop()
        self.refused.update(literal(words))
        self.add_class("-refused")
        self._refused_timer = self.set_timer(_REFUSED_SECONDS, self._hide_refused)

    def _hide_refused(self) -> None:
        self.remove_class("-refused")

    def emphasize_reason(self) -> None:
        """Emphasize why nothing can be sent yet: the user tried to send."""
        self.add_class("-emphasized")

    def watch_blocked(self, blocked: bool) -> None:
        """Disable the button while there is nothing to send."""
        self.button.disabled = blocked

    def watch_guarded(self, guarded: bool) -> None:
        """Let the button look as if it did nothing yet."""
        self.button.set_class(guarded, "-guarded")

    @on(Button.Pressed)
    def button_pressed(self, event: Button.Pressed) -> None:
        """Post the message of this bar."""
        event.stop()
        self.post_message(self.Pressed())
