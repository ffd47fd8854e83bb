"""The body of an object: its fields, one below the other."""

from collections.abc import Callable, Iterator

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from engine.forms.typed import Typed
from engine.model import FormField, JsonObject
from engine.visible import json_text
from hitl_tui.widgets.form.body import LEFT_OUT, Body, Given, LeftOut
from hitl_tui.widgets.form.field import FieldBox

BoxOf = Callable[[FormField, Given], FieldBox]


class Fields(Vertical, Body):
    """The fields of an object, and what else is in it."""

    DEFAULT_CSS = """
    Fields {
        height: auto;
        padding-left: 1;
        border-left: solid $foreground 20%;
        &.-root { padding-left: 0; border-left: none; }
        & > FieldBox:last-child { margin-bottom: 0; }
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
        """Show the fields, and what is kept beside them."""
        yield from self._boxes.values()
        if self._beside:
            words = f"Kept as it is: {json_text(self._beside, indent=None)}"
            yield Static(Content(words), classes="beside")

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
