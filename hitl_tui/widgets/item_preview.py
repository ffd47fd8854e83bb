"""What the selected item of the inbox asks, whole, beside the list."""

from hitl_engine.model import Breakpoint, Item
from hitl_engine.visible import one_line
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

    def show(self, item: Item | None) -> None:
        """Show an item, from its beginning; nothing if there is none."""
        self.scroll_home(animate=False)
        if item is None:
            self.set_title("")
            self.show_lines([])
            return
        waiting = item if isinstance(item, Breakpoint) else item.interrupt
        self.set_title(one_line(waiting.graph_id, 40), one_line(waiting.node, 40))
        self.show_lines(preview_lines(item))
