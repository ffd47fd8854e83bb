"""The body of an object: its properties, one below the other."""

from collections.abc import Callable, Iterator

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField, JsonObject
from hitl_engine.visible import json_text
from hitl_tui.state.field_entry import LEFT_OUT, Entry, LeftOut
from hitl_tui.widgets.form.body import Body
from hitl_tui.widgets.form.field_node import FieldNode

_AT_ONCE = 30
"""Fields mounted before the form is first drawn; the others follow, as many at a time."""

PropertyOf = Callable[[FormField, Entry], FieldNode]
"""Makes the field of a property, with this entry in it."""


class ObjectBody(Vertical, Body):
    """The properties of an object, and the keys that its schema does not name."""

    DEFAULT_CSS = """
    ObjectBody {
        height: auto;
        padding-left: 1;
        border-left: solid $foreground 20%;
        &.-root { padding-left: 0; border-left: none; }
        & > FieldBox:last-of-type { margin-bottom: 0; }
        .extra { height: auto; color: $foreground 60%; }
    }
    """

    def __init__(self, field: FormField, entry: Entry, property_of: PropertyOf) -> None:
        super().__init__()
        entries: JsonObject = {}
        self._extra: JsonObject = {}
        match entry:
            case {"fields": dict(entries), "beside": dict(extra)}:
                self._extra = extra
        self._fields = {
            inner.name: property_of(inner, entries.get(inner.name, LEFT_OUT))
            for inner in field.fields
        }

    def compose(self) -> ComposeResult:
        """Show the first properties, and the extra keys."""
        yield from list(self._fields.values())[:_AT_ONCE]
        text = f"Kept as it is: {json_text(self._extra, indent=None)}" if self._extra else ""
        self._extra_line = Static(Content(text), classes="extra")
        self._extra_line.display = bool(text)
        yield self._extra_line

    def on_mount(self) -> None:
        """Show the other properties as soon as the first are drawn."""
        self.call_after_refresh(self._show_more, _AT_ONCE)

    async def _show_more(self, shown: int) -> None:
        more = list(self._fields.values())[shown : shown + _AT_ONCE]
        if more and self.is_attached:
            await self.mount(*more, before=self._extra_line)
            self.call_after_refresh(self._show_more, shown + _AT_ONCE)

    @property
    def entry(self) -> Typed:
        """What is entered in the properties, without those that are left out."""
        entries: JsonObject = {}
        for name, field in self._fields.items():
            entry = field.entry
            if not isinstance(entry, LeftOut):
                entries[name] = entry
        return {"fields": entries, "beside": dict(self._extra)}

    def fields(self) -> Iterator[FieldNode]:
        """Return the properties."""
        yield from self._fields.values()

    def field_at(self, step: str | int) -> FieldNode | None:
        """Return the property with this name."""
        return self._fields.get(step) if isinstance(step, str) else None
