"""Makes the fields of a form, and chooses the body for each kind of field."""

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField
from hitl_tui.state.field_entry import Entry
from hitl_tui.widgets.form.array_body import ArrayBody
from hitl_tui.widgets.form.body import Body
from hitl_tui.widgets.form.choice_bodies import BooleanBody, ConstBody, choice_labels, enum_body
from hitl_tui.widgets.form.field_box import FieldBox
from hitl_tui.widgets.form.object_body import ObjectBody
from hitl_tui.widgets.form.one_of_body import OneOfBody
from hitl_tui.widgets.form.text_bodies import JsonBody, LineBody, LongTextBody

_LONG = 200
"""A text with this many characters or more gets an editor, whatever its schema is."""
_MANY_FIELDS = 60
"""In a form with more fields than this, the objects and arrays within are folded at first."""
_MESSAGES_EXAMPLE = '[{"role": "user", "content": "…"}]'
"""For a field named `messages`, as most graphs name their conversation."""


class FieldFactory:
    """Makes the fields of one form, and their bodies."""

    def __init__(self, form: FormField) -> None:
        self._folded = _field_count(form) > _MANY_FIELDS

    def root(self, field: FormField, entry: Typed) -> FieldBox:
        """Return the field for the entire schema; it fills the form."""
        root = FieldBox(field, entry, self.body, bare=True)
        match root.value.body:
            case ObjectBody():
                root.value.body.add_class("-root")
            case JsonBody():
                root.add_class("-whole")
                root.value.body.add_class("-whole")
        return root

    def body(self, field: FormField, entry: Entry) -> Body:
        """Return an unmounted body that contains this entry."""
        match field.kind:
            case "text" if not _is_long(entry):
                return LineBody(entry)
            case "text" | "long_text":
                return LongTextBody(entry)
            case "integer" | "number":
                return LineBody(entry)
            case "boolean":
                return BooleanBody(entry)
            case "choice":
                return enum_body(choice_labels(field), entry)
            case "fixed":
                return ConstBody(field.choices[0])
            case "object":
                return ObjectBody(field, entry, self._property)
            case "list":
                return ArrayBody(field, entry, self._item)
            case "variants":
                return OneOfBody(field, entry, self._variant)
            case _:
                return JsonBody(entry, _MESSAGES_EXAMPLE if field.name == "messages" else "")

    def _property(self, field: FormField, entry: Entry) -> FieldBox:
        """Return the field for a property of an object."""
        folded = self._folded and field.kind in ("object", "list")
        return FieldBox(field, entry, self.body, optional=True, folded=folded)

    def _item(self, field: FormField, entry: Typed, number: int, folded: bool) -> FieldBox:
        """Return the field for an item of an array."""
        folded = folded and field.kind in ("object", "list")
        return FieldBox(field, entry, self.body, number=number, folded=folded)

    def _variant(self, field: FormField, entry: Typed) -> FieldBox:
        """Return the field for a variant; its name is shown with the choice above it."""
        return FieldBox(field, entry, self.body, bare=True)


def _is_long(entry: Entry) -> bool:
    return isinstance(entry, str) and (len(entry) >= _LONG or "\n" in entry)


def _field_count(field: FormField) -> int:
    inner = (*field.fields, *(variant.field for variant in field.variants))
    return 1 + sum(map(_field_count, inner))
