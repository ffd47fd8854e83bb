"""What is entered in one field of a form: what was typed there, or nothing."""

from enum import Enum
from typing import TypeAlias

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField

NESTED = ("object", "list", "variants")
"""Kinds of fields that contain other fields."""
TEXTS = ("text", "long_text")


class LeftOut(Enum):
    """The entry of a field in which nothing was entered."""

    LEFT_OUT = "left out"


LEFT_OUT = LeftOut.LEFT_OUT
Entry: TypeAlias = Typed | LeftOut


def can_hold(field: FormField, typed: Typed) -> bool:
    """Return whether the widgets for `field` can show `typed`; a stored draft may be anything."""
    match field.kind, typed:
        case (("text" | "long_text" | "integer" | "number" | "json"), str()):
            return True
        case "boolean", bool():
            return True
        case "fixed", True:
            return True
        case "choice", int(index) if not isinstance(index, bool):
            return 0 <= index < len(field.choices)
        case "object", {"fields": dict(), "beside": dict()}:
            return True
        case "list", list():
            return field.item is not None
        case "variants", {"variant": int(index), "typed": _} if not isinstance(index, bool):
            return 0 <= index < len(field.variants)
        case _:
            return False
