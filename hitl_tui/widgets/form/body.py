"""The base class of all bodies: the widgets that values are typed into."""

from collections.abc import Iterable

from textual.message import Message
from textual.widget import Widget

from hitl_tui.state.field_entry import Entry
from hitl_tui.widgets.form.field_node import FieldNode


class Body(Widget):
    """Takes the value of one field; a subclass for each kind of value."""

    class Altered(Message):
        """The user added, moved or removed fields within, or chose others."""

    @property
    def entry(self) -> Entry:
        """What is entered here; `LEFT_OUT` while it is nothing."""
        raise NotImplementedError

    def fill(self, entry: Entry) -> None:
        """Show what was entered before, or nothing."""

    def set_placeholder(self, text: str) -> None:
        """Show `text` while the body is empty."""

    def fields(self) -> Iterable[FieldNode]:
        """Return the fields within."""
        return ()

    def field_at(self, step: str | int) -> FieldNode | None:
        """Return the field with this name, or at this index."""
        return None
