"""JSONPath (RFC 9535): the places in a value that a query names, and conditions on a value.

The library is imported when it is first used: most commands need no JSONPath.
"""

from typing import cast

from hitl_engine.errors import BadInput
from hitl_engine.model import JsonValue, Path

_EXAMPLE = "For example: $.messages[0].content"


def places(query: str, value: JsonValue) -> tuple[tuple[Path, JsonValue], ...]:
    """Return each place that a query names in a value, with what is there.

    Raises BadInput for a query that is not JSONPath.
    """
    from jsonpath_rfc9535 import JSONPathError, find

    if not query:  # version 2.0.2 of the library cannot put this error into words
        raise BadInput("An empty text is not a JSONPath.", hint=_EXAMPLE)
    try:
        return tuple((node.location, cast(JsonValue, node.value)) for node in find(query, value))
    except (JSONPathError, RecursionError) as error:
        raise BadInput(f"{query} is not a JSONPath: {error}.", hint=_EXAMPLE) from error


def holds(condition: str, value: JsonValue) -> bool:
    """Whether a condition of JSONPath holds for a value, as in `$.total > 100 && $.state == "open"`.

    Raises BadInput for a condition that is not one. Nothing holds for an empty value.
    """
    try:
        return bool(places(f"$[?{condition}]", value))
    except BadInput as error:
        raise BadInput(
            f"{condition} is not a condition: {error.__cause__}.",
            hint="For example: $.total > 100",
        ) from error
