"""The state of a thread as the result of `hitl-tui state`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hitl_engine.model import (
    JsonObject,
    JsonValue,
    Path,
    SubgraphState,
    ThreadView,
    json_path,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.command_result import CommandResult


@dataclass(frozen=True, slots=True)
class ShownState:
    """What is printed of a thread's state."""

    thread: ThreadView
    inside: SubgraphState | None
    """The subgraph whose state it is; None for the state of the thread."""
    values: JsonValue
    next: tuple[str, ...]
    found: tuple[tuple[Path, JsonValue], ...] | None
    """The places that a JSONPath names; None if none was given."""


def state_result(shown: ShownState, subgraphs: Sequence[SubgraphState]) -> CommandResult:
    """Return the state, or the places of it that were asked for."""
    document: JsonObject = {
        "thread_id": shown.thread.thread_id,
        "checkpoint_id": shown.thread.checkpoint_id,
        "subgraph": shown.inside.namespace if shown.inside else None,
        "next": list(shown.next),
        "subgraphs": [
            {"namespace": each.namespace, "path": list(each.path), "next": list(each.next)}
            for each in subgraphs
        ],
    }
    if shown.found is None:
        document["values"] = shown.values
    else:
        document["found"] = [
            {"path": json_path(path), "value": value} for path, value in shown.found
        ]
    return CommandResult(document, tuple(_lines(shown)), tuple(_notes(shown, subgraphs)))


def _lines(shown: ShownState) -> Iterator[str]:
    if shown.found is None:
        yield from json_text(shown.values).split("\n")
    for path, value in shown.found or ():
        yield f"{one_line(json_path(path), 400)}: {json_text(value, indent=None)}"


def _notes(shown: ShownState, subgraphs: Sequence[SubgraphState]) -> Iterator[str]:
    if shown.found == ():
        yield "hitl-tui: The path names nothing in this state."
    if subgraphs and shown.inside is None:
        names = ", ".join(one_line(each.namespace, 400) for each in subgraphs)
        yield f"hitl-tui: Subgraphs have states of their own; --subgraph prints one: {names}"
