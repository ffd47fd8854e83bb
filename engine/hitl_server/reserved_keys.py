"""Keys of metadata, `configurable` and context that the server sets (LangGraph)."""

from collections.abc import Mapping
from typing import Any

from hitl_server.json_types import JsonObject

USER_ID = "langgraph_auth_user_id"
"""The caller's identity, in `configurable` and in metadata."""

STRICT_RESUME = "__pregel_strict_resume"
"""In `configurable`: makes LangGraph refuse a resume map with an id that is not pending."""

RESERVED = ("langgraph_auth_user", USER_ID, "langgraph_auth_permissions")


def without_reserved(given: Mapping[str, Any]) -> JsonObject:
    """Return what a client has set, without these keys: nobody writes under another name."""
    return {key: value for key, value in given.items() if key not in RESERVED}
