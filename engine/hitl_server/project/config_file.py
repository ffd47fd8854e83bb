"""Reads the file `langgraph.json`, and values in it."""

import json
from pathlib import Path
from typing import Any

from hitl_server.errors import BadTarget


def load(path: Path) -> dict[str, Any]:
    """Return the content of a `langgraph.json`. Raises `BadTarget` with the fault and its place."""
    try:
        config = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        hint = "Give the path of a langgraph.json, or path/to/file.py:graph."
        raise BadTarget(f"There is no file {path}.", hint=hint) from None
    except json.JSONDecodeError as error:
        raise BadTarget(
            f"{path} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
            hint="Correct that line.",
        ) from None
    except OSError as error:
        raise BadTarget(f"{path} cannot be read: {error.strerror}.") from None
    except (
        ValueError,
        RecursionError,
    ) as error:  # not UTF-8, a number that is too long, or nested too deeply
        raise BadTarget(f"{path} cannot be read: {error}.") from None
    if not isinstance(config, dict):
        raise BadTarget(f"{path} is not a JSON object.", hint="See the LangGraph CLI reference.")
    return config


def section(config: Any, *path: str) -> dict[str, Any]:
    """Return the object at a path of keys; an empty one if there is none."""
    for key in path:
        config = config.get(key) if isinstance(config, dict) else None
    return config if isinstance(config, dict) else {}


def listed(config: Any, *path: str) -> list[Any]:
    """Return the list at a path of keys; an empty one if there is none."""
    found = section(config, *path[:-1]).get(path[-1])
    return found if isinstance(found, list) else []
