"""The modal that adds a facet of the selected item to the filter of the inbox, or removes one."""

from collections.abc import Sequence

from hitl_engine.visible import one_line
from hitl_tui.screens.picker_modal import PickerModal
from hitl_tui.state.facet_counts import FacetCounts
from hitl_tui.state.item_facets import has_facet
from hitl_tui.text.fitting import counted

_MOMENT, _PAUSE = 0.004, 0.004
"""Seconds for which items are counted, and for which keys can be handled in between."""


class FacetPicker(PickerModal[str]):
    """Lists facets with how many items each would list; those of the filter `typed` have a mark."""

    DEFAULT_CSS = """
    FacetPicker OptionList { max-height: 20; }
    """

    def __init__(
        self, facets: Sequence[str], typed: str, counts: FacetCounts, *, is_whole: bool
    ) -> None:
        """`is_whole`: all items of the inbox are counted, and not only those loaded so far."""
        self._facets = facets
        self._typed = typed
        self._counts = counts
        among = counted(counts.among, "item") if is_whole else f"{counts.among:,} loaded"
        counts.go_on(_MOMENT)
        choices = [(self._line(facet), facet) for facet in facets]
        super().__init__(f"List only items with  ·  of {among}", choices)

    def on_mount(self) -> None:
        """Count on in the pauses between keys, once the facets are listed."""
        self.call_after_refresh(self._count)

    def _count(self) -> None:
        self._counts.go_on(_MOMENT)
        if not self._counts.is_complete:
            self.set_timer(_PAUSE, self._count)
            return
        for place, facet in enumerate(self._facets):
            self.options.replace_option_prompt_at_index(place, self._line(facet))

    def _line(self, facet: str) -> str:
        mark = "✓" if has_facet(self._typed, facet) else " "
        count = f"{self._counts.of[facet]:,}" if self._counts.is_complete else "…"
        return f"{mark}{count:>8}  {one_line(facet, 80)}"
