"""Checks values against a JSON Schema; see `schema_checks`, which is imported with the first schema.

The packages that it needs take a quarter of a second to import: a list of what waits, and most
answers, need none of it.
"""

from hitl_engine.model import Fault, JsonObject, JsonValue


def faults(schema: JsonObject, value: JsonValue) -> tuple[Fault, ...]:
    """Return every fault of `value`, in the order of their places.

    There are none if `schema` is broken, or if the check takes too much work.
    """
    from hitl_engine.forms import schema_checks

    return schema_checks.faults(schema, value)


def costs_too_much(schema: JsonObject) -> bool:
    """Return whether `schema` is not used because its checks would take too long."""
    if not schema:
        return False
    from hitl_engine.forms import schema_checks

    return schema_checks.costs_too_much(schema)


def is_usable(schema: JsonObject) -> bool:
    """Return whether `schema` is a valid schema and checks anything."""
    if not schema:
        return False
    from hitl_engine.forms import schema_checks

    return schema_checks.is_usable(schema)


def fits(schema: JsonObject, value: JsonValue) -> bool:
    """Return whether `value` was checked to the end and has no fault: a doubt counts as a fault."""
    from hitl_engine.forms import schema_checks

    return schema_checks.fits(schema, value)


def pattern_fault(pattern: str) -> str:
    """Return why texts cannot be compared with this pattern, as the end of a sentence; else nothing."""
    from hitl_engine.forms import schema_checks

    return schema_checks.pattern_fault(pattern)
