"""A story as one JSON document."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from hitl_engine.errors import BadInput
from hitl_engine.model import (
    Act,
    Answered,
    Breakpoints,
    Commanded,
    Copied,
    GivenAnswer,
    GraphDrawing,
    JsonObject,
    JsonValue,
    RunSettings,
    Started,
    Story,
    StoryPlace,
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
        **({"drawing": _drawing_document(story.drawing)} if story.drawing else {}),
        "steps": [_step_document(step) for step in story.steps],
    }


def _drawing_document(drawing: GraphDrawing) -> JsonObject:
    return {"closed": drawing.closed, "opened": drawing.opened}


def _step_document(step: StoryStep) -> JsonObject:
    document = act_document(step.act)
    if step.begins_at is not None:
        document["begins_at"] = {
            "step": step.begins_at.step,
            "checkpoint": step.begins_at.checkpoint,
        }
    if step.at is not None:
        document["at"] = step.at.isoformat()
    return {**document, "after": step.after}


def act_document(act: Act) -> JsonObject:
    """Return an act as JSON: `{"act": "start" | "answer" | "step" | …}` with what was given."""
    match act:
        case Started():
            settings: JsonObject = {
                "config": act.settings.config,
                "context": act.settings.context,
            }
            given = {name: value for name, value in settings.items() if value}
            return {"act": "start", "input": act.input, **_stops(act.breakpoints), **given}
        case Answered():
            return {"act": "answer", **_answers(act.answers), **_stops(act.breakpoints)}
        case WentOn():
            return {"act": "step", **_stops(act.breakpoints)}
        case Commanded():
            sent: JsonObject = {"goto": act.goto, "update": act.update}
            return {"act": "command", **sent, **_answers(act.answers), **_stops(act.breakpoints)}
        case Wrote():
            return {"act": "update", "as_node": act.as_node, "values": act.values}
        case Copied():
            return {"act": "copy"}


def _answers(answers: Sequence[GivenAnswer]) -> JsonObject:
    given: list[JsonValue] = [
        {"node": each.node, "ordinal": each.ordinal, "value": each.value} for each in answers
    ]
    return {"answers": given}


def _stops(breakpoints: Breakpoints) -> JsonObject:
    return {
        "interrupt_before": list(breakpoints.before),
        "interrupt_after": list(breakpoints.after),
    }


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
            steps=tuple(
                StoryStep(_act(step), _after(step), _place(step), _time(step))
                for step in document["steps"]
            ),
            drawing=_drawing(document.get("drawing")),
        )
    except (KeyError, TypeError, ValueError) as error:
        _refuse(f"{type(error).__name__}: {error}")


def _act(step: Any) -> Act:
    match step:
        case {"act": "start", "input": input}:
            settings = RunSettings(step.get("config", {}), step.get("context", {}))
            return Started(input, _breakpoints(step), settings)
        case {"act": "answer"}:
            return Answered(_given(step), _breakpoints(step))
        case {"act": "step"}:
            return WentOn(_breakpoints(step))
        case {"act": "command", "goto": goto, "update": update}:
            return Commanded(goto, update, _given(step), _breakpoints(step))
        case {"act": "update", "as_node": str(as_node), "values": dict(values)}:
            return Wrote(values, as_node)
        case {"act": "copy"}:
            return Copied()
        case _:
            raise ValueError("a step has no act that is known")


def _given(step: Mapping[str, Any]) -> tuple[GivenAnswer, ...]:
    return tuple(
        GivenAnswer(str(each["node"]), int(each["ordinal"]), each["value"])
        for each in step["answers"]
    )


def _breakpoints(step: Mapping[str, Any]) -> Breakpoints:
    return Breakpoints(*(tuple(step[f"interrupt_{when}"]) for when in ("before", "after")))


def _place(step: Mapping[str, Any]) -> StoryPlace | None:
    place = step.get("begins_at")
    return StoryPlace(int(place["step"]), int(place["checkpoint"])) if place else None


def _time(step: Mapping[str, Any]) -> datetime | None:
    at = step.get("at")
    return datetime.fromisoformat(at) if at else None


def _drawing(given: Any) -> GraphDrawing | None:
    match given:
        case None:
            return None
        case {"closed": dict(closed), "opened": dict(opened)}:
            return GraphDrawing(closed, opened)
        case _:
            raise ValueError("`drawing` has not the graph closed and opened")


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
