"""The ways to decide that can be chosen now, next to each other; one of them is chosen."""

from collections.abc import Collection
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from hitl_engine.model import BulkWay

WAYS = {
    BulkWay.APPROVE: ("a", "approve", "Let every call run as shown"),
    BulkWay.REJECT: ("r", "reject", "Let no call run, and give a reason"),
    BulkWay.RESPOND: ("p", "respond", "Answer in place of every tool; no call runs"),
    BulkWay.TEXT: ("t", "text", "Give all items the same text"),
    BulkWay.CHOOSE: ("c", "choose", "Choose the same answer for all items"),
    BulkWay.FILL: ("f", "form", "Fill in the same form for all items"),
    BulkWay.JSON: ("j", "JSON", "Answer all items with the same JSON"),
    BulkWay.STEP: ("s", "step", "Step past all of the breakpoints"),
}
"""The key, the label and the tooltip of each way."""


class WayChip(Static):
    """One way: its key, its label, and whether it is chosen."""

    DEFAULT_CSS = """
    WayChip {
        display: none; width: auto; height: 1; margin-right: 2; pointer: pointer;
        &.-offered { display: block; }
        &.-chosen { background: $accent; color: $background; text-style: bold; }
    }
    """

    @dataclass
    class Clicked(Message):
        """The user clicked this way."""

        way: BulkWay

    def __init__(self, way: BulkWay) -> None:
        super().__init__()
        self.way = way

    def show(self, *, offered: bool, chosen: bool) -> None:
        """Show whether it is chosen, with a sign and not only in colour."""
        self.set_class(offered, "-offered")
        self.set_class(chosen, "-chosen")
        key, label, _ = WAYS[self.way]
        self.update(Content(f"{'● ' if chosen else ''}{key} {label}"))

    def on_click(self, event: events.Click) -> None:
        """Report the click."""
        event.stop()
        self.post_message(self.Clicked(self.way))


class WayBar(Horizontal):
    """Shows for which items a way is chosen, and the ways that they take."""

    DEFAULT_CSS = """
    WayBar {
        height: 1; padding: 0 1;
        #for-whom { display: none; width: auto; margin-right: 2; color: $text-warning; }
        #for-whom.-some { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._for_whom = Static(id="for-whom", markup=False)
        self._chips = [WayChip(way) for way in BulkWay]

    def compose(self) -> ComposeResult:
        """Yield one for each way; those that are not offered are hidden."""
        yield self._for_whom
        yield from self._chips

    def show(self, ways: Collection[BulkWay], chosen: BulkWay | None, for_whom: str) -> None:
        """Show these ways; `for_whom` says for which items, or is empty where that is clear."""
        self._for_whom.update(for_whom)
        self._for_whom.set_class(bool(for_whom), "-some")
        for chip in self._chips:
            chip.show(offered=chip.way in ways, chosen=chip.way is chosen)
