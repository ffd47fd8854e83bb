"""The base of all modal screens: one frame in the middle, above the dimmed screen.

Buttons in `#buttons` are below each other where the screen is narrow.
"""

from typing import Generic, TypeVar

from textual.screen import ModalScreen

from hitl_tui.screens.console_screen import ConsoleScreen

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
        #buttons {
            height: auto;
            align-horizontal: right;
            Button { margin-left: 1; min-width: 4; }
        }
        &.-narrow #buttons { layout: vertical; }
    }
    """
    HORIZONTAL_BREAKPOINTS = ConsoleScreen.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = ConsoleScreen.VERTICAL_BREAKPOINTS
