"""The base of all modal screens: one frame in the middle, above the dimmed screen."""

from typing import Generic, TypeVar

from textual.screen import ModalScreen

Result = TypeVar("Result")


class FramedModal(ModalScreen[Result], Generic[Result]):
    """A modal screen whose content is in a `Vertical`. Subclasses set its width."""

    DEFAULT_CSS = """
    FramedModal {
        align: center middle;
        & > Vertical {
            width: 94%;
            height: auto;
            max-height: 94%;
            background: $surface;
            border: round $accent;
            border-title-color: $accent;
            border-title-style: bold;
        }
        KeyFooter { dock: none; background: $surface; }
    }
    """
