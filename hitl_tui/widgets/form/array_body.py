"""The body of an array: its items, and what adds, moves and removes them."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from hitl_engine.forms.typed_values import Typed, start_of
from hitl_engine.model import FormField
from hitl_tui.state.field_entry import Entry, LeftOut
from hitl_tui.widgets.form.body import Body
from hitl_tui.widgets.form.field_head import FieldHead
from hitl_tui.widgets.form.field_node import FieldNode

ItemOf = Callable[[FormField, Typed, int, bool], FieldNode]
"""Makes the field of an item: its schema, its entry, its number, and whether it is folded."""
_UNFOLDED = 5
"""The items of a longer array are folded at first, where they can be."""


class AddItemLine(Static, can_focus=True):
    """The line below the items that adds one more."""

    DEFAULT_CSS = """
    AddItemLine { height: 1; width: 1fr; color: $text-accent; &:focus { background: $panel; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space", "add", "Add item", tooltip="Add an item at the end", id="form.append"
        )
    ]

    class Pressed(Message):
        """The user asked for one more item."""

    def __init__(self) -> None:
        super().__init__(Content("+ add an item"), markup=False)

    def action_add(self) -> None:
        """Ask for one more item."""
        self.post_message(self.Pressed())

    def on_click(self, event: events.Click) -> None:
        """Do what enter does."""
        event.stop()
        self.action_add()


class ArrayBody(Vertical, Body):
    """The items of an array."""

    DEFAULT_CSS = """
    ArrayBody {
        height: auto;
        padding-left: 1;
        border-left: solid $foreground 20%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "add", "Add", tooltip="Add an item after this one", id="form.add"),
        Binding("f5", "remove", "Remove", tooltip="Remove this item", id="form.remove"),
        Binding("alt+up", "move(-1)", "Up", tooltip="Move this item up", id="form.up"),
        Binding("alt+down", "move(1)", "Down", tooltip="Move this item down", id="form.down"),
    ]

    def __init__(self, field: FormField, entry: Entry, item_of: ItemOf) -> None:
        super().__init__()
        assert field.item is not None, "the schema of an array has one for its items"
        self._item: FormField = field.item
        self._item_of = item_of
        entries = entry if isinstance(entry, list) else []
        self._items = [
            item_of(self._item, each, number, len(entries) > _UNFOLDED)
            for number, each in enumerate(entries, 1)
        ]
        self._add_line = AddItemLine()

    def compose(self) -> ComposeResult:
        """Show the items, and the line that adds one."""
        yield from self._items
        yield self._add_line

    @property
    def entry(self) -> Typed:
        """What is entered in the items."""
        entries = (item.entry for item in self._items)
        return ["" if isinstance(entry, LeftOut) else entry for entry in entries]

    def fields(self) -> Iterator[FieldNode]:
        """Return the items."""
        yield from self._items

    def field_at(self, step: str | int) -> FieldNode | None:
        """Return the item at this index."""
        return self._items[step] if isinstance(step, int) and step < len(self._items) else None

    # Adding, moving, removing

    @property
    def _focused(self) -> int | None:
        """The index of the item that contains the focus."""
        return next((n for n, item in enumerate(self._items) if item.has_focus_within), None)

    @on(AddItemLine.Pressed)
    def append(self, event: AddItemLine.Pressed) -> None:
        """Add an item at the end."""
        event.stop()
        self._insert(len(self._items))

    def action_add(self) -> None:
        """Add an item after the focused one, or at the end."""
        focused = self._focused
        self._insert(len(self._items) if focused is None else focused + 1)

    def _insert(self, index: int) -> None:
        item = self._item_of(self._item, start_of(self._item), index + 1, False)
        before = self._items[index] if index < len(self._items) else self._add_line
        self._items.insert(index, item)
        self.mount(item, before=before)
        self._altered()
        self.call_after_refresh(item.take_focus)

    def action_remove(self) -> None:
        """Remove the focused item."""
        if (focused := self._focused) is not None:
            self._remove(focused)

    def _remove(self, index: int) -> None:
        item = self._items.pop(index)
        if item.has_focus_within:
            if index < len(self._items):
                self._items[index].take_focus()
            else:
                self._add_line.focus()
        item.display = False
        item.remove()
        self._altered()

    def action_move(self, by: int) -> None:
        """Move the focused item."""
        if (focused := self._focused) is not None:
            self._move(focused, by)

    def _move(self, index: int, by: int) -> None:
        target = index + by
        if not 0 <= target < len(self._items):
            return
        item, other = self._items[index], self._items[target]
        self._items[index], self._items[target] = other, item
        if by < 0:
            self.move_child(item, before=other)
        else:
            self.move_child(item, after=other)
        self._altered()

    @on(FieldHead.MoveRequested)
    def move_clicked(self, event: FieldHead.MoveRequested) -> None:
        """Move or remove the item whose link was clicked."""
        event.stop()
        for index, item in enumerate(self._items):
            if item in event.head.ancestors:
                if event.by is None:
                    self._remove(index)
                else:
                    self._move(index, event.by)
                return

    def _altered(self) -> None:
        for number, item in enumerate(self._items, 1):
            item.number = number
            item.draw_head()
        self.post_message(self.Altered())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to move only with two items or more."""
        if action == "move":
            return len(self._items) > 1
        return True
