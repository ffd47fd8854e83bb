"""Rows of a widget in what scrolls around it."""

from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.widget import Widget


def scroll_around(widget: Widget) -> VerticalScroll | None:
    """Return the nearest container around a widget that scrolls."""
    outer = (each for each in widget.ancestors if isinstance(each, VerticalScroll))
    return next(outer, None)


def scroll_to_rows(widget: Widget, first: int, count: int = 1) -> None:
    """Scroll what is around a widget until these rows of it are in view, the first one at least."""
    if (outer := scroll_around(widget)) is not None:
        y = widget.region.y + first - outer.content_region.y + round(outer.scroll_y)
        height = max(1, min(count, outer.size.height))
        outer.scroll_to_region(Region(0, y, 1, height), animate=False)
