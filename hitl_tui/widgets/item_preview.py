"""What the selected item of the inbox asks, whole, beside the list."""

from hitl_engine.model import Item, Question
from hitl_engine.visible import one_line
from hitl_tui.state.marks import ItemKey, key_of
from hitl_tui.text.preview import preview_lines
from hitl_tui.widgets.text_view import TextPane


class ItemPreview(TextPane, can_focus=False):
    """Shows one item to read; it is decided after it was opened."""

    DEFAULT_CSS = """
    ItemPreview {
        border: round $foreground 20%;
        padding: 0 1;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: ItemKey | None = None

    def show(self, item: Item | None) -> None:
        """Show an item; another one than before from its beginning; nothing if there is none."""
        waiting = item.interrupt if isinstance(item, Question) else item
        key = None if waiting is None else key_of(waiting)
        if key != self._shown:
            self._shown = key
            self.scroll_home(animate=False)
        if item is None or waiting is None:
            self.set_title("")
            self.show_lines([])
            return
        self.set_title(one_line(waiting.graph_id, 40), one_line(waiting.node, 40))
        self.show_lines(preview_lines(item))
