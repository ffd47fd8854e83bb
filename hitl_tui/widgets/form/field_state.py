"""How a field stands: with a value, as null, left out, as JSON; and the words for it."""

from collections.abc import Iterator
from enum import StrEnum

from textual.content import Content

from hitl_engine.model import FormField
from hitl_tui.widgets.form.body import LEFT_OUT, Given

NESTED = ("object", "list", "variants")
EMPTY_IS_A_VALUE = ("text", "long_text", "object", "list", "fixed")
"""What can be given without anything being typed: an empty text, an empty list."""
BLANK_IS_NOTHING = ("integer", "number", "json")
_TEXTS = ("text", "long_text")


class FieldState(StrEnum):
    """Whether a field is given, and as what; in the order in which these are offered."""

    VALUE = "value"
    NULL = "null"
    LEFT_OUT = "leave out"
    JSON = "as JSON"


def in_the_head(field: FormField, state: FieldState, given: Given, default: Given) -> Content:
    """Return how a field stands, where it does not go without saying."""
    return Content("  ").join(_states(field, state, given, default))


def _states(field: FormField, state: FieldState, given: Given, default: Given) -> Iterator[Content]:
    match state:
        case FieldState.NULL:
            yield _unusual("null")
        case FieldState.JSON:
            yield _unusual("as JSON")
        case FieldState.LEFT_OUT if not field.required:
            yield _unusual("left out")
        case FieldState.VALUE:
            if isinstance(given, list):
                yield Content(f"{len(given)} item" if len(given) == 1 else f"{len(given)} items")
            if given == default:
                yield Content("default").stylize("$foreground 60%")
            if field.kind in _TEXTS and given == "":
                yield _unusual("empty text")


def _unusual(words: str) -> Content:
    return Content(words).stylize("$text-warning")


def in_the_body(field: FormField, state: FieldState) -> str:
    """Return what it means that nothing is typed."""
    match state:
        case FieldState.NULL:
            return "null"
        case FieldState.VALUE if field.kind in _TEXTS:
            return "empty text"
        case FieldState.LEFT_OUT if not field.required:
            return "left out"
        case _:
            return "not given yet"


def on_offer(field: FormField, state: FieldState, kept: Given) -> str:
    """Return what to call another way to give a field; `kept` is what was typed before."""
    match state:
        case FieldState.LEFT_OUT if field.required:
            return "clear"
        case FieldState.VALUE if kept not in (LEFT_OUT, ""):
            return "as typed before"
        case FieldState.VALUE if field.kind in _TEXTS:
            return "empty text"
        case FieldState.VALUE:
            return "empty list" if field.kind == "list" else "fill in"
        case _:
            return state.value
