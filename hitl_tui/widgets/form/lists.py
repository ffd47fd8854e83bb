"""The body of a list: its items, with what adds, moves and removes them."""

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
from hitl_tui.widgets.form.body import Body, Given, LeftOut
from hitl_tui.widgets.form.field import FieldBox
from hitl_tui.widgets.form.head import Head

ItemOf = Callable[[FormField, Typed, int, bool], FieldBox]
"""Makes the box of an item: its field, what is given, its number, whether it begins folded."""
_OPEN = 5
"""Items of a longer list begin folded, where they can be."""


class AddLine(Static, can_focus=True):
    """The line below the items that adds one more."""

    DEFAULT_CSS = """
    AddLine { height: 1; width: 1fr; color: $text-accent; &:focus { background: $panel; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space", "add", "Add item", tooltip="Add an item at the end", id="form.append"
        )
    ]

    class Pressed(Message):
        """One more is wanted."""

    def __init__(self) -> None:
        super().__init__(Content("+ add an item"), markup=False)

    def action_add(self) -> None:
        """Say so."""
        self.post_message(self.Pressed())

    def on_click(self, event: events.Click) -> None:
        """A click does what enter does."""
        event.stop()
        self.action_add()


class Items(Vertical, Body):
    """The items of a list."""

    DEFAULT_CSS = """
    Items {
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

    def __init__(self, field: FormField, given: Given, item_of: ItemOf) -> None:
        super().__init__()
        assert field.item is not None, "a list has items of some kind"
        self._item: FormField = field.item
        self._item_of = item_of
        items = given if isinstance(given, list) else []
        self._boxes = [
            item_of(self._item, each, number, len(items) > _OPEN)
            for number, each in enumerate(items, 1)
        ]
        self._add_line = AddLine()

    def compose(self) -> ComposeResult:
        """Show the items, and what adds one."""
        yield from self._boxes
        yield self._add_line

    @property
    def given(self) -> Typed:
        """What stands in the items."""
        items = (box.given for box in self._boxes)
        return ["" if isinstance(given, LeftOut) else given for given in items]

    def inner(self, step: str | int) -> FieldBox | None:
        """Return the item at this place."""
        return self._boxes[step] if isinstance(step, int) and step < len(self._boxes) else None

    def boxes(self) -> Iterator[FieldBox]:
        """Return the items."""
        yield from self._boxes

    # Adding, moving, removing

    @property
    def _here(self) -> int | None:
        """The item that has the keys."""
        return next((n for n, box in enumerate(self._boxes) if box.has_focus_within), None)

    @on(AddLine.Pressed)
    def append(self, event: AddLine.Pressed) -> None:
        """Add an item at the end."""
        event.stop()
        self._insert(len(self._boxes))

    def action_add(self) -> None:
        """Add an item after the one that has the keys, or at the end."""
        here = self._here
        self._insert(len(self._boxes) if here is None else here + 1)

    def _insert(self, place: int) -> None:
        box = self._item_of(self._item, start_of(self._item), place + 1, False)
        before = self._boxes[place] if place < len(self._boxes) else self._add_line
        self._boxes.insert(place, box)
        self.mount(box, before=before)
        self._altered()
        self.call_after_refresh(box.take_focus)

    def action_remove(self) -> None:
        """Remove the item that has the keys."""
        if (here := self._here) is not None:
            self._remove(here)

    def _remove(self, place: int) -> None:
        box = self._boxes.pop(place)
        if box.has_focus_within:
            if place < len(self._boxes):
                self._boxes[place].take_focus()
            else:
                self._add_line.focus()
        box.display = False
        box.remove()
        self._altered()

    def action_move(self, by: int) -> None:
        """Move the item that has the keys."""
        if (here := self._here) is not None:
            self._move(here, by)

    def _move(self, place: int, by: int) -> None:
        there = place + by
        if not 0 <= there < len(self._boxes):
            return
        box, other = self._boxes[place], self._boxes[there]
        self._boxes[place], self._boxes[there] = other, box
        if by < 0:
            self.move_child(box, before=other)
        else:
            self.move_child(box, after=other)
        self._altered()

    @on(Head.Moved)
    def move_clicked(self, event: Head.Moved) -> None:
        """Do what was clicked beside an item."""
        event.stop()
        for place, box in enumerate(self._boxes):
            if box.head is event.head:
                if event.by is None:
                    self._remove(place)
                else:
                    self._move(place, event.by)
                return

    def _altered(self) -> None:
        for number, box in enumerate(self._boxes, 1):
            box.number = number
            box.draw_head()
        self.post_message(self.Altered())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to move only where there is a way."""
        if action == "move":
            return len(self._boxes) > 1
        return True
