"""A program's request to its own client: the hook invocations of Deep Agents.

Payload `{"type": "hook_invocation", "request": {"protocol_version", "invocation_id",
"snapshot_id", "run_id", "invocation": {"event"}, "deadline"}}`. The agent's own client answers
`{"protocol_version", "invocation_id", "snapshot_id", "decision"}`; it asks a person nothing, so
no decision is offered, and plain JSON is accepted only in that shape. Source: deepagents 23b83ad,
`hooks/models/transport.py`.
"""

from hitl_engine.errors import NotTaken
from hitl_engine.model import Answer, Decision, JsonObject, JsonValue, MachineRequest
from hitl_engine.payloads.convention import Asked, Malformed, checked, text_in

_ECHOED = ("protocol_version", "invocation_id", "snapshot_id")


def recognise(asked: Asked) -> MachineRequest | Malformed | None:
    """Take an object of this type with a request."""
    match asked.payload:
        case {"type": "hook_invocation", "request": dict(request)}:
            invocation = request.get("invocation")
            event = text_in(invocation, "event") if isinstance(invocation, dict) else ""
            return MachineRequest(event, text_in(request, "deadline"), asked.payload)
        case {"type": "hook_invocation"}:
            return Malformed("a hook invocation", "it holds no request")
        case _:
            return None


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return plain JSON in the shape of the hook's own client; nothing else is taken."""
    if isinstance(decision, Answer):
        return checked(decision.value, answer_schema(asked))
    raise NotTaken(
        "This is a request of a program to its own client; there is nothing for a person to decide.",
        hint="Let that client answer it.",
    )


def answer_schema(asked: Asked) -> JsonObject:
    """Return what the client's answer must fit: the ids of the request, and a decision."""
    match asked.payload:
        case {"request": dict(request)}:
            echoed: JsonObject = {key: {"const": request.get(key)} for key in _ECHOED}
        case _:
            echoed = {}
    return {
        "type": "object",
        "properties": {**echoed, "decision": {"type": "object"}},
        "required": [*_ECHOED, "decision"],
    }
