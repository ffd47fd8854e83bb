"""The size of what a `ScrollView` scrolls, set without a layout of the screen where none is needed."""

from textual.geometry import Size
from textual.scroll_view import ScrollView


def set_content_size(view: ScrollView, size: Size) -> None:
    """Set the size of the content of a view that scrolls only up and down.

    Textual lays out the whole screen when a content grows. The layout stays as it is where the view
    has a scrollbar already and its own height does not depend on the content.
    """
    grows = size.height >= view.virtual_size.height
    if not grows or not view.show_vertical_scrollbar or view.styles.auto_dimensions:
        view.virtual_size = size
        return
    view.set_reactive(ScrollView.virtual_size, size)
    view.vertical_scrollbar.window_virtual_size = size.height
