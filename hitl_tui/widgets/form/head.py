"""The line above a field: what it is called, what is expected, what stands there."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from hitl_engine.model import FormField
from hitl_engine.visible import visible


class Head(Static):
    """Says what a field is. Where nothing else of the field takes keys, it does."""

    DEFAULT_CSS = """
    Head { height: auto; width: 1fr; &:focus { background: $panel; } }
    """
    HELP = """\
    ### A part of a form
    **enter** opens it, or folds it up. **f4** gives it another way: as null, not at all, as JSON.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "Open or fold", tooltip="Show what is in it", id="form.open")
    ]

    class Opened(Message):
        """Somebody wants to see what is in it."""

    class AnotherWay(Message):
        """Somebody wants to give it another way."""

    class Moved(Message):
        """Somebody wants this item elsewhere in its list, or nowhere."""

        def __init__(self, head: "Head", by: int | None) -> None:
            super().__init__()
            self.head = head
            self.by = by
            """How many places further; None for removed."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._words = Content("")
        self.display = False

    def draw(self, words: Content) -> None:
        """Say this; nothing is laid out anew where it takes as many rows as before."""
        before, self._words = self._words, words
        if words.is_same(before):
            return
        width = self.size.width
        rows = [each.get_height({}, width) if width else 0 for each in (before, words)]
        self.display = bool(words)
        self.update(words, layout=not width or rows[0] != rows[1])

    def action_open(self) -> None:
        """Open or fold it."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """A click does what enter does, where it meets nothing of its own."""
        if "@click" not in event.style.meta:
            self.post_message(self.Opened())

    def action_another_way(self) -> None:
        """Give it another way."""
        self.post_message(self.AnotherWay())

    def action_move(self, by: int) -> None:
        """Move the item."""
        self.post_message(self.Moved(self, by))

    def action_remove(self) -> None:
        """Take the item out."""
        self.post_message(self.Moved(self, None))


def name_of(field: FormField, *, needed: bool) -> Content:
    """Return the title, and whether the field must be given."""
    mark = (" needed", "$text-accent") if needed else ""
    return Content.assemble((visible(field.title), "bold"), mark)


def about(field: FormField) -> Content:
    """Return what is expected, and why it is asked for as JSON."""
    parts = (*field.hints, field.description, field.beyond)
    return Content(" · ".join(visible(part) for part in parts if part)).stylize("$foreground 60%")


def item_handles(number: int) -> Content:
    """Return the number of an item, and what moves and removes it by a click."""
    return Content.assemble(
        (f"{number} ", "$foreground 60%"),
        ("↑", _click("move(-1)")),
        ("↓", _click("move(1)")),
        ("×", _click("remove")),
    )


def way_handle(words: str) -> Content:
    """Return what changes, by a click too, how a field is given."""
    return Content.assemble((f"f4 {words}", _click("another_way") + Style(underline=True)))


def _click(action: str) -> Style:
    return Style.from_meta({"@click": action})
