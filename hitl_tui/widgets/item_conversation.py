"""The conversation that led to the selected item of the inbox, below what it asks."""

from collections.abc import Sequence

from hitl_engine.model import Conversation, Waiting
from hitl_engine.visible import one_line
from hitl_tui.state.marks import key_of
from hitl_tui.widgets.conversation.conversation_view import ConversationView


class ItemConversation(ConversationView, can_focus=False):
    """Shows the end of a conversation; hidden if there is none."""

    DEFAULT_CSS = """
    ItemConversation {
        display: none;
        height: 1fr;
        border: round $foreground 20%;
        border-title-color: $foreground 70%;
        padding: 0 1;
        &.-filled { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._item: Waiting | None = None

    def is_of(self, item: Waiting) -> bool:
        """Whether what is shown led to this item, perhaps as it was read before."""
        return self._item is not None and key_of(self._item) == key_of(item)

    def is_read_for(self, item: Waiting) -> bool:
        """Whether what is shown was read for this item as it is now."""
        return self._item is item

    def clear(self) -> None:
        """Show none."""
        self._item = None
        self.remove_class("-filled")

    def show_led_to(self, item: Waiting, conversations: Sequence[Conversation]) -> None:
        """Show the one in which something is asked about, else the first that has messages."""
        filled = [each for each in conversations if each.messages]
        asked = (each for each in filled if each.asked is not None)
        shown = next(asked, next(iter(filled), None))
        self._item = item
        self.set_class(shown is not None, "-filled")
        self.border_title = "" if shown is None else one_line(shown.key, 40)
        self.show(shown)
