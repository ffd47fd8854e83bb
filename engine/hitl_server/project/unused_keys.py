"""Keys of `langgraph.json` that have no effect on this server: one remark for each."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hitl_server.errors import BadTarget
from hitl_server.project.config_file import section

_USED = {
    *("$schema", "graphs", "dependencies", "env", "auth", "http", "webhooks", "python_version"),
    *("checkpointer", "store", "encryption"),
}
_FOR_IMAGES = {
    *("api_version", "base_image", "dockerfile_lines", "image_distro", "keep_pkg_tools"),
    *("node_version", "pip_config_file", "pip_installer", "source"),
}
_WHY = {
    **dict.fromkeys(_FOR_IMAGES, "it is for building images"),
    "ui": "this server has no user interface",
    "ui_config": "this server has no user interface",
    "priority": "runs start in the order in which they come",
    "auth.openapi": "/openapi.json of this server names no schemes of authentication",
    "auth.cache": "the handlers are called for each request",
    "auth.allow_langsmith_api_keys": "this server knows no keys of LangSmith",
    "checkpointer.backend": "checkpoints are in engine.sqlite of the data folder",
    "checkpointer.serde.allowed_json_modules": "checkpoints contain no such values",
    "checkpointer.serde.pickle_fallback": "nothing is unpickled",
    "store.index": "this server has no semantic search",
}
_KNOWN_INSIDE = {
    "auth": {"path", "disable_studio_auth"},
    "checkpointer": {"serde", "path", "ttl"},
    "checkpointer.ttl": {"strategy", "default_ttl", "sweep_interval_minutes"},
    "checkpointer.serde": {"allowed_msgpack_modules"},
    "store": {"ttl", "path"},
}
"""Keys of sections that have an effect."""


_RESTRICTIONS = {
    "auth": "auth",
    "authentication": "auth",
    "http": "http",
    "webhooks": "webhooks",
    "encryption": "encryption",
}
"""Names that people may write for sections that restrict something."""


def unused_keys(path: Path, config: dict[str, Any]) -> Iterator[str]:
    """Yield a remark for each key without effect.

    Raises `BadTarget` where ignoring a key would open something: for `encryption`, and for a
    misspelt section that restricts access.
    """
    if config.get("encryption"):
        raise BadTarget(
            f"{path} has encryption, which this server does not support.",
            hint="Not served, because data would be stored in readable form.",
        )
    for name in ("checkpointer", "store"):
        if not isinstance(config.get(name) or {}, dict):
            raise BadTarget(f'{path}: "{name}" is not an object.')
    keys = [key for key in config if key not in _USED]
    for key in keys:
        if close := get_close_matches(key.lower(), _RESTRICTIONS, n=1, cutoff=0.75):
            raise BadTarget(
                f'{path} has "{key}", which this server does not know. Is it meant as "{_RESTRICTIONS[close[0]]}"?',
                hint="Not served, because access could be less restricted than intended.",
            )
    for name, known in _KNOWN_INSIDE.items():
        inside = section(config, *name.split("."))
        keys += [f"{name}.{key}" for key in inside if key not in known]
    for name, entry in section(config, "graphs").items():
        inside = entry if isinstance(entry, dict) else {}
        keys += [f"graphs.{name}.{key}" for key in inside if key not in ("path", "description")]
    for key in keys:
        why = _WHY.get(key, "this server does not know it")
        yield f"{path}: {key} has no effect: {why}."
    types = section(config, "checkpointer", "serde").get("allowed_msgpack_modules")
    if types is not None and not isinstance(types, list):
        yield f"{path}: checkpointer.serde.allowed_msgpack_modules has no effect: it is no list."
    if section(config, "checkpointer").get("path"):
        yield (
            f"{path}: checkpoints are in the checkpointer of checkpointer.path, not in the data "
            "folder. What depends on ours is not promised, and not listed by /info."
        )
    store = section(config, "store")
    if store.get("path"):
        yield f"{path}: items are in the store of store.path, not in the data folder."
        if store.get("ttl"):
            yield f"{path}: store.ttl has no effect: it is for the server's own store."
