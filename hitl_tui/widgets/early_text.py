"""Text that is typed after a key has opened a field, and before the field has the focus."""

from typing import Protocol, runtime_checkable

from textual.widget import Widget


@runtime_checkable
class KeepsEarlyText(Protocol):
    """A screen that holds text back until the field that was opened has the focus."""

    def keep_early_text(self) -> None:
        """Hold keys back from now on."""

    def release_keys(self) -> None:
        """Give the text to the focused field, after the next drawing."""


def keep_text_for_field(opener: Widget) -> None:
    """Hold text back while a field opens: its letters are keys of the card around it.

    Call it with the key that opens the field, which has to have the focus after the next drawing.
    """
    screen = opener.screen
    if isinstance(screen, KeepsEarlyText):
        screen.keep_early_text()
        opener.call_after_refresh(screen.release_keys)
