"""Names for the JSON that the whole server passes around."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object, parsed."""
