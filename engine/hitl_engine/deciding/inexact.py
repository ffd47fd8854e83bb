"""Values that JSON cannot carry: what to tell about them, before and after an answer is made.

An approval lets the graph use its own values. An edit sends JSON, so what was not changed arrives as
what is shown: null for NaN, a rounded number for a decimal.
"""

import json
from collections.abc import Iterator
from typing import Any

from hitl_engine.model import (
    Decision,
    Edit,
    ExactValue,
    Interrupt,
    JsonValue,
    Path,
    Question,
    ToolCalls,
    json_path,
)
from hitl_engine.payloads import verdicts_on

_MISSING = object()


def inexact_notes(interrupt: Interrupt) -> tuple[str, ...]:
    """Return one sentence for each value of the payload whose JSON is something else."""
    return tuple(
        f"{json_path(exact.path)} is {exact.value} in the graph, which JSON cannot carry: "
        f"{_written(_at(interrupt.payload, exact.path))} is shown, and an answer that contains it "
        "sends that."
        for exact in interrupt.exact_values
    )


def inexact_edits(question: Question, decision: Decision) -> Iterator[str]:
    """Yield one sentence for each such value that an edited tool call sends as it is shown."""
    if not isinstance(question.review, ToolCalls):
        return
    verdicts = verdicts_on(question.review, decision)
    for exact in question.interrupt.exact_values:
        for number, place in _calls_at(question, exact):
            verdict = verdicts[number] if number < len(verdicts) else None
            shown = _at(question.interrupt.payload, exact.path)
            if isinstance(verdict, Edit) and _at(verdict.args, place) == shown:
                name = question.review.calls[number].name
                yield (
                    f"{name}: {json_path(place)} is {exact.value} in the graph, and the edited "
                    f"call gets {_written(shown)}."
                )


def _calls_at(question: Question, exact: ExactValue) -> Iterator[tuple[int, Path]]:
    """Yield the number of the call whose arguments contain a value, and its place in them."""
    assert isinstance(question.review, ToolCalls)
    inside: JsonValue = question.interrupt.payload
    for depth, step in enumerate(exact.path):
        inside = _at(inside, (step,))
        for number, call in enumerate(question.review.calls):
            if inside is call.args:
                yield number, exact.path[depth + 1 :]


def _at(value: Any, path: Path) -> Any:
    """Return what is at a path; a server may name one that does not exist."""
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return _MISSING
    return value


def _written(value: Any) -> str:
    return "nothing" if value is _MISSING else json.dumps(value, ensure_ascii=False)[:60]
