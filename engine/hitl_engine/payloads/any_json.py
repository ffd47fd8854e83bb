"""Any payload without a known convention: shown as JSON, answered with any JSON."""

from hitl_engine.errors import NotTaken
from hitl_engine.model import Answer, AnyJson, Decision, JsonObject, JsonValue, Revise
from hitl_engine.payloads.convention import Asked


def recognise(asked: Asked) -> AnyJson:
    """Take anything."""
    return AnyJson(asked.payload)


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the JSON as it was given, or a text as a JSON string; verdicts are not accepted."""
    match decision:
        case Revise(text=text):
            return text
        case Answer(value=value):
            return value
        case _:
            raise NotTaken(
                "This payload is no tool call, so there is nothing to approve, edit or reject.",
                hint="Answer with a text or with JSON.",
            )


def answer_schema(asked: Asked) -> JsonObject:
    """Return the schema that accepts anything."""
    return {}
