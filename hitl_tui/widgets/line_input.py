"""A text on one line: what is loaded, typed or pasted is shown escaped, as in an editor."""

from textual import events
from textual.widgets import Input

from hitl_engine.visible import decode, visible, visible_typed


class LineInput(Input):
    """Edits a text in its visible form; `text` is what it stands for.

    Line ends and tabs are escaped too: one line shows them no other way.
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
    Characters that cannot be seen are written as `\\u{...}` and are sent as what they stand for;
    a line end is `\\u{A}`. **enter** goes to the next field. **ctrl+s** sends.
    """

    def __init__(
        self, placeholder: str = "", *, select_on_focus: bool = False, id: str | None = None
    ) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=select_on_focus, id=id)

    @property
    def text(self) -> str:
        """The text that is meant, with escapes read back."""
        return decode(self.value)

    def load(self, text: str) -> None:
        """Load `text`, the cursor at its end."""
        self.value = _shown(text)
        self.cursor_position = len(self.value)

    def replace(self, text: str, start: int, end: int) -> None:
        """Escape what is hidden in typed and pasted text before it enters the line."""
        super().replace(_escaped(text), start, end)

    def on_paste(self, event: events.Paste) -> None:
        """Take all the lines of what is pasted, where a plain input takes the first."""
        event.stop()
        event.prevent_default()
        self.replace(event.text.replace("\r\n", "\n").replace("\r", "\n"), *self.selection)

    async def action_submit(self) -> None:
        """Go to the next field: nothing but ctrl+s sends."""
        self.screen.focus_next()


def _shown(text: str) -> str:
    return _on_one_line(visible(text))


def _escaped(text: str) -> str:
    return _on_one_line(visible_typed(text))


def _on_one_line(text: str) -> str:
    return text.replace("\n", "\\u{A}").replace("\t", "\\u{9}")
