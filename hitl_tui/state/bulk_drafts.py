"""What is decided on many items together, as a draft of each: it is kept if it cannot be sent."""

from collections.abc import Sequence
from typing import TypeAlias

from hitl_engine.model import (
    Choose,
    Draft,
    JsonObject,
    PlannedDecision,
    Question,
    Reject,
    Respond,
    Revise,
    Verdict,
    Verdicts,
)
from hitl_engine.visible import json_text

Drafts: TypeAlias = Sequence[tuple[Question, JsonObject]]
"""Questions with what their cards show as typed."""

_MARK = "bulk"
"""The key of such a draft; a card that writes what was typed on it leaves it out."""


def is_of_item(draft: Draft) -> bool:
    """Whether the user typed a draft for this item, and did not only choose it for many."""
    return _MARK not in draft.content


def drafts_of(planned: Sequence[PlannedDecision], typed: Sequence[Draft | None]) -> Drafts:
    """Return the drafts of the questions for which nothing is `typed` by their user."""
    return [
        (each.item, _draft_of(each))
        for each, draft in zip(planned, typed, strict=True)
        if isinstance(each.item, Question) and draft is None
    ]


def _draft_of(planned: PlannedDecision) -> JsonObject:
    match planned.decision:
        case Verdicts(verdicts=verdicts):
            typed: JsonObject = {"way": "FORM", "calls": [_record(each) for each in verdicts]}
        case Revise(text=text):  # a text that is revised has no way TEXT, and is shown as itself
            typed = {"way": "TEXT", "words": text, "text": text}
        case Choose(index=index, text=beside):
            typed = {"way": "FORM", "chosen": index, "beside": beside or ""}
        case _:
            typed = {"way": "JSON", "json": json_text(planned.answer)}
    if planned.item.log_reason:
        typed["log_reason"] = planned.item.log_reason
    return {**typed, _MARK: True}


def _record(verdict: Verdict) -> JsonObject:
    typed: JsonObject = {"verdict": verdict.kind.value}
    match verdict:
        case Reject(message=reason):
            typed["reason"] = reason or ""
        case Respond(message=message):
            typed["message"] = message
    return typed
