"""The modal for a text to read and copy: an error, a traceback, a difference."""

import traceback
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from hitl_engine.errors import HitlError
from hitl_engine.visible import visible
from hitl_tui.screens.framed_modal import FramedModal
from hitl_tui.screens.pane_selection import PaneSelection
from hitl_tui.text.literal import literal
from hitl_tui.widgets.difference_view import DifferenceView
from hitl_tui.widgets.text_view import Syntax, TextView


@dataclass(frozen=True)
class ModalText:
    """The parts of the text; all may be untrusted."""

    title: str
    what: str
    kept: str = ""
    hint: str = ""
    detail: str = ""
    syntax: Syntax = Syntax.PLAIN
    difference: tuple[str, ...] = ()
    """Lines that begin with `-`, `+`, `@` or a space; an `@` begins another place."""

    @classmethod
    def of(cls, error: BaseException) -> "ModalText":
        """Describe an error; of an unexpected one also the traceback, without local variables."""
        if isinstance(error, HitlError):
            return cls(error.title, error.what, error.kept, error.hint, error.detail)
        return cls(
            "Something went wrong inside the console",
            f"{type(error).__name__}: {error}",
            hint="Please report this. The console keeps running; what you typed is kept.",
            detail="".join(traceback.format_exception(error)),
        )

    @property
    def text(self) -> str:
        """The whole text, as it is copied: visible characters only."""
        parts = (self.title, self.what, self.kept, self.hint, self.detail, *self.difference)
        return visible("\n".join(part for part in parts if part))


class TextModal(PaneSelection, FramedModal[bool]):
    """Shows a text; dismissed with True if the user chooses to try again."""

    DEFAULT_CSS = """
    TextModal {
        & > Vertical { width: 90%; max-width: 100; max-height: 90%; padding: 0 1; }
        &.-difference > Vertical { max-width: 100%; }
        VerticalScroll {
            height: auto;
            padding: 1 1 0 1;
            scrollbar-size-vertical: 1;
            scrollbar-gutter: stable;
        }
        #what { text-style: bold; margin-bottom: 1; }
        #kept { color: $text-success; margin-bottom: 1; }
        #hint { margin-bottom: 1; }
        #details, #difference {
            height: auto;
            border-top: solid $foreground 20%;
            border-title-color: $foreground 70%;
            margin-bottom: 1;
        }
        #buttons { dock: bottom; background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", tooltip="Close this message", id="reading.close"),
        Binding("c", "copy", "Copy", tooltip="Copy the whole text", id="reading.copy"),
        Binding(
            "r",
            "retry",
            "Try again",
            tooltip="Try again the action that failed",
            id="reading.offer",
        ),
    ]
    HELP = """\
    ### A message
    **c** copies the whole text, **escape** closes it.
    """
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, text: ModalText, *, retry: bool = False, close: str = "Close") -> None:
        super().__init__()
        self.text = text
        self.set_class(bool(text.difference), "-difference")
        self._retry = retry
        self._close = close

    def compose(self) -> ComposeResult:
        """Put what happened first, then what was kept, what to do, and details."""
        frame = Vertical()
        frame.border_title = Content(self.text.title)
        with frame:
            with VerticalScroll():
                yield from self._parts()
            with Horizontal(id="buttons"):
                yield Button("Copy  c", id="copy", compact=True)
                if self._retry:
                    yield Button("Try again  r", id="retry", compact=True, variant="primary")
                yield Button(f"{self._close}  esc", id="close", compact=True)

    def _parts(self) -> ComposeResult:
        text = self.text
        yield Static(literal(text.what), id="what")
        if text.kept:
            yield Static(literal(text.kept), id="kept")
        if text.hint:
            yield Static(literal(text.hint), id="hint")
        if text.detail:
            details = TextView(numbered=True)
            details.id = "details"
            details.border_title = Content("Details")
            details.show_text(text.detail, text.syntax)
            yield details
        if text.difference:
            difference = DifferenceView(text.difference)
            difference.id = "difference"
            yield difference

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to try again only if it is possible."""
        return self._retry if action == "retry" else True

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Copy the whole text to the clipboard."""
        self.app.copy_to_clipboard(self.text.text)
        self.query_one("#copy", Button).label = Content("Copied ")

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Close without trying again."""
        self.dismiss(False)

    @on(Button.Pressed, "#retry")
    def action_retry(self) -> None:
        """Close and try again."""
        self.dismiss(True)
