"""A text to revise, or a bare question in words that is no yes-or-no question; the answer is a text.

Payload `"What is your name?"`, `{"text_to_revise": "…"}`, or `{"content": "…"}` and `{"draft": "…"}`
beside words that ask to revise it; the answer is a JSON string. Source: the LangGraph guide on human
in the loop.

The unchanged text is an answer too, so a text that is only shown must never be taken for one to
revise: graphs show texts under `content` and `draft` and expect a verdict on them, and a message
has its text there as well.
"""

import re

from hitl_engine.errors import NotTaken
from hitl_engine.model import Answer, Decision, JsonObject, JsonValue, Revise, TextToRevise
from hitl_engine.payloads.convention import Asked, in_words, text_in
from hitl_engine.payloads.yes_or_no import yes_or_no

_KEYS = ("text_to_revise", "content", "draft")
_KINDS = ("type", "kind", "role")
"""Keys that tell what a payload is; they decide before any text does."""
_LISTS = ("options", "choices", "actions")
_INSTRUCTIONS = ("instruction", "instructions", "prompt", "message", "question", "task")
_TO_REVISE = re.compile(
    r"\b(?:revis(?:e|ion)|edit|rewrite|reword|rephrase|correct|improve|amend|proofread)\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"\b(?:approv\w*|confirm\w*|accept|reject|choose|select|feedback|comments?|not|never|without"
    r"|yes|no)\b|n't\b",
    re.IGNORECASE,
)
"""Words after which the answer is, or may be, something else than the revised text."""


def recognise(asked: Asked) -> TextToRevise | None:
    """Take a bare string, or an object that asks to revise exactly one text."""
    payload = asked.payload
    if isinstance(payload, str) and not yes_or_no(payload):
        return TextToRevise(text="", prompt=payload)
    if not isinstance(payload, dict) or any(key in payload for key in _LISTS):
        return None
    keys = [key for key in _KEYS if key in payload]
    if len(keys) != 1 or not _asks_to_revise(payload, keys[0]):
        return None
    text = payload[keys[0]]
    return TextToRevise(text, in_words(payload, keys[0])) if isinstance(text, str) else None


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the text as a JSON string, or the JSON that was given instead."""
    match decision:
        case Revise(text=text):
            return text
        case Answer(value=value):
            return value
        case _:
            raise NotTaken(
                "This asks for a text; there is no tool call to decide on.",
                hint="Answer with the text as it should be.",
            )


def answer_schema(asked: Asked) -> JsonObject:
    """Return what is expected: a text."""
    return {"type": "string"}


def _asks_to_revise(payload: JsonObject, key: str) -> bool:
    """Return whether the payload itself tells that the text under `key` is to be revised."""
    kinds = [kind for kind in _KINDS if kind in payload]
    if kinds:
        return all(_means_revise(text_in(payload, kind)) for kind in kinds)
    return key == "text_to_revise" or any(
        _means_revise(text_in(payload, each)) for each in _INSTRUCTIONS
    )


def _means_revise(text: str) -> bool:
    words = re.sub(r"[_-]", " ", text)
    return bool(_TO_REVISE.search(words)) and not _OTHERWISE.search(words)
