"""The settings of a run beside its input, and those of the last run that a later one gets again."""

from typing import Any

from hitl_engine.errors import BadInput
from hitl_engine.model import JsonObject, RunSettings
from hitl_engine.reading.wire import WireRun

_STRICT_RESUME = "__pregel_strict_resume"
"""LangGraph refuses a resume that names an interrupt which is not pending (langgraph 1.2)."""
_LIMITS = ("recursion_limit", "max_concurrency", "tags")
_OWN_KEYS = frozenset({"thread_id", "run_id", "assistant_id", "graph_id", "user_id"})
_ADDED_BY_SERVER = ("__", "langgraph_", "checkpoint_", "x-")
_FOR_ONE_RUN = ("__", "checkpoint_")
"""How settings begin that steer one run: the flag of an answer, the form of its events, its branch."""
_NOTHING = "Nothing was sent."


def continuing_request(last: WireRun | None, assistant: str, *, strict: bool) -> JsonObject:
    """Return a request with the settings of the last run, which servers do not remember.

    These are the assistant (`assistant` if there was no run), the context, limits and tags.
    Context goes as `configurable`, because servers refuse both at once; they keep that as the context
    of the run, with what was meant for that run only.
    """
    kwargs = last.kwargs if last else {}
    configurable = {**_own(kwargs.get("config")), **_lasting(kwargs.get("context"))}
    if strict:
        configurable[_STRICT_RESUME] = True
    request: JsonObject = {"assistant_id": last.assistant_id if last else assistant}
    config = _limits(kwargs.get("config"))
    if configurable:
        config["configurable"] = configurable
    if config:
        request["config"] = config
    return request


def own_settings(run: WireRun) -> RunSettings:
    """Return what a person gave a run beside its input, so that another run can get the same."""
    config = _limits(run.kwargs.get("config"))
    if context := _lasting(run.kwargs.get("context")):
        return RunSettings(config, context)
    if configurable := _own(run.kwargs.get("config")):
        config["configurable"] = configurable
    return RunSettings(config)


def refuse_settings(settings: RunSettings) -> None:
    """Raise BadInput for settings of a run that a server would refuse, or that it sets itself."""
    configurable = settings.config.get("configurable") or {}
    if not isinstance(configurable, dict):
        raise BadInput("`configurable` in the config must be an object.", kept=_NOTHING)
    own = [key for key in configurable if key in _OWN_KEYS or key.startswith(_ADDED_BY_SERVER)]
    if own:
        raise BadInput(f"{', '.join(own)} in `configurable` is set by the server.", kept=_NOTHING)
    if configurable and settings.context:
        raise BadInput(
            "A run takes a context or `configurable`, not both: servers refuse that.",
            kept=_NOTHING,
            hint="A graph that reads both gets the context in either form.",
        )


def _lasting(context: Any) -> JsonObject:
    """Return the context without what steered that one run.

    A web page puts the checkpoint of a branch there: an answer at it would run the branch again.
    """
    given = context if isinstance(context, dict) else {}
    return {
        key: value
        for key, value in given.items()
        if key != "thread_id" and not key.startswith(_FOR_ONE_RUN)
    }


def _limits(config: Any) -> JsonObject:
    """Return what else a person put into the config: limits and tags."""
    given = config if isinstance(config, dict) else {}
    return {key: given[key] for key in _LIMITS if given.get(key)}


def _own(config: Any) -> JsonObject:
    """Return what a person put into `configurable`, without what the server added."""
    configurable = config.get("configurable") if isinstance(config, dict) else None
    return {
        key: value
        for key, value in (configurable or {}).items()
        if key not in _OWN_KEYS and not key.startswith(_ADDED_BY_SERVER)
    }
