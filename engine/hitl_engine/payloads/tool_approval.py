"""One tool call that waits for approval: LangChain's HumanInTheLoopMiddleware, per call.

Payload `{"type": "tool_approval", "tool_call_id", "name", "args", "description"}`; answer one
decision, `{"type": "approve"}` and so on, not a list of them. What is allowed is read from the
interrupt's `response_schema`: the `const` of `type` in each of its branches.
Source: langchain 1.4.7, `agents/middleware/human_in_the_loop.py`.
"""

from hitl_engine.forms.schema_fields import form_of
from hitl_engine.model import (
    Answer,
    Decision,
    DecisionKind,
    FormField,
    JsonObject,
    JsonValue,
    Path,
    ToolCall,
    ToolCalls,
)
from hitl_engine.payloads.convention import Asked, Malformed, checked, extra_keys, one_of, text_in
from hitl_engine.payloads.tool_calls import (
    EVERY_KIND,
    UNRULED,
    argument_in,
    decision_json,
    decision_schema,
    verdicts_of,
)

_EDITED = ("edited_action", "editedAction")


def recognise(asked: Asked) -> ToolCalls | Malformed | None:
    """Take an object of this type with a name and arguments."""
    match asked.payload:
        case {"type": "tool_approval", "name": str(name), "args": dict(args), **others}:
            kinds, form = _ruled(asked.schema)
            allowed = tuple(kind for kind in DecisionKind if kind.value in kinds)
            call = ToolCall(
                name=name,
                args=args,
                description=text_in(others, "description"),
                allowed=allowed if kinds else (DecisionKind.REJECT,),
                why_not=f"The request allows {', '.join(kinds)}." if kinds else UNRULED,
                form=form,
                extra=extra_keys(others, "description"),
            )
            return ToolCalls((call,), convention="tool approval")
        case {"type": "tool_approval"}:
            return Malformed("a tool approval", "it has no name or no arguments")
        case _:
            return None


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return one decision."""
    if isinstance(decision, Answer):
        return checked(decision.value, answer_schema(asked))
    review = recognise(asked)
    assert isinstance(review, ToolCalls), "only asked for its own payloads"
    (verdict,) = verdicts_of(decision, review.calls, lambda _: ())
    return decision_json(verdict, review.calls[0], _spelling(asked.schema))


def answer_schema(asked: Asked) -> JsonObject:
    """Return what a decision must fit if the interrupt has no schema."""
    name = text_in(asked.payload, "name") if isinstance(asked.payload, dict) else ""
    return one_of(decision_schema(kind, name, None, _EDITED[0]) for kind in EVERY_KIND)


def argument_at(path: Path) -> tuple[int, Path] | None:
    """Return where in the edited arguments a place in a decision is."""
    inside = argument_in(path)
    return None if inside is None else (0, inside)


def _ruled(schema: JsonObject | None) -> tuple[tuple[str, ...], FormField | None]:
    """Return the kinds of decisions that a schema has, and the form of an edit's arguments."""
    if not schema:
        return (), None
    form = form_of(schema)
    branches = [variant.field for variant in form.variants] or [form]
    kinds: dict[str, None] = {}
    args = None
    for branch in branches:
        fields = {field.name: field for field in branch.fields}
        if "type" in fields:
            kinds |= {kind: None for kind in fields["type"].choices if isinstance(kind, str)}
        for key in _EDITED:
            action = fields[key].fields if key in fields else ()
            args = next((field for field in action if field.name == "args"), args)
    return tuple(kinds), args


def _spelling(schema: JsonObject | None) -> str:
    """Return the key of an edited action, as the schema spells it."""
    form = form_of(schema or {})
    names = {field.name for variant in form.variants for field in variant.field.fields}
    names |= {field.name for field in form.fields}
    return _EDITED[1] if _EDITED[1] in names else _EDITED[0]
