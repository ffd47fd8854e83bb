"""Questions with likely answers, most often yes or no: they are offered, and any other is accepted.

Such a payload does not define its answer; guides and public graphs share the shapes below. So any
text and any JSON is accepted as it is.
"""

import re

from hitl_engine.errors import NotTaken
from hitl_engine.model import (
    Answer,
    Choices,
    Choose,
    Decision,
    JsonObject,
    JsonValue,
    Option,
    Revise,
)
from hitl_engine.payloads.convention import Asked, in_words
from hitl_engine.payloads.option_answers import chosen

_BEGINS = re.compile(
    r"\s*(?:please\s+)?(?:approve|confirm|accept|allow|proceed|continue|publish|send|delete|deploy|"
    r"is|are|was|were|do|does|did|can|could|may|might|shall|should|will|would|has|have|ok|okay|"
    r"ready|sure)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\b(?:yes\s*(?:/|or)\s*no|y\s*/\s*n|approve|reject)\b", re.IGNORECASE)
_LONGEST = 2_000
"""Longer texts are not searched for a yes-or-no question."""


def recognise(asked: Asked) -> Choices | None:
    """Take an object of a known shape, or one whose question or message reads as yes or no."""
    payload = asked.payload
    if not isinstance(payload, dict):
        return None
    options = _options(payload)
    return Choices(options, in_words(payload), listed=False) if options else None


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the answer that was chosen, or whatever was given instead."""
    review = recognise(asked)
    assert review is not None, "only asked for its own payloads"
    match decision:
        case Choose():
            return chosen(review.options, decision)
        case Answer(value=value):
            return value
        case Revise(text=text):
            return text
        case _:
            raise NotTaken(
                "There is no tool call to decide on.",
                hint="Choose an answer, or give a text or JSON.",
            )


def answer_schema(asked: Asked) -> JsonObject:
    """Return examples only: anything is taken."""
    review = recognise(asked)
    return {"examples": [option.answer for option in review.options]} if review else {}


def _options(payload: JsonObject) -> tuple[Option, ...]:
    """Return what graphs with such a payload read, most specific shape first."""
    match payload:
        case {"type": "approval_request"}:
            return (
                Option("Approve", {"approved": True}),
                Option("Reject", {"approved": False}, text_key="reason"),
            )
        case {"confirm": _}:
            return Option("Approve", "approve"), Option("Reject", "reject")
        case {"question": str(), "tool_call": {"name": str(), "args": dict(args)}}:
            return (
                Option("Continue", {"action": "continue"}),
                Option("Run with these arguments", {"action": "update", "data": args}),
                Option("Give feedback", {"action": "feedback"}, text_key="data", needs_text=True),
            )
        case {"question": str(), "answer": str()}:
            return (
                Option("Approve", {"approved": True}),
                Option("Reject", {"approved": False}, text_key="note"),
            )
        case {"query": str(), **others} if not others:
            return (Option("Answer", {"data": ""}, text_key="data", needs_text=True),)
        case {"action": str(), "message": str(text)} if _reads_as_yes_or_no(text):
            return Option("Approve", {"action": "approve"}), Option("Reject", {"action": "reject"})
        case {"question": str(text)} | {"message": str(text)} if _reads_as_yes_or_no(text):
            return Option("Yes", True), Option("No", False)
        case _:
            return ()


def _reads_as_yes_or_no(text: str) -> bool:
    if len(text) > _LONGEST:
        return False
    asks = "?" in text and any(_BEGINS.match(part) for part in re.split(r"[.!\n]", text))
    return asks or _SAYS.search(text) is not None
