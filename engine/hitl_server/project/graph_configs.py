"""`LANGGRAPH_CONFIG`: configs of graphs as JSON, `{graph: config}`, as in langgraph-api.

A config may also have a `context`, as with the JavaScript server.
"""

import json
import os

from hitl_server.errors import BadTarget
from hitl_server.json_types import JsonObject


def graph_configs() -> dict[str, JsonObject]:
    """Return the config of each default assistant that has one. Raises `BadTarget`."""
    text = os.environ.get("LANGGRAPH_CONFIG")
    if not text:
        return {}
    try:
        configs = json.loads(text)
    except ValueError:
        configs = None
    if not isinstance(configs, dict) or not all(
        isinstance(each, dict) for each in configs.values()
    ):
        raise BadTarget(
            "LANGGRAPH_CONFIG is not a JSON object of configs.",
            hint='Write {"GRAPH": {"configurable": {...}}}, or remove the variable.',
        )
    return configs
