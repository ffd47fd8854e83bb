"""A vertical layout in which what scrolls gives up rows, so that what does not scroll stays in view."""

from bisect import bisect_right
from collections.abc import Sequence

from textual.geometry import Size
from textual.layout import Layout, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget


class FittingLayout(VerticalLayout):
    """Gives each child the rows that its content needs, while all of them fit.

    Where they do not fit, the highest of the children that can scroll get fewer rows, but no fewer
    than their `min-height`. So what is long scrolls, and what follows it stays on the screen.
    """

    name = "fitting"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        """Arrange the children below one another, and let them fit."""
        placements = super().arrange(parent, children, size, greedy)
        end = max((each.region.bottom + each.margin.bottom for each in placements), default=0)
        if not size.height or end <= size.height:  # without a height, the natural one is asked for
            return placements
        heights = [each.region.height for each in placements]
        fewer = _fitted(heights, [_least(each) for each in placements], end - size.height)
        moved = 0
        fitted = []
        for placement, height in zip(placements, fewer, strict=True):
            region = placement.region
            moved_up = region._replace(y=region.y - moved, height=height)
            fitted.append(placement._replace(region=moved_up))
            moved += region.height - height
        return fitted


_FITTING = FittingLayout()


class Fitting(Widget):
    """A container whose children are laid out to fit, where its layout is vertical."""

    @property
    def layout(self) -> Layout:
        """The layout of the children."""
        layout = super().layout
        return _FITTING if layout.name == VerticalLayout.name else layout


def _least(placement: WidgetPlacement) -> int:
    """Return the fewest rows of a child: all that it has, if it cannot scroll."""
    height, least = placement.region.height, placement.widget.styles.min_height
    if not _scrolls(placement.widget):
        return height
    return min(height, int(least.value) if least is not None and least.is_cells else 1)


def _scrolls(widget: Widget) -> bool:
    """Return whether a widget, or a part of it that gets fewer rows with it, can scroll."""
    if widget.styles.overflow_y == "auto":
        return True
    return isinstance(widget, Fitting) and any(map(_scrolls, widget.displayed_children))


def _fitted(heights: Sequence[int], least: Sequence[int], excess: int) -> list[int]:
    """Return smaller heights: `excess` rows fewer, taken from the highest first."""

    def at(level: int) -> list[int]:
        """Return the heights if none is above this level that can be lower."""
        pairs = zip(heights, least, strict=True)
        return [min(height, max(level, lowest)) for height, lowest in pairs]

    wanted = sum(heights) - excess
    level = bisect_right(range(max(heights)), wanted, key=lambda level: sum(at(level))) - 1
    fitted = at(max(0, level))
    for index, height in enumerate(at(level + 1)):  # the rows that are left go to the first ones
        if sum(fitted) < wanted:
            fitted[index] = height
    return fitted
