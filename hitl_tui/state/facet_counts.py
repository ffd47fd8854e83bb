"""How many items each facet would list: counted for a moment at a time, because there may be many."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from time import perf_counter

from hitl_engine.model import Waiting
from hitl_tui.state.inbox_filter import InboxFilter, parse_filter
from hitl_tui.state.item_facets import has_facet, with_facet

_AT_A_TIME = 8
"""Items that are checked between two looks at the clock: each of them for every facet."""


class FacetCounts:
    """Counts the items that the filter `typed` lists with each facet in it; `fits` checks one."""

    def __init__(
        self,
        facets: Sequence[str],
        typed: str,
        items: Sequence[Waiting],
        fits: Callable[[Waiting, InboxFilter], bool],
    ) -> None:
        self.of: dict[str, int] = dict.fromkeys(facets, 0)
        """The items counted so far, by facet."""
        self.among = len(items)
        self._fits = fits
        self._filters = {
            facet: parse_filter(typed if has_facet(typed, facet) else with_facet(typed, facet))
            for facet in facets
        }
        self._unchecked: Iterator[Waiting] | None = iter(items)

    @property
    def is_complete(self) -> bool:
        """Whether all items are counted."""
        return self._unchecked is None

    def go_on(self, seconds: float) -> None:
        """Count further items, for about that long; some in any case."""
        end = perf_counter() + seconds
        while self._unchecked is not None:
            checked = list(islice(self._unchecked, _AT_A_TIME))
            for item in checked:
                for facet, chosen in self._filters.items():
                    self.of[facet] += self._fits(item, chosen)
            if len(checked) < _AT_A_TIME:
                self._unchecked = None
            elif perf_counter() > end:
                return
