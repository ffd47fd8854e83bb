"""Any payload without a known convention: shown as JSON, answered with any JSON.

Nothing is offered as if it were known; for `{"query": "…"}` an answer that the LangGraph
tutorial on human assistance reads, `{"data": "…"}`, is there to begin with.
"""

from engine.errors import NotTaken
from engine.model import Answer, AnyJson, Choose, Decision, JsonObject, JsonValue, Option, Revise
from engine.payloads.convention import Asked
from engine.payloads.options import chosen

_QUERY = (Option("Answer", {"data": ""}, text_key="data", needs_text=True),)


def recognise(asked: Asked) -> AnyJson:
    """Take anything."""
    match asked.payload:
        case {"query": str()}:
            return AnyJson(asked.payload, _QUERY)
        case payload:
            return AnyJson(payload)


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the JSON as it was given, or a text as a JSON string; a verdict has no shape here."""
    match decision:
        case Revise(text=text):
            return text
        case Answer(value=value):
            return value
        case Choose() if options := recognise(asked).options:
            return chosen(options, decision)
        case _:
            raise NotTaken(
                "This payload is no tool call, so there is nothing to approve, edit or reject.",
                hint="Answer with a text or with JSON.",
            )


def answer_schema(asked: Asked) -> JsonObject:
    """Return what takes anything."""
    return {}
