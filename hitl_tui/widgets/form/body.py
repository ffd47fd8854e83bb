"""What the bodies of all fields have in common."""

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from textual.message import Message
from textual.widget import Widget

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField

if TYPE_CHECKING:
    from hitl_tui.widgets.form.field import FieldBox


class LeftOut(Enum):
    """What stands in a field of which nothing is given."""

    LEFT_OUT = "left out"


LEFT_OUT = LeftOut.LEFT_OUT
Given: TypeAlias = Typed | LeftOut


class Body(Widget):
    """What one types a value into; a subclass for each kind of value."""

    class Altered(Message):
        """Somebody changed what it is made of."""

    @property
    def given(self) -> Given:
        """What stands here; `LEFT_OUT` while nothing does."""
        raise NotImplementedError

    def fill(self, given: Given) -> None:
        """Show what was typed before, or nothing."""

    def say(self, words: str) -> None:
        """Say in the empty body what that means."""

    def inner(self, step: str | int) -> "FieldBox | None":
        """Return the field at a key or place within."""
        return None

    def boxes(self) -> "Iterable[FieldBox]":
        """Return the fields within."""
        return ()


def fits(field: FormField, typed: Typed) -> bool:
    """Say whether `typed` can stand in the fields of a form; a draft may hold anything."""
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
