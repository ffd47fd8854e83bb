"""The list of the items that are decided on together: what each asks, gets, and its result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList

from hitl_engine.visible import one_line
from hitl_tui.state.bulk_items import BulkItem, BulkItemStatus
from hitl_tui.state.plan import planned_line
from hitl_tui.text.item_summary import item_line


class BulkList(OptionList):
    """Shows a row for each item; posts which to show in full, and which to take out."""

    DEFAULT_CSS = """
    BulkList {
        height: 1fr; min-height: 2; border: none; padding: 0; background: $background;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
        &:focus { border: none; background: $background; background-tint: $background 0%; }
    }
    """
    HELP = """\
    ### Deciding on several items together
    Each row shows an item and what it gets. **Enter** shows one in full, with the exact JSON that
    is sent; **space** takes it out, or puts it back.

    Choose one decision for all items with the keys below the list: nothing is chosen until you
    do. The key of a decision that is not offered shows why. **o** decides on the selected item
    alone, and the same keys then choose for it; `◆` marks it, and **backspace** lets it get what
    the others get. **o** again goes back to all others.

    **ctrl+s** lists every call of every item with what happens to it; once all of that was on the
    screen, **ctrl+s** sends: each item gets its own decision, a few at a time. **x** stops before
    the next one.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Show", tooltip="Show the item in full", id="bulk.look"),
        Binding(
            "space",
            "toggle_item",
            "Take out",
            tooltip="Take the item out, or put it back",
            id="bulk.out",
        ),
    ]

    @dataclass
    class ShowRequested(Message):
        """The user asked to see this item in full."""

        item: BulkItem

    @dataclass
    class ToggleRequested(Message):
        """The user asked to take this item out, or to put it back."""

        item: BulkItem

    fixed: reactive[bool] = reactive(False, repaint=False, bindings=True)
    """Whether items can no longer be taken out."""

    def __init__(self) -> None:
        super().__init__(id="items", markup=False)
        self.items: tuple[BulkItem, ...] = ()

    @property
    def item(self) -> BulkItem | None:
        """The selected item."""
        return self.items[self.highlighted] if self.highlighted is not None else None

    @property
    def included(self) -> list[BulkItem]:
        """The items that are decided on, in the order of the rows."""
        return [item for item in self.items if item.included]

    def number(self, item: BulkItem) -> int:
        """Return the number of an item in the list, from 1."""
        return self.items.index(item) + 1

    def show_items(self, items: Sequence[BulkItem]) -> None:
        """Show other items."""
        self.items = tuple(items)
        self.set_options(self._row(index) for index in range(len(items)))
        self.highlighted = 0 if items else None

    def redraw(self, *items: BulkItem) -> None:
        """Draw the rows of these items again, or all rows if none are given."""
        for index, item in enumerate(self.items):
            if not items or item in items:
                self.replace_option_prompt_at_index(index, self._row(index))

    def on_resize(self, event: events.Resize) -> None:
        """Fit the rows to the new width."""
        self.redraw()

    def action_toggle_item(self) -> None:
        """Ask to take the selected item out, or to put it back."""
        if self.item is not None:
            self.post_message(self.ToggleRequested(self.item))
            self.action_cursor_down()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to take items out until they are decided."""
        return not self.fixed if action == "toggle_item" else True

    @on(OptionList.OptionSelected)
    def request_show(self, event: OptionList.OptionSelected) -> None:
        """Ask to see the item in full."""
        event.stop()
        self.post_message(self.ShowRequested(self.items[event.option_index]))

    # Drawing

    def _row(self, index: int) -> Content:
        item = self.items[index]
        number = f" {index + 1:>{len(str(len(self.items)))}}  "
        colour = "" if item.included else "$foreground 50%"
        indent = f"\n{' ' * len(number)}"
        waits = item.status is BulkItemStatus.WAITING
        cautions = item.planned.cautions if item.planned and waits else ()
        return Content.assemble(
            (number, "$foreground 50%"),
            (item.name(max(12, min(self.size.width // 3, 60))), colour or "$foreground 70%"),
            "  ",
            (item_line(item.item), colour),
            indent,
            *_second_line(item),
            *((f"{indent}! {one_line(each, 400)}", "$text-warning") for each in cautions),
        )


def _second_line(item: BulkItem) -> list[tuple[str, str]]:
    """Return what an item gets, or its status."""
    if item.status is not BulkItemStatus.WAITING:
        text, colour = item.status.value
        detail = f": {one_line(item.detail, 400)}" if item.detail else ""
        return [(text + detail, colour)]
    own = [("◆ ", "$text-warning")] if item.own is not None else []
    if item.planned is None:
        return [*own, ("·", "$foreground 50%")]
    if item.planned.fault:
        return [*own, (f"✕ {planned_line(item.planned)}", "$text-error")]
    return [*own, ("→ ", "$accent"), (planned_line(item.planned), "")]
