"""A form whose fields are listed in the payload.

Payload `{"formType", "fields": [{"name", "label", "type", "default", "options"}]}`, answered
`{"approved": true, "values": {…}}` or `{"approved": false}`; or `{"question", "fields",
"current_values"}`, answered with the object of the fields. Both come from the LangGraph
guides and are no protocols: plain JSON is accepted as it is. Without current values, a question beside
fields that each have a name and a type is the second kind.
"""

from hitl_engine.errors import NotTaken
from hitl_engine.forms.schema_fields import form_of, json_type
from hitl_engine.forms.validation import faults
from hitl_engine.model import Answer, Decision, Decline, Fill, FormToFill, JsonObject, JsonValue
from hitl_engine.payloads.convention import Asked, Malformed, checked, text_in, texts_in

_LONG = 10_000
_TYPES: dict[str, JsonObject] = {
    "select": {"type": "string"},
    "checkbox": {"type": "boolean"},
    "boolean": {"type": "boolean"},
    "textarea": {"type": "string", "maxLength": _LONG},
    "text": {"type": "string"},
    "string": {"type": "string"},
    "currency": {"type": "number"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "email": {"type": "string", "format": "email"},
}


def recognise(asked: Asked) -> FormToFill | Malformed | None:
    """Take an object with a list of named fields, and a form type, current values or field types."""
    match asked.payload:
        case {"formType": str(), "fields": list(fields), **others}:
            current, can_decline = others.get("current_values"), True
        case {"fields": list(fields), "current_values": dict(current)}:
            can_decline = False
        case {"question": str(), "fields": list(fields)} if fields and all(map(_is_typed, fields)):
            current, can_decline = None, False
        case _:
            return None
    schema = _schema(fields, current)
    if schema is None:
        return Malformed("a form", "not all of its fields have a name of their own")
    return FormToFill(form_of(schema), schema, asked.payload, can_decline)


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return the values, in an approval where the form has a type."""
    review = recognise(asked)
    assert isinstance(review, FormToFill), "only asked for its own payloads"
    match decision:
        case Answer(value=value):
            return value
        case Fill(value=value):
            values = checked(value, review.schema)
            return {"approved": True, "values": values} if review.can_decline else values
        case Decline() if review.can_decline:
            return {"approved": False}
        case _:
            raise NotTaken("This asks for the values of a form.", hint="Fill it in.")


def answer_schema(asked: Asked) -> JsonObject:
    """Return what the graph expects, as far as the form shows it."""
    review = recognise(asked)
    values = review.schema if isinstance(review, FormToFill) else {}
    if not isinstance(review, FormToFill) or not review.can_decline:
        return values
    approved: JsonObject = {"approved": {"const": True}, "values": values}
    declined: JsonObject = {"approved": {"const": False}}
    return {
        "oneOf": [
            {"type": "object", "properties": approved, "required": ["approved", "values"]},
            {"type": "object", "properties": declined, "required": ["approved"]},
        ]
    }


def _is_typed(field: JsonValue) -> bool:
    """Whether a field has a name and a type that is known."""
    return (
        isinstance(field, dict)
        and bool(text_in(field, "name"))
        and text_in(field, "type") in _TYPES
    )


def _schema(fields: list[JsonValue], current: object) -> JsonObject | None:
    """Return the fields as JSON Schema, or None where they have no names, or one twice."""
    known: JsonObject = current if isinstance(current, dict) else {}
    parts: JsonObject = {}
    required: list[JsonValue] = []
    for field in fields:
        about: JsonObject = field if isinstance(field, dict) else {"name": field}
        name = text_in(about, "name")
        if not name or name in parts:
            return None
        parts[name] = _part(about, known)
        if about.get("required") is True:
            required.append(name)
    return {"type": "object", "properties": parts, "required": required}


def _part(field: JsonObject, current: JsonObject) -> JsonObject:
    """Return one field, with its initial value."""
    name = text_in(field, "name")
    begun = {"default": current[name]} if name in current else {}
    if "default" in field and not begun:
        begun = {"default": field["default"]}
    part: JsonObject = {**_type(field, begun), **begun}
    if label := text_in(field, "label"):
        part["title"] = label
    if about := text_in(field, "description"):
        part["description"] = about
    return part


def _type(field: JsonObject, begun: JsonObject) -> JsonObject:
    """Return the type that a field names, unless its initial value has another one."""
    options = texts_in(field, "options")
    if options:
        return {"enum": list(options)}
    known = _TYPES.get(text_in(field, "type"), {})
    if not begun:
        return known or {"type": "string"}
    if known and not faults(known, begun["default"]):
        return known
    match json_type(begun["default"]):
        case "null":
            return {"type": [known.get("type", "string"), "null"]}
        case "array" | "object":
            return {}
        case kind:
            return {"type": kind}
