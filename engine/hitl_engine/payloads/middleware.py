"""Tool calls that wait for approval together: LangChain's HumanInTheLoopMiddleware, batched.

Payload `{"action_requests": [{"name", "args", "description"?}], "review_configs":
[{"action_name", "allowed_decisions"}]}`; answer `{"decisions": [...]}`, one for each request,
in order. The JavaScript middleware writes the same in camelCase and is answered so.
Source: langchain 1.4.7, `agents/middleware/human_in_the_loop.py`.

The middleware raises on a wrong answer *after* LangGraph has stored it, and then replays it for
ever; so every answer is checked here, also one given as plain JSON.
"""

from dataclasses import dataclass

from hitl_engine.forms.schema_fields import form_of
from hitl_engine.model import (
    Answer,
    Decision,
    DecisionKind,
    Edit,
    JsonObject,
    JsonValue,
    Path,
    ToolCall,
    ToolCalls,
)
from hitl_engine.payloads.convention import (
    Asked,
    Malformed,
    checked,
    extra_keys,
    one_of,
    text_in,
    texts_in,
)
from hitl_engine.payloads.tool_calls import (
    EVERY_KIND,
    UNRULED,
    args_schema_in,
    argument_in,
    decision_json,
    decision_schema,
    verdicts_of,
)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """The envelope keys in one spelling; keys inside `args` are data and never touched."""

    requests: str
    configs: str
    action_name: str
    allowed: str
    args_schema: str
    edited: str


_SNAKE = _Spelling(
    "action_requests",
    "review_configs",
    "action_name",
    "allowed_decisions",
    "args_schema",
    "edited_action",
)
_CAMEL = _Spelling(
    "actionRequests",
    "reviewConfigs",
    "actionName",
    "allowedDecisions",
    "argsSchema",
    "editedAction",
)
_NAME = "a batch of tool calls"


def recognise(asked: Asked) -> ToolCalls | Malformed | None:
    """Take an object with a list of requests, each with a name and arguments."""
    match asked.payload:
        case {"action_requests": _, "actionRequests": _}:
            return Malformed(_NAME, "it contains its requests twice, in two spellings")
        case {"action_requests": _} | {"actionRequests": _}:
            pass
        case _:
            return None
    batch = _batch(asked)
    if not batch.requests:
        return Malformed(_NAME, "it holds no list of calls")
    calls = tuple(
        _call(request, rule or {}, batch.spelling)
        for request, rule in zip(batch.requests, batch.rules, strict=True)
    )
    known = tuple(call for call in calls if call is not None)
    if len(known) < len(calls):
        return Malformed(_NAME, f"call {calls.index(None) + 1} has no name or no arguments")
    others = extra_keys(batch.payload, batch.spelling.requests, batch.spelling.configs)
    return ToolCalls(known, extra=others, notes=_notes(batch))


def encode(asked: Asked, decision: Decision) -> JsonValue:
    """Return `{"decisions": [...]}`, checked against the request."""
    if isinstance(decision, Answer):
        return checked(decision.value, answer_schema(asked))
    review, spelling = recognise(asked), _batch(asked).spelling
    assert isinstance(review, ToolCalls), "only asked for its own payloads"
    verdicts = verdicts_of(decision, review.calls, lambda number: ("decisions", number))
    answer: JsonValue = {
        "decisions": [
            decision_json(verdict, call, spelling.edited)
            for verdict, call in zip(verdicts, review.calls, strict=True)
        ]
    }
    renamed = tuple(verdict.name if isinstance(verdict, Edit) else None for verdict in verdicts)
    return checked(answer, _schema(_batch(asked), renamed))


def answer_schema(asked: Asked) -> JsonObject:
    """Return what `{"decisions": [...]}` must fit; an edit in plain JSON keeps the tool."""
    batch = _batch(asked)
    return _schema(batch, (None,) * len(batch.requests))


def argument_at(path: Path) -> tuple[int, Path] | None:
    """Return which call's edited arguments a place in an answer is in, and where."""
    match path:
        case ("decisions", int(number), *rest) if (inside := argument_in(tuple(rest))) is not None:
            return number, inside
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Batch:
    """A request taken apart."""

    payload: JsonObject
    spelling: _Spelling
    requests: list[JsonValue]
    rules: tuple[JsonObject | None, ...]
    """One for each request, where there is one."""


def _batch(asked: Asked) -> _Batch:
    payload = asked.payload if isinstance(asked.payload, dict) else {}
    spelling = _CAMEL if _CAMEL.requests in payload else _SNAKE
    listed = payload.get(spelling.requests)
    requests = listed if isinstance(listed, list) else []
    configs = payload.get(spelling.configs)
    listed_rules = configs if isinstance(configs, list) else []
    objects = [rule for rule in listed_rules if isinstance(rule, dict)]
    rules = tuple(_rule(objects, index, requests, spelling) for index in range(len(requests)))
    return _Batch(payload, spelling, requests, rules)


def _rule(
    rules: list[JsonObject], index: int, requests: list[JsonValue], spelling: _Spelling
) -> JsonObject | None:
    """Pair a request with its rule: by position, or by name where the lengths differ."""
    if len(rules) == len(requests):
        return rules[index]
    request = requests[index]
    name = request.get("name") if isinstance(request, dict) else None
    return next((rule for rule in rules if rule.get(spelling.action_name) == name), None)


def _call(request: JsonValue, rule: JsonObject, spelling: _Spelling) -> ToolCall | None:
    match request:
        case {"name": str(name), "args": dict(args), **others}:
            kinds = texts_in(rule, spelling.allowed)
            allowed = tuple(kind for kind in DecisionKind if kind.value in kinds)
            schema = args_schema_in(rule, spelling.args_schema, 0)
            return ToolCall(
                name=name,
                args=args,
                description=text_in(others, "description"),
                # Without a rule it is unknown what may run.
                allowed=allowed if kinds else (DecisionKind.REJECT,),
                why_not=f"The request allows {', '.join(kinds)}." if kinds else UNRULED,
                form=form_of(schema) if schema else None,
                extra=extra_keys(others, "description"),
            )
        case _:
            return None


def _schema(batch: _Batch, renamed: tuple[str | None, ...]) -> JsonObject:
    """Return what the answer must fit; `renamed` are the tools that a person put in instead."""
    places: list[JsonValue] = []
    for number, (request, rule, name) in enumerate(
        zip(batch.requests, batch.rules, renamed, strict=True)
    ):
        kinds = texts_in(rule or {}, batch.spelling.allowed) or EVERY_KIND
        own = text_in(request, "name") if isinstance(request, dict) else ""
        schema = args_schema_in(rule or {}, batch.spelling.args_schema, number)
        its_schema = schema if name in (None, own) else None
        places.append(
            one_of(
                decision_schema(kind, name or own, its_schema, batch.spelling.edited)
                for kind in dict.fromkeys(kinds)
            )
        )
    decisions: JsonObject = {
        "type": "array",
        "prefixItems": places,
        "minItems": len(places),
        "maxItems": len(places),
    }
    return {"type": "object", "properties": {"decisions": decisions}, "required": ["decisions"]}


def _notes(batch: _Batch) -> tuple[str, ...]:
    notes = []
    if batch.spelling is _CAMEL and len(batch.requests) > 1:
        notes.append("If one call is rejected, a JavaScript agent may drop the approved ones too.")
    other = _SNAKE if batch.spelling is _CAMEL else _CAMEL
    if other.configs in batch.payload:
        notes.append(f"Its {other.configs} use a different spelling than its calls: ignored.")
    return tuple(notes)
