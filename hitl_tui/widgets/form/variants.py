"""The body of a value that may have one of several shapes: which one, and its fields."""

from collections.abc import Callable, Iterator

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Select

from hitl_engine.forms.typed_values import Typed, start_of
from hitl_engine.model import FormField, JsonObject, Variant
from hitl_tui.widgets.form.body import LEFT_OUT, Body, Given, LeftOut
from hitl_tui.widgets.form.field import FieldBox
from hitl_tui.widgets.form.picks import IN_VIEW, OneOf, OneOfMany
from hitl_tui.widgets.pick_list import Pick

ShapeOf = Callable[[FormField, Typed], FieldBox]


class Shapes(Vertical, Body):
    """A choice of shapes, and the fields of the one that is chosen."""

    DEFAULT_CSS = """
    Shapes { height: auto; }
    """

    def __init__(self, field: FormField, given: Given, shape_of: ShapeOf) -> None:
        super().__init__()
        self._variants = field.variants
        self._shape_of = shape_of
        self._kept: dict[int, Typed] = {}
        """What was typed in shapes that are not chosen now."""
        self._chosen: int | None = None
        self._box: FieldBox | None = None
        match given:
            case {"variant": int(index), "typed": typed}:
                self._chosen, self._box = index, self._made(self._variants[index], typed)
        labels = tuple(
            variant.field.title or f"shape {number}"
            for number, variant in enumerate(self._variants, 1)
        )
        chosen: Given = LEFT_OUT if self._chosen is None else self._chosen
        self._picker = (OneOf if len(labels) <= IN_VIEW else OneOfMany)(labels, chosen)

    def compose(self) -> ComposeResult:
        """Show the choice above the fields."""
        yield self._picker
        if self._box is not None:
            yield self._box

    @property
    def given(self) -> Given:
        """Which shape, and what stands in it; nothing before one is chosen."""
        if self._chosen is None or self._box is None:
            return LEFT_OUT
        given = self._box.given
        return {"variant": self._chosen, "typed": "" if isinstance(given, LeftOut) else given}

    def inner(self, step: str | int) -> FieldBox | None:
        """Return the field at a step: the shape itself takes none."""
        body = self._box.value.body if self._box is not None else None
        return body.inner(step) if body is not None else None

    def boxes(self) -> Iterator[FieldBox]:
        """Return the field of the shape."""
        if self._box is not None:
            yield self._box

    def fill(self, given: Given) -> None:
        """Show a shape with what was typed in it, or that none is chosen."""
        match given:
            case {"variant": int(index), "typed": typed}:
                self._kept[index] = typed
                self._choose(index)
            case _:
                self._choose(None)
        self._picker.fill(LEFT_OUT if self._chosen is None else self._chosen)

    @on(Pick.Changed)
    @on(Select.Changed)
    def hear_choice(self, event: Message) -> None:
        """Show the fields of the shape that was chosen."""
        event.stop()
        picked = self._picker.given
        chosen = picked if isinstance(picked, int) else None
        if chosen != self._chosen:
            self._choose(chosen)
            self.post_message(self.Altered())

    def _choose(self, index: int | None) -> None:
        if self._box is not None and self._chosen is not None:
            given = self._box.given
            if not isinstance(given, LeftOut):
                self._kept[self._chosen] = given
            self._box.display = False
            self._box.remove()
        self._chosen, self._box = index, None
        if index is not None:
            variant = self._variants[index]
            typed = self._kept.get(index, _begun(variant))
            self._box = self._made(variant, typed)
            if self.is_attached:
                self.mount(self._box)

    def _made(self, variant: Variant, typed: Typed) -> FieldBox:
        """Make the field of a shape; what tells the shapes apart was chosen above."""
        box = self._shape_of(variant.field, typed)
        for inner in box.boxes():
            if inner.field.name == variant.tag and inner.field.kind == "fixed":
                inner.display = False
        return box


def _begun(variant: Variant) -> Typed:
    """Return what a shape begins with; the key that tells it from others is given."""
    start = start_of(variant.field)
    match start:
        case {"fields": dict(fields), "beside": beside}:
            told: JsonObject = {
                field.name: True
                for field in variant.field.fields
                if field.name == variant.tag and field.kind == "fixed"
            }
            return {"fields": {**fields, **told}, "beside": beside}
        case _:
            return start
