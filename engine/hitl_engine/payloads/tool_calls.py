"""What the conventions of tool calls share: verdicts, and LangChain's JSON for one of them.

`{"type": "approve"}`, `{"type": "edit", "edited_action": {"name", "args"}}`, `{"type": "reject",
"message"?}`, `{"type": "respond", "message"}`. Source: langchain 1.4.7,
`agents/middleware/human_in_the_loop.py`.
"""

from collections.abc import Callable, Sequence
from typing import assert_never

from hitl_engine.errors import NotTaken
from hitl_engine.forms.validation import is_usable
from hitl_engine.model import (
    Answer,
    Approve,
    Decision,
    DecisionKind,
    Edit,
    Fault,
    JsonObject,
    JsonValue,
    Path,
    Reject,
    Respond,
    ToolCall,
    ToolCalls,
    Verdict,
    Verdicts,
)

EVERY_KIND = tuple(kind.value for kind in DecisionKind)
UNRULED = "The request does not list its allowed decisions; for others, answer with plain JSON."


def verdicts_of(
    decision: Decision, calls: Sequence[ToolCall], place: Callable[[int], Path]
) -> tuple[Verdict, ...]:
    """Return one allowed verdict for each call. Raises NotTaken.

    `place` returns the path of a call's verdict in the answer; calls count from 0.
    """
    if not isinstance(decision, Verdicts):
        raise NotTaken(
            "This asks for a verdict on each tool call.",
            hint="Approve, edit, reject or respond.",
        )
    if len(decision.verdicts) != len(calls):
        raise NotTaken(
            f"{_count(len(calls))} for one decision each; there are {len(decision.verdicts)}.",
            hint="Decide on every call, in the order of the request.",
        )
    refused = [
        (number, call, verdict)
        for number, (verdict, call) in enumerate(zip(decision.verdicts, calls, strict=True))
        if verdict.kind not in call.allowed
    ]
    if refused:
        words = [
            f"{call.name} allows {', '.join(call.allowed) or 'nothing'}; this is {verdict.kind}"
            for _, call, verdict in refused
        ]
        first, call, _ = refused[0]
        raise NotTaken(
            f"Call {first + 1}: {words[0]}.",
            hint=call.why_not,
            faults=tuple(
                Fault((*place(number), "type"), why)
                for (number, _, _), why in zip(refused, words, strict=True)
            ),
        )
    return decision.verdicts


def decision_json(verdict: Verdict, call: ToolCall, edited: str) -> JsonObject:
    """Return a verdict as LangChain's middleware takes it; `edited` is its key for an action."""
    match verdict:
        case Approve():
            return {"type": "approve"}
        case Edit(args=args, name=name):
            return {"type": "edit", edited: {"name": name or call.name, "args": args}}
        case Reject(message=None):
            return {"type": "reject"}
        case Reject(message=message):
            return {"type": "reject", "message": message}
        case Respond(message=message):
            return {"type": "respond", "message": message}
        case _:
            assert_never(verdict)


def verdicts_on(review: ToolCalls, decision: Decision) -> tuple[Verdict, ...]:
    """Return the verdict on each call, also of a decision given as plain JSON.

    Nothing if it is in no known shape: LangChain's JSON, or the list of the older agent inbox.
    """
    match decision:
        case Verdicts(verdicts=verdicts):
            return verdicts
        case Answer(value={"decisions": list(listed)}):
            given = [*map(_verdict, listed)]
        case Answer(value=list(listed)) if len(listed) == len(review.calls):
            given = [*map(_response, listed, review.calls)]
        case Answer(value=value):
            given = [_verdict(value)]
        case _:
            return ()
    verdicts = tuple(verdict for verdict in given if verdict is not None)
    return verdicts if len(verdicts) == len(given) == len(review.calls) else ()


def _verdict(decision: JsonValue) -> Verdict | None:
    """Read what `decision_json` writes."""
    match decision:
        case {"type": "approve"}:
            return Approve()
        case {"type": "edit", "edited_action": {"name": str(name), "args": dict(args)}} | {
            "type": "edit",
            "editedAction": {"name": str(name), "args": dict(args)},
        }:
            return Edit(args, name)
        case {"type": "reject", **others}:
            message = others.get("message")
            return Reject(message if isinstance(message, str) else None)
        case {"type": "respond", "message": str(message)}:
            return Respond(message)
        case _:
            return None


def _response(response: JsonValue, call: ToolCall) -> Verdict | None:
    """Read one response of the agent inbox. An accepted action with other arguments is an edit."""
    match response:
        case {"type": "accept", "args": None}:
            return Approve()
        case {"type": "accept" | "edit" as kind, "args": {"action": str(name), "args": dict(args)}}:
            same = kind == "accept" and (name, args) == (call.name, call.args)
            return Approve() if same else Edit(args, name)
        case {"type": "ignore", "args": None}:
            return Reject()
        case {"type": "response", "args": str(message)}:
            return Respond(message)
        case _:
            return None


def argument_in(path: Path) -> Path | None:
    """Return where in the edited arguments a place is in what `decision_json` writes."""
    match path:
        case ("edited_action" | "editedAction", "args", *inside):
            return tuple(inside)
        case _:
            return None


def decision_schema(
    kind: str, name: str, args_schema: JsonObject | None, edited: str
) -> JsonObject:
    """Return what a decision of this kind must fit; an edit keeps the tool's `name`."""
    properties: JsonObject = {"type": {"const": kind}}
    required: list[JsonValue] = ["type"]
    match kind:
        case "edit":
            action: JsonObject = {
                "name": {"const": name},
                "args": args_schema or {"type": "object"},
            }
            properties[edited] = {
                "type": "object",
                "properties": action,
                "required": ["name", "args"],
            }
            required.append(edited)
        case "reject":
            properties["message"] = {"type": "string"}
        case "respond":
            properties["message"] = {"type": "string"}
            required.append("message")
    return {"type": "object", "properties": properties, "required": required}


def args_schema_in(rule: JsonObject, key: str, number: int) -> JsonObject | None:
    """Return the schema of a call's arguments, as a separate document: `#` in it refers to itself."""
    schema = rule.get(key)
    if not isinstance(schema, dict) or not is_usable(schema):
        return None
    return {**schema, "$id": f"urn:hitl-tui:args:{number}"}


def _count(number: int) -> str:
    return "1 tool call waits" if number == 1 else f"{number} tool calls wait"
