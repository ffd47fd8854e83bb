"""A text to revise, or a bare question in words; the answer is a text.

Payload `"What is your name?"` or `{"text_to_revise": "…"}` (also `content`, `draft`), and the
answer is a JSON string. Source: the LangGraph guide on human in the loop.
"""

from hitl_engine.errors import NotTaken
from hitl_engine.model import Answer, Decision, JsonObject, JsonValue, Revise, TextToRevise
from hitl_engine.payloads.convention import Asked, in_words

_KEYS = ("text_to_revise", "content", "draft")
_LISTS = ("options", "actions")


def recognise(asked: Asked) -> TextToRevise | None:
    """Take a bare string, or an object with exactly one text to change and no list of options."""
    payload = asked.payload
    if isinstance(payload, str):
        return TextToRevise(text="", prompt=payload)
    if not isinstance(payload, dict) or any(isinstance(payload.get(key), list) for key in _LISTS):
        return None
    keys = [key for key in _KEYS if key in payload]
    if len(keys) != 1:
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
