"""A state with new values at some of its places. Pure functions."""

from collections.abc import Sequence

from hitl_engine.errors import BadInput
from hitl_engine.model import JsonObject, JsonValue, Path, Replacement, json_path


def replaced(values: JsonObject, replacements: Sequence[Replacement]) -> JsonObject:
    """Return a copy of a state with each replacement, one after the other.

    Raises BadInput for a place that is not there. A key of an object may be new, and so may the
    place after the last item of a list.
    """
    found: JsonValue = values
    for each in replacements:
        if not each.path:
            raise BadInput("Name a key of the state, such as $.text.")
        found = _with(found, each.path, each.value, each.path)
    assert isinstance(found, dict), "a path begins with a key"
    return found


def _with(value: JsonValue, path: Path, new: JsonValue, whole: Path) -> JsonValue:
    if not path:
        return new
    step, *rest = path
    match value, step:
        case dict(), str() if step in value or not rest:
            return {**value, step: _with(value.get(step), tuple(rest), new, whole)}
        case list(), int() if 0 <= step < len(value) or (step == len(value) and not rest):
            inner = value[step] if step < len(value) else None
            return [*value[:step], _with(inner, tuple(rest), new, whole), *value[step + 1 :]]
        case _:
            raise BadInput(f"The state has no {json_path(whole)}.", kept="Nothing was sent.")
