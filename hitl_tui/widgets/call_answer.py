"""What a person decided and typed for one tool call."""

from dataclasses import dataclass

from engine.model import (
    Approve,
    DecisionKind,
    Edit,
    JsonObject,
    JsonValue,
    Reject,
    Respond,
    ToolCall,
    Verdict,
)
from engine.strict_json import JsonProblem, read_json
from engine.visible import json_text
from hitl_tui.widgets.question_card import NotReady

KEYS = {
    DecisionKind.APPROVE: "a",
    DecisionKind.EDIT: "e",
    DecisionKind.REJECT: "r",
    DecisionKind.RESPOND: "p",
}
"""The key of each way to decide; the bindings of the card are the same."""


@dataclass
class CallAnswer:
    """What was decided and typed for one call; texts stay when the verdict changes."""

    verdict: DecisionKind | None
    args: str
    """The edited arguments, as typed."""
    reason: str = ""
    message: str = ""

    @classmethod
    def restored(cls, typed: JsonValue, call: ToolCall) -> "CallAnswer":
        """Take up a record; what it lacks or holds wrongly begins anew."""
        record = typed if isinstance(typed, dict) else {}
        texts = {
            name: value
            for name in ("args", "reason", "message")
            if isinstance(value := record.get(name), str)
        }
        allowed = {kind.value: kind for kind in call.allowed}
        made = cls(allowed.get(str(record.get("verdict"))), json_text(call.args))
        for name, value in texts.items():
            setattr(made, name, value)
        return made

    def record(self) -> JsonObject:
        """Return this as a draft keeps it."""
        verdict = self.verdict.value if self.verdict else None
        return {
            "verdict": verdict,
            "args": self.args,
            "reason": self.reason,
            "message": self.message,
        }

    def decision(self, call: ToolCall, place: str) -> Verdict:
        """Return the verdict. Raises NotReady, naming `place`."""
        match self.verdict:
            case DecisionKind.APPROVE:
                return Approve()
            case DecisionKind.REJECT:
                return Reject(self.reason or None)
            case DecisionKind.RESPOND:
                if not self.message:
                    raise NotReady(f"{place}Type what the tool would have returned.")
                return Respond(self.message)
            case DecisionKind.EDIT:
                return Edit(self._edited(place))
            case _:
                ways = ", ".join(f"{KEYS[kind]} {kind.value}" for kind in call.allowed)
                raise NotReady(f"{place}Decide: {ways or 'nothing is allowed'}.")

    def _edited(self, place: str) -> JsonObject:
        try:
            args = read_json(self.args)
        except JsonProblem as problem:
            raise NotReady(f"{place}The arguments are not JSON yet. {problem}") from problem
        if not isinstance(args, dict):
            raise NotReady(f"{place}The arguments must be a JSON object, in braces.")
        return args
