"""The body of `oneOf` and `anyOf`: which of the variants is meant, and its fields."""

from collections.abc import Callable, Iterator

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Select

from hitl_engine.forms.typed_values import Typed, start_of
from hitl_engine.model import FormField, JsonObject, Variant
from hitl_tui.state.field_entry import LEFT_OUT, Entry, LeftOut
from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.form.body import Body
from hitl_tui.widgets.form.choice_bodies import enum_body
from hitl_tui.widgets.form.field_node import FieldNode

VariantOf = Callable[[FormField, Typed], FieldNode]
"""Makes the field of a variant, with this entry in it."""


class OneOfBody(Vertical, Body):
    """A choice of variants, and the fields of the one that is chosen."""

    DEFAULT_CSS = """
    OneOfBody { height: auto; }
    """

    def __init__(self, field: FormField, entry: Entry, variant_of: VariantOf) -> None:
        super().__init__()
        self._variants = field.variants
        self._variant_of = variant_of
        self._kept: dict[int, Typed] = {}
        """What was typed in variants that are not chosen now."""
        self._chosen: int | None = None
        self._field: FieldNode | None = None
        match entry:
            case {"variant": int(index), "typed": typed}:
                self._chosen, self._field = index, self._made(self._variants[index], typed)
        labels = tuple(
            variant.field.title or f"shape {number}"
            for number, variant in enumerate(self._variants, 1)
        )
        self._picker = enum_body(labels, LEFT_OUT if self._chosen is None else self._chosen)

    def compose(self) -> ComposeResult:
        """Show the choice above the fields."""
        yield self._picker
        if self._field is not None:
            yield self._field

    @property
    def entry(self) -> Entry:
        """Which variant, and what is entered in it; `LEFT_OUT` until one is chosen."""
        if self._chosen is None or self._field is None:
            return LEFT_OUT
        entry = self._field.entry
        return {"variant": self._chosen, "typed": "" if isinstance(entry, LeftOut) else entry}

    def fields(self) -> Iterator[FieldNode]:
        """Return the field of the variant."""
        if self._field is not None:
            yield self._field

    def field_at(self, step: str | int) -> FieldNode | None:
        """Return the field at a step within the variant, which is no step of its own."""
        return self._field.field_at(step) if self._field is not None else None

    def fill(self, entry: Entry) -> None:
        """Choose a variant and show its entry, or choose none."""
        match entry:
            case {"variant": int(index), "typed": typed}:
                self._kept[index] = typed
                self._choose(index)
            case _:
                self._choose(None)
        self._picker.fill(LEFT_OUT if self._chosen is None else self._chosen)

    @on(ChoiceList.Changed)
    @on(Select.Changed)
    def picker_changed(self, event: Message) -> None:
        """Show the fields of the variant that was chosen."""
        event.stop()
        picked = self._picker.entry
        chosen = picked if isinstance(picked, int) else None
        if chosen != self._chosen:
            self._choose(chosen)
            self.post_message(self.Altered())

    def _choose(self, index: int | None) -> None:
        if self._field is not None and self._chosen is not None:
            entry = self._field.entry
            if not isinstance(entry, LeftOut):
                self._kept[self._chosen] = entry
            self._field.display = False
            self._field.remove()
        self._chosen, self._field = index, None
        if index is not None:
            variant = self._variants[index]
            typed = self._kept.get(index, _start_of_variant(variant))
            self._field = self._made(variant, typed)
            if self.is_attached:
                self.mount(self._field)

    def _made(self, variant: Variant, typed: Typed) -> FieldNode:
        """Make the field of a variant, without the key that was chosen with it."""
        field = self._variant_of(variant.field, typed)
        for inner in field.fields():
            if inner.field.name == variant.tag and inner.field.kind == "fixed":
                inner.display = False
        return field


def _start_of_variant(variant: Variant) -> Typed:
    """Return what a variant begins with; the key that identifies it has its value."""
    start = start_of(variant.field)
    match start:
        case {"fields": dict(fields), "beside": extra}:
            tags: JsonObject = {
                field.name: True
                for field in variant.field.fields
                if field.name == variant.tag and field.kind == "fixed"
            }
            return {"fields": {**fields, **tags}, "beside": extra}
        case _:
            return start
