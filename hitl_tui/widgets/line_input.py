"""A text on one line; hidden characters are shown as escapes, as in an editor."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Input

from hitl_engine.visible import decode, visible, visible_typed


class LineInput(Input):
    """Edits a text in its visible form; `text` is the text that it means.

    Line ends and tabs are escaped too, because one line cannot show them otherwise.
    """

    DEFAULT_CSS = """
    LineInput {
        border: none;
        height: 1;
        padding: 0 1;
        background: $surface;
        &:focus { border: none; background: $panel; }
    }
    """
    HELP = """\
    ### A text on one line
    Hidden characters are written as `\\u{...}`, and are sent as the characters they mean; a line end
    is `\\u{A}`. **enter** goes to the next field. **ctrl+s** sends.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+home",
            "home",
            "Start of the line",
            show=False,
            tooltip="Move the cursor to the start of the line",
            id="line.start",
        ),
        Binding(
            "ctrl+end",
            "end",
            "End of the line",
            show=False,
            tooltip="Move the cursor to the end of the line",
            id="line.end",
        ),
    ]

    def __init__(
        self, placeholder: str = "", *, select_on_focus: bool = False, id: str | None = None
    ) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=select_on_focus, id=id)

    @property
    def text(self) -> str:
        """The text, with escapes read back."""
        return decode(self.value)

    def load(self, text: str) -> None:
        """Load `text`, with the cursor at its end."""
        self.value = _on_one_line(visible(text))
        self.cursor_position = len(self.value)

    def replace(self, text: str, start: int, end: int) -> None:
        """Escape hidden characters in typed and pasted text before they enter the line."""
        super().replace(_on_one_line(visible_typed(text)), start, end)

    def on_paste(self, event: events.Paste) -> None:
        """Take all lines of a pasted text; Textual's input takes only the first."""
        event.stop()
        event.prevent_default()
        self.replace(event.text.replace("\r\n", "\n").replace("\r", "\n"), *self.selection)

    async def action_submit(self) -> None:
        """Go to the next field: only ctrl+s sends."""
        self.screen.focus_next()


def _on_one_line(text: str) -> str:
    return text.replace("\n", "\\u{A}").replace("\t", "\\u{9}")
