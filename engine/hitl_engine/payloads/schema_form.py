"""A form from the schema of the interrupt: `interrupt(value, response_schema=…)`.

Any payload; the answer is a value that fits the schema, an object or not. A Python type is
enforced by the runtime, which then asks again; a plain JSON Schema is only published. They cannot
be told apart here, so the answer is always checked. Source: langgraph 1.2.22, `types.py`.
"""

from hitl_engine.errors import NotTaken
from hitl_engine.forms.schema_fields import form_of
from hitl_engine.forms.validation import is_usable
from hitl_engine.model import Answer, Decision, Fill, FormToFill, JsonObject, JsonValue, Revise
from hitl_engine.payloads.convention import Asked, checked


def recognise(asked: Asked) -> FormToFill | None:
    """Take anything with a usable schema."""
    if asked.schema is None or not is_usable(asked.schema):
        return None
    return FormToFill(form_of(asked.schema), asked.schema, asked.payload, convention="schema")


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the value."""
    match decision:
        case Fill(value=value) | Answer(value=value):
            return checked(value, answer_schema(asked))
        case Revise(text=text):
            return checked(text, answer_schema(asked))
        case _:
            raise NotTaken("This asks for values that fit its schema.", hint="Fill in the form.")


def answer_schema(asked: Asked) -> JsonObject:
    """Return the schema, as it came."""
    return asked.schema or {}
