"""Which body takes which kind of field."""

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField
from hitl_tui.widgets.form.body import Body, Given
from hitl_tui.widgets.form.field import FieldBox
from hitl_tui.widgets.form.lists import Items
from hitl_tui.widgets.form.objects import Fields
from hitl_tui.widgets.form.picks import IN_VIEW, Always, OneOf, OneOfMany, YesOrNo, choice_labels
from hitl_tui.widgets.form.texts import LongText, OneLine, Source
from hitl_tui.widgets.form.variants import Shapes

_LONG = 200
"""From this many characters on a text gets an editor, whatever its schema says."""
_MANY_FIELDS = 60
"""In a form with more fields than this the objects within begin folded."""
_MESSAGES = '[{"role": "user", "content": "…"}]'
"""What most graphs call their chat; one sees at once how it is given."""


class Bodies:
    """Makes the bodies of one form, and the boxes within them."""

    def __init__(self, form: FormField) -> None:
        self._folded = _count(form) > _MANY_FIELDS

    def body(self, field: FormField, given: Given) -> Body:
        """Return an unmounted body that holds what is given."""
        match field.kind:
            case "text" if not _is_long(given):
                return OneLine(given)
            case "text" | "long_text":
                return LongText(given)
            case "integer" | "number":
                return OneLine(given)
            case "boolean":
                return YesOrNo(given)
            case "choice":
                labels = choice_labels(field)
                return (OneOf if len(labels) <= IN_VIEW else OneOfMany)(labels, given)
            case "fixed":
                return Always(field.choices[0])
            case "object":
                return Fields(field, given, self.box)
            case "list":
                return Items(field, given, self.item)
            case "variants":
                return Shapes(field, given, self.shape)
            case _:
                return Source(given, _MESSAGES if field.name == "messages" else "")

    def box(self, field: FormField, given: Given) -> FieldBox:
        """Return the field of an object."""
        folded = self._folded and field.kind in ("object", "list")
        return FieldBox(field, given, self.body, may_be_left_out=True, folded=folded)

    def item(self, field: FormField, given: Typed, number: int, folded: bool) -> FieldBox:
        """Return an item of a list."""
        folded = folded and field.kind in ("object", "list")
        return FieldBox(field, given, self.body, number=number, folded=folded)

    def shape(self, field: FormField, given: Typed) -> FieldBox:
        """Return one of the shapes that a value may have; what it is called was said above."""
        return FieldBox(field, given, self.body, bare=True)


def _is_long(given: Given) -> bool:
    return isinstance(given, str) and (len(given) >= _LONG or "\n" in given)


def _count(field: FormField) -> int:
    inner = (*field.fields, *(variant.field for variant in field.variants))
    return 1 + sum(map(_count, inner))
