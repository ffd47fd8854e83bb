"""What led to a question, in a few rows above it: the end of the conversation."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.message import Message as TextualMessage
from textual.widget import Widget

from hitl_engine.model import Message
from hitl_tui.text.conversation_tail import tail_rows

_COLOURS = {
    "human": "bold $text-accent",
    "ai": "bold $text-primary",
    "tool": "bold $text-success",
    "other": "bold $foreground 50%",
    "text": "$foreground 80%",
}


class ConversationTail(Widget):
    """Shows the newest words of a person and of a model or tool; hidden if there are none."""

    DEFAULT_CSS = """
    ConversationTail { display: none; height: auto; padding: 0 1; }
    """

    class Picked(TextualMessage):
        """The user clicked it: the whole conversation is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self._messages: Sequence[Message] = ()

    def show(self, messages: Sequence[Message]) -> None:
        """Show these messages, the older first."""
        self._messages = messages
        self.set_class(bool(messages), "-filled")
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Count the rows."""
        return len(tail_rows(self._messages, width, self._rows_each))

    @property
    def _rows_each(self) -> int:
        return 2 if self.screen.has_class("-tall") else 1

    def render(self) -> Content:
        """Draw the rows, each author in the colour of the role."""
        rows = tail_rows(self._messages, self.content_size.width, self._rows_each)
        lines = [
            Content.assemble(*((text, _COLOURS[colour]) for text, colour in row.texts))
            for row in rows
        ]
        return Content("\n").join(lines)

    def on_click(self) -> None:
        """Ask for the whole conversation."""
        self.post_message(self.Picked())
