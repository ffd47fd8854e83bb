"""One action to review: the older HumanInterrupt of LangGraph's agent inbox.

Payload `[{"action_request": {"action", "args"}, "config": {"allow_accept", "allow_edit",
"allow_respond", "allow_ignore"}, "description"}]`, also without the list, also as a JSON string of
either; answer always a list of one, `[{"type": "accept" | "edit" | "response" | "ignore",
"args"}]`, because graphs read `interrupt(...)[0]`. Source: langgraph 1.2.22,
`prebuilt/interrupt.py`.
"""

from hitl_engine.errors import NotTaken
from hitl_engine.model import (
    Answer,
    Approve,
    Decision,
    DecisionKind,
    Edit,
    JsonObject,
    JsonValue,
    Path,
    Reject,
    Respond,
    ToolCall,
    ToolCalls,
)
from hitl_engine.payloads.convention import Asked, Malformed, checked, extra_keys, one_of, text_in
from hitl_engine.payloads.tool_calls import verdicts_of
from hitl_engine.strict_json import JsonProblem, read_json

_NAME = "an older request for review"
_KINDS = {
    DecisionKind.APPROVE: ("Accept", "allow_accept", "accept"),
    DecisionKind.EDIT: ("Edit", "allow_edit", "edit"),
    DecisionKind.REJECT: ("Ignore", "allow_ignore", "ignore"),
    DecisionKind.RESPOND: ("Respond", "allow_respond", "response"),
}
"""What each decision is called here, what allows it, and the type of its answer."""
_LABELS = tuple((kind, label) for kind, (label, _, _) in _KINDS.items())
_MANY = (
    "It asks several things at once, for which there is no agreed answer: answer with plain JSON."
)


def recognise(asked: Asked) -> ToolCalls | Malformed | None:
    """Take requests with an action and a config."""
    requests = _requests(asked)
    match requests:
        case [{"action_request": _, "config": _}, *_]:
            pass
        case _:
            return None
    calls = tuple(_call(request, alone=len(requests) == 1) for request in requests)
    known = tuple(call for call in calls if call is not None)
    if len(known) < len(calls):
        why = f"request {calls.index(None) + 1} has no action, arguments or config"
        return Malformed(_NAME, why)
    notes = (_MANY,) if len(known) > 1 else ()
    return ToolCalls(known, convention="human interrupt", notes=notes)


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return a list of one response."""
    if isinstance(decision, Answer):
        return checked(decision.value, answer_schema(asked))
    review = recognise(asked)
    assert isinstance(review, ToolCalls), "only asked for its own payloads"
    (verdict,) = verdicts_of(decision, review.calls, lambda number: (number,))
    (call,) = review.calls
    match verdict:
        case Approve():
            args: JsonValue = None
        case Edit(args=edited, name=name):
            args = {"action": name or call.name, "args": edited}
        case Respond(message=message):
            args = message
        case Reject(message=None):
            args = None
        case Reject():
            raise NotTaken(
                "Ignore carries no reason here: the graph would never receive it.",
                hint="Use Respond to send a text, or ignore without a reason.",
            )
    return [{"type": _KINDS[verdict.kind][2], "args": args}]


def answer_schema(asked: Asked) -> JsonObject:
    """Return what the list must fit; if several things are asked, any list is accepted."""
    requests = _requests(asked)
    if len(requests) != 1:
        return {"type": "array"}
    call = _call(requests[0], alone=True)
    item = one_of(_response(kind, call.name) for kind in call.allowed) if call else {}
    return {"type": "array", "items": item, "minItems": 1, "maxItems": 1}


def argument_at(path: Path) -> tuple[int, Path] | None:
    """Return where in the edited arguments a place in a list of one is."""
    match path:
        case (0, "args", "args", *inside):
            return 0, tuple(inside)
        case _:
            return None


def _requests(asked: Asked) -> list[JsonValue]:
    payload = asked.payload
    if isinstance(payload, str) and '"action_request"' in payload:
        try:
            payload = read_json(payload)
        except JsonProblem:
            return []
    return payload if isinstance(payload, list) else [payload]


def _call(request: JsonValue, *, alone: bool) -> ToolCall | None:
    match request:
        case {
            "action_request": {"action": str(name), "args": dict(args)},
            "config": dict(config),
            **others,
        }:
            allowed = tuple(kind for kind, (_, key, _) in _KINDS.items() if config.get(key) is True)
            return ToolCall(
                name=name,
                args=args,
                description=text_in(others, "description"),
                allowed=allowed if alone else (),
                why_not="The request does not allow it." if alone else _MANY,
                labels=_LABELS,
                takes_reason=False,
                extra=extra_keys(others, "description"),
            )
        case _:
            return None


def _response(kind: DecisionKind, name: str) -> JsonObject:
    """Return what one response must fit.

    Some graphs expect an accepted action as `args`, although the schema of the inbox has null.
    """
    action: JsonObject = {
        "type": "object",
        "properties": {"action": {"const": name}, "args": {"type": "object"}},
        "required": ["action", "args"],
    }
    args: dict[DecisionKind, JsonValue] = {
        DecisionKind.APPROVE: {"anyOf": [{"type": "null"}, action]},
        DecisionKind.EDIT: action,
        DecisionKind.REJECT: {"type": "null"},
        DecisionKind.RESPOND: {"type": "string"},
    }
    return {
        "type": "object",
        "properties": {"type": {"const": _KINDS[kind][2]}, "args": args[kind]},
        "required": ["type", "args"],
    }
