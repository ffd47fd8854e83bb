"""Tool calls that wait for approval: LangChain's HumanInTheLoopMiddleware, batched.

Payload `{"action_requests": [{"name", "args", "description"?}], "review_configs":
[{"action_name", "allowed_decisions"}]}`; answer `{"decisions": [...]}`, one for each request,
in order. The JavaScript middleware writes the same in camelCase and is answered so.
Source: langchain 1.4.7, `agents/middleware/human_in_the_loop.py`.

The middleware raises on a wrong answer *after* LangGraph has stored it, and then replays it for
ever; so every answer is checked here, one given as plain JSON too.
"""

from dataclasses import dataclass
from typing import assert_never

from engine.errors import NotTaken
from engine.model import (
    Answer,
    Approve,
    Decision,
    DecisionKind,
    Edit,
    JsonObject,
    JsonValue,
    Reject,
    Respond,
    ToolCall,
    ToolCalls,
    Verdict,
    Verdicts,
)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """The envelope keys in one spelling; keys inside `args` are data and never touched."""

    requests: str
    configs: str
    action_name: str
    allowed: str
    edited: str


_SNAKE = _Spelling(
    "action_requests", "review_configs", "action_name", "allowed_decisions", "edited_action"
)
_CAMEL = _Spelling(
    "actionRequests", "reviewConfigs", "actionName", "allowedDecisions", "editedAction"
)


def recognise(payload: JsonValue) -> ToolCalls | None:
    """Take an object with a list of requests, each with a name and arguments."""
    if not isinstance(payload, dict):
        return None
    spelling = _spelling(payload)
    requests = payload.get(spelling.requests)
    configs = payload.get(spelling.configs)
    if not isinstance(requests, list) or not requests:
        return None
    rules = configs if isinstance(configs, list) else []
    calls = tuple(
        _call(request, _rule(rules, index, request, len(requests), spelling), spelling)
        for index, request in enumerate(requests)
    )
    known = tuple(call for call in calls if call is not None)
    return ToolCalls(known) if len(known) == len(calls) else None


def encode(payload: JsonValue, decision: Decision) -> JsonValue:
    """Return `{"decisions": [...]}`, checked against the request."""
    review = recognise(payload)
    assert review is not None and isinstance(payload, dict), "only asked for its own payloads"
    spelling = _spelling(payload)
    match decision:
        case Verdicts(verdicts=verdicts):
            _check_count(review, len(verdicts))
            answer: JsonValue = {
                "decisions": [
                    _decision(verdict, call, spelling)
                    for verdict, call in zip(verdicts, review.calls, strict=True)
                ]
            }
        case Answer(value=value):
            answer = value
        case _:
            raise NotTaken(
                "This asks for a verdict on each tool call, not for a text.",
                hint="Approve, edit, reject or respond.",
            )
    _check(review, answer, spelling)
    return answer


def _spelling(payload: JsonObject) -> _Spelling:
    return _CAMEL if _CAMEL.requests in payload else _SNAKE


def _rule(
    rules: list[JsonValue], index: int, request: JsonValue, count: int, spelling: _Spelling
) -> JsonObject | None:
    """Pair a request with its rule: by position, or by name where the lengths differ."""
    objects = [rule for rule in rules if isinstance(rule, dict)]
    if len(objects) == count:
        return objects[index]
    name = request.get("name") if isinstance(request, dict) else None
    return next((rule for rule in objects if rule.get(spelling.action_name) == name), None)


def _call(request: JsonValue, rule: JsonObject | None, spelling: _Spelling) -> ToolCall | None:
    match request:
        case {"name": str(name), "args": dict(args), **others}:
            description = others.get("description")
            return ToolCall(
                name=name,
                args=args,
                description=description if isinstance(description, str) else "",
                allowed=_allowed(rule, spelling),
            )
        case _:
            return None


def _allowed(rule: JsonObject | None, spelling: _Spelling) -> tuple[DecisionKind, ...]:
    """Without a rule only a rejection is safe to offer: nothing says what may run."""
    listed = rule.get(spelling.allowed) if rule else None
    if not isinstance(listed, list):
        return (DecisionKind.REJECT,)
    return tuple(kind for kind in DecisionKind if kind.value in listed)


def _decision(verdict: Verdict, call: ToolCall, spelling: _Spelling) -> JsonValue:
    match verdict:
        case Approve():
            return {"type": "approve"}
        case Edit(args=args):
            return {"type": "edit", spelling.edited: {"name": call.name, "args": args}}
        case Reject(message=None):
            return {"type": "reject"}
        case Reject(message=message):
            return {"type": "reject", "message": message}
        case Respond(message=message):
            return {"type": "respond", "message": message}
        case _:
            assert_never(verdict)


def _check(review: ToolCalls, answer: JsonValue, spelling: _Spelling) -> None:
    decisions = answer.get("decisions") if isinstance(answer, dict) else None
    if not isinstance(decisions, list):
        raise NotTaken('The answer must be {"decisions": [...]}, one decision for each tool call.')
    _check_count(review, len(decisions))
    for index, (decision, call) in enumerate(zip(decisions, review.calls, strict=True)):
        _check_decision(f"decisions[{index}]", decision, call, spelling)


def _check_count(review: ToolCalls, count: int) -> None:
    if count != len(review.calls):
        raise NotTaken(
            f"{len(review.calls)} tool calls wait for one decision each; there are {count}.",
            hint="Decide on every call, in the order of the request.",
        )


def _check_decision(place: str, decision: JsonValue, call: ToolCall, spelling: _Spelling) -> None:
    kind = decision.get("type") if isinstance(decision, dict) else None
    if kind not in call.allowed or not isinstance(decision, dict):
        offered = ", ".join(call.allowed) or "nothing"
        raise NotTaken(f"{place}: {call.name} allows {offered}; this is {kind!r}.")
    message = decision.get("message")
    if kind == DecisionKind.RESPOND and not isinstance(message, str):
        raise NotTaken(f"{place}.message: a response needs a text.")
    if message is not None and not isinstance(message, str):
        raise NotTaken(f"{place}.message: must be a text.")
    if kind == DecisionKind.EDIT:
        match decision.get(spelling.edited):
            case {"name": str(), "args": dict()}:
                pass
            case _:
                raise NotTaken(f"{place}.{spelling.edited}: needs a name and all the arguments.")
