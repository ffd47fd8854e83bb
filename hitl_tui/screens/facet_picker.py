"""The modal that adds a facet of the selected item to the filter of the inbox, or removes one."""

from collections.abc import Sequence

from hitl_engine.visible import one_line
from hitl_tui.screens.picker_modal import PickerModal
from hitl_tui.state.item_facets import has_facet


class FacetPicker(PickerModal[str]):
    """Lists facets; those of the filter `typed` have a mark."""

    DEFAULT_CSS = """
    FacetPicker OptionList { max-height: 20; }
    """

    def __init__(self, facets: Sequence[str], typed: str) -> None:
        choices = [
            (f"{'✓' if has_facet(typed, facet) else ' '} {one_line(facet, 80)}", facet)
            for facet in facets
        ]
        super().__init__("List only items with", choices)
