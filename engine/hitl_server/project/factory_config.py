"""The config for a graph factory whose graph is only read or updated, not run.

The factory gets the config of the run that wrote the state: with other values, it could create
another graph, to which the state does not belong.
"""

from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig

_OF_THE_RUN = frozenset({"thread_id", "run_id", "checkpoint_id", "checkpoint_ns", "checkpoint_map"})
_SET_BY_SERVER = ("langgraph_auth_", "__")
"""Beginnings of keys that name the caller of that run, or steer its execution."""


def reading_config(run: Mapping[str, Any], config: RunnableConfig) -> RunnableConfig:
    """Return `config` with the values of a run (its `kwargs`; empty without a run).

    What `config` contains applies: the thread, the checkpoint and the present caller.
    """
    given: Mapping[str, Any] = run.get("config") or {}
    configurable = {
        key: value
        for key, value in (given.get("configurable") or {}).items()
        if key not in _OF_THE_RUN and not key.startswith(_SET_BY_SERVER)
    }
    merged: RunnableConfig = {
        **given,  # type: ignore[typeddict-item]  # a client may have given any keys
        **config,
        "configurable": {**configurable, **config["configurable"]},
    }
    return merged
