"""What two reviewers must send alike: the answer, and all else of its request that changes what runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from hitl_server.json_types import JsonObject
from hitl_server.payload_digests import json_digest, payload_digest
from hitl_server.request_models import is_resume_map
from hitl_server.reserved_keys import RESERVED, STRICT_RESUME

_OF_EACH_RUN = frozenset((*RESERVED, STRICT_RESUME, "run_id", "thread_id"))
"""What the server writes into `configurable`, and changes nothing of what a node does."""
_SETTINGS = ("interrupt_before", "interrupt_after", "webhook")


def asked_digest(checkpoint_id: str | None, pending: Mapping[str, Sequence[JsonObject]]) -> str:
    """Return the digest of what waits on a thread: its checkpoint, and each interrupt with its payload."""
    asked = [(each["id"], payload_digest(each)) for waiting in pending.values() for each in waiting]
    return json_digest([checkpoint_id, sorted(asked)])


def answers_by_id(resume: Any, pending: Mapping[str, Sequence[JsonObject]]) -> JsonObject | None:
    """Return the answer to each interrupt; None if an answer without an id has several to choose from."""
    if is_resume_map(resume):
        return dict(resume)
    ids = {each["id"] for waiting in pending.values() for each in waiting}
    return {ids.pop(): resume} if len(ids) == 1 else None


def settings_digest(kwargs: JsonObject) -> str:
    """Return the digest of all that changes what a run does, but for its input and its command.

    The metadata and what is streamed change nothing.
    """
    config = {name: value for name, value in kwargs["config"].items() if name != "metadata"}
    places = (config.pop("configurable", None), kwargs.get("context"))
    given = [
        {name: value for name, value in (place or {}).items() if name not in _OF_EACH_RUN}
        for place in places
    ]
    return json_digest([config, *given, *(kwargs.get(name) or None for name in _SETTINGS)])


def request_digest(answers: Any, kwargs: JsonObject) -> str:
    """Return the digest of an answer with the settings of its run."""
    return json_digest([answers, settings_digest(kwargs)])
