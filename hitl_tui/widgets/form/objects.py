"""The body of an object: its fields, one below the other."""

from collections.abc import Callable, Iterator

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField, JsonObject
from hitl_engine.visible import json_text
from hitl_tui.widgets.form.body import LEFT_OUT, Body, Given, LeftOut
from hitl_tui.widgets.form.field import FieldBox

_AT_ONCE = 30
"""More fields than this are not waited for before the form is drawn."""

BoxOf = Callable[[FormField, Given], FieldBox]


class Fields(Vertical, Body):
    """The fields of an object, and what else is in it."""

    DEFAULT_CSS = """
    Fields {
        height: auto;
        padding-left: 1;
        border-left: solid $foreground 20%;
        &.-root { padding-left: 0; border-left: none; }
        & > FieldBox:last-of-type { margin-bottom: 0; }
        .beside { height: auto; color: $foreground 60%; }
    }
    """

    def __init__(self, field: FormField, given: Given, box_of: BoxOf) -> None:
        super().__init__()
        fields: JsonObject = {}
        self._beside: JsonObject = {}
        match given:
            case {"fields": dict(fields), "beside": dict(beside)}:
                self._beside = beside
        self._boxes = {
            inner.name: box_of(inner, fields.get(inner.name, LEFT_OUT)) for inner in field.fields
        }

    def compose(self) -> ComposeResult:
        """Show the first fields, and what is kept beside them."""
        yield from list(self._boxes.values())[:_AT_ONCE]
        words = f"Kept as it is: {json_text(self._beside, indent=None)}" if self._beside else ""
        self._end = Static(Content(words), classes="beside")
        self._end.display = bool(words)
        yield self._end

    def on_mount(self) -> None:
        """Show the other fields as soon as the first are drawn."""
        self.call_after_refresh(self._show_more, _AT_ONCE)

    async def _show_more(self, shown: int) -> None:
        more = list(self._boxes.values())[shown : shown + _AT_ONCE]
        if more and self.is_attached:
            await self.mount(*more, before=self._end)
            self.call_after_refresh(self._show_more, shown + _AT_ONCE)

    @property
    def given(self) -> Typed:
        """What stands in the fields, without those that are left out."""
        fields: JsonObject = {}
        for name, box in self._boxes.items():
            given = box.given
            if not isinstance(given, LeftOut):
                fields[name] = given
        return {"fields": fields, "beside": dict(self._beside)}

    def inner(self, step: str | int) -> FieldBox | None:
        """Return the field with this name."""
        return self._boxes.get(step) if isinstance(step, str) else None

    def boxes(self) -> Iterator[FieldBox]:
        """Return the fields."""
        yield from self._boxes.values()
