"""The conventions of interrupt payloads: what is asked, and the JSON that answers it.

One module for each convention, which reads its payloads and writes their answers. A new convention
is one module and one name in `CONVENTIONS`.

If the interrupt has a schema of its answer, every answer must fit that schema, whatever the
convention: some graphs publish a schema and do not check it.
"""

from contextlib import suppress
from dataclasses import replace

from hitl_engine.errors import NotTaken
from hitl_engine.forms.validation import costs_too_much, faults, fits, is_usable
from hitl_engine.model import Answer, Decision, Fault, JsonObject, JsonValue, Review
from hitl_engine.payloads import (
    agent_inbox,
    any_json,
    ask_user,
    choice,
    field_list,
    likely_answers,
    machine_request,
    middleware,
    schema_form,
    text,
    tool_approval,
)
from hitl_engine.payloads.cautions import cautions
from hitl_engine.payloads.convention import (
    Asked,
    Convention,
    Malformed,
    ToolCallConvention,
    checked,
)
from hitl_engine.payloads.tool_calls import verdicts_on

__all__ = [
    "CONVENTIONS",
    "answer_schema",
    "cautions",
    "encode",
    "misfits",
    "recognise",
    "verdicts_on",
]

CONVENTIONS: tuple[Convention, ...] = (
    machine_request,
    tool_approval,
    middleware,
    agent_inbox,
    ask_user,
    schema_form,
    field_list,
    choice,
    text,
    likely_answers,
    any_json,
)
"""Most specific first: type keys before schemas, because a tool approval has a schema too."""
_NOT_CHECKED = (
    "The schema of the answers is not used, because checking it would take too long. No form is"
    " made of it, and no answer is checked before it is sent."
)
_NOT_COMPARED = Fault((), "cannot be compared with what is expected: that would take too long")
_TOOL_CALLS: tuple[ToolCallConvention, ...] = (tool_approval, middleware, agent_inbox)


def recognise(payload: JsonValue, response_schema: JsonObject | None = None) -> Review:
    """Return the review of the first convention that recognises this payload. Never fails.

    A malformed payload of a convention becomes a form or plain JSON, with a note about it:
    a guessed answer could make its node fail for ever.
    """
    return _understood(Asked(payload, response_schema))[1]


def encode(
    payload: JsonValue, decision: Decision, response_schema: JsonObject | None = None
) -> JsonValue:
    """Return the JSON that answers `payload` with `decision`. Raises NotTaken, with its faults."""
    asked = Asked(payload, response_schema)
    try:
        return _encoded(asked, decision)
    except NotTaken as refusal:
        refusal.faults = _of_their_calls(asked, refusal.faults)
        raise


def _encoded(asked: Asked, decision: Decision) -> JsonValue:
    ruling = _ruling(asked)
    if isinstance(decision, Answer) and ruling:
        answer = decision.value
    else:
        answer = _understood(asked)[0].encode(asked, decision)
    return checked(answer, ruling) if ruling else answer


def _of_their_calls(asked: Asked, found: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Add to each fault the tool call and argument that it is in."""
    understood, _ = _understood(asked)
    for convention in _TOOL_CALLS:
        if convention is understood:
            return tuple(
                replace(each, argument=convention.argument_at(each.path)) for each in found
            )
    return found


def answer_schema(payload: JsonValue, response_schema: JsonObject | None = None) -> JsonObject:
    """Return which answers are expected, as JSON Schema; `{}` for anything."""
    asked = Asked(payload, response_schema)
    return _ruling(asked) or _understood(asked)[0].answer_schema(asked)


def misfits(
    payload: JsonValue, decision: Decision, response_schema: JsonObject | None = None
) -> tuple[Fault, ...]:
    """Return where an answer in plain JSON is not what `answer_schema` shows as expected.

    Only of answers that `encode` takes all the same, because a person may know better than the
    convention. A value that cannot be compared to the end has a fault too.
    """
    expected = answer_schema(payload, response_schema)
    if not isinstance(decision, Answer) or not expected or fits(expected, decision.value):
        return ()
    with suppress(NotTaken):
        encode(payload, decision, response_schema)
        return faults(expected, decision.value) or (_NOT_COMPARED,)
    return ()


def _ruling(asked: Asked) -> JsonObject | None:
    return asked.schema if asked.schema and is_usable(asked.schema) else None


def _understood(asked: Asked) -> tuple[Convention, Review]:
    notes: tuple[str, ...] = ()
    for convention in CONVENTIONS:
        match _recognised(convention, asked):
            case None:
                if convention is schema_form and asked.schema and costs_too_much(asked.schema):
                    notes = (_NOT_CHECKED,)
            case Malformed() as malformed:
                return _as_it_is(asked, malformed)
            case review:
                return convention, replace(review, notes=(*review.notes, *notes))
    raise AssertionError("any_json takes anything")


def _as_it_is(asked: Asked, malformed: Malformed) -> tuple[Convention, Review]:
    form = schema_form.recognise(asked)
    if form is not None:
        return schema_form, replace(form, notes=(str(malformed),))
    return any_json, replace(any_json.recognise(asked), notes=(str(malformed),))


def _recognised(convention: Convention, asked: Asked) -> Review | Malformed | None:
    """Try one convention; payloads can be hostile, and one that makes it raise is not its own."""
    try:
        return convention.recognise(asked)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return None
