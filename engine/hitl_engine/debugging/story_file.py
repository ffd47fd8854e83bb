"""A story as one JSON document."""

import json
from datetime import datetime
from typing import Any, NoReturn

from hitl_engine.errors import BadInput
from hitl_engine.model import (
    Act,
    Answered,
    Breakpoints,
    GivenAnswer,
    JsonObject,
    JsonValue,
    RunSettings,
    Started,
    Story,
    StoryStep,
    WentOn,
    Wrote,
)

_VERSION = 1


def story_document(story: Story) -> JsonObject:
    """Return a story as JSON."""
    return {
        "hitl_story": _VERSION,
        "graph": story.graph_id,
        "thread_id": story.thread_id,
        "server": story.server,
        "saved_at": story.saved_at.isoformat(),
        "steps": [{**_act_document(step.act), "after": step.after} for step in story.steps],
    }


def _act_document(act: Act) -> JsonObject:
    match act:
        case Started():
            settings: JsonObject = {
                "config": act.settings.config,
                "context": act.settings.context,
            }
            return {
                "act": "start",
                "input": act.input,
                "interrupt_before": list(act.breakpoints.before),
                "interrupt_after": list(act.breakpoints.after),
                **{name: value for name, value in settings.items() if value},
            }
        case Answered():
            answers: list[JsonValue] = [
                {"node": each.node, "ordinal": each.ordinal, "value": each.value}
                for each in act.answers
            ]
            return {"act": "answer", "answers": answers}
        case WentOn():
            return {"act": "step"}
        case Wrote():
            return {"act": "update", "as_node": act.as_node, "values": act.values}


def story_of(text: str) -> Story:
    """Read a story. Raises BadInput for what is none, or of a later version."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This is not a story: it is not JSON ({error}).") from error
    version = document.get("hitl_story") if isinstance(document, dict) else None
    if version != _VERSION:
        _refuse(f"`hitl_story` is {version!r}, not {_VERSION}")
    try:
        return Story(
            graph_id=str(document["graph"]),
            thread_id=str(document["thread_id"]),
            server=str(document["server"]),
            saved_at=datetime.fromisoformat(document["saved_at"]),
            steps=tuple(StoryStep(_act(step), _after(step)) for step in document["steps"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        _refuse(f"{type(error).__name__}: {error}")


def _act(step: Any) -> Act:
    match step:
        case {"act": "start", "input": input}:
            stops = (tuple(step.get(f"interrupt_{when}", ())) for when in ("before", "after"))
            settings = RunSettings(step.get("config", {}), step.get("context", {}))
            return Started(input, Breakpoints(*stops), settings)
        case {"act": "answer", "answers": [*answers]}:
            return Answered(
                tuple(
                    GivenAnswer(str(each["node"]), int(each["ordinal"]), each["value"])
                    for each in answers
                )
            )
        case {"act": "step"}:
            return WentOn()
        case {"act": "update", "as_node": str(as_node), "values": dict(values)}:
            return Wrote(values, as_node)
        case _:
            raise ValueError("a step has no act that is known")


def _after(step: Any) -> JsonObject | None:
    after = step.get("after")
    if after is not None and not isinstance(after, dict):
        raise ValueError("`after` of a step is no object")
    return after


def _refuse(why: str) -> NoReturn:
    raise BadInput(
        f"This is not a story that this version can read: {why}.",
        hint="Save one with hitl-tui export.",
    )
