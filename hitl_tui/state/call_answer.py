"""What the user decided and typed for one tool call, and the names of the verdicts."""

from dataclasses import dataclass
from functools import cached_property

from hitl_engine.forms.inferred_fields import form_of_value
from hitl_engine.forms.typed_values import ReadResult, Typed, read, typed_of
from hitl_engine.model import (
    Approve,
    DecisionKind,
    Edit,
    FormField,
    JsonObject,
    JsonValue,
    Reject,
    Respond,
    ToolCall,
    Verdict,
    json_path,
)
from hitl_engine.strict_json import JsonProblem, read_json
from hitl_engine.visible import json_text
from hitl_tui.state.not_ready import NotReady
from hitl_tui.text.argument_changes import changed_names

KEYS = {
    DecisionKind.APPROVE: "a",
    DecisionKind.EDIT: "e",
    DecisionKind.REJECT: "r",
    DecisionKind.RESPOND: "p",
}
"""The key of each verdict; the bindings of `CallKeys` are the same."""
MARKS = {
    DecisionKind.APPROVE: "✓",
    DecisionKind.EDIT: "✎",
    DecisionKind.REJECT: "✗",
    DecisionKind.RESPOND: "↩",
}
_MOST_FIELDS = 40
_LARGEST_FORM = 64 * 1024
"""Characters of JSON; larger arguments are first shown as JSON, not in a form."""


def verdict_name(call: ToolCall, kind: DecisionKind) -> str:
    """Return the name of a verdict: that of the convention, if it has its own names."""
    return dict(call.labels).get(kind, kind.value.capitalize())


@dataclass
class CallAnswer:
    """What was decided and typed for one call; texts are kept when the verdict changes."""

    call: ToolCall
    verdict: DecisionKind | None = None
    by_form: bool = True
    """Whether the edited arguments are those in the form, not those in the JSON."""
    typed: Typed = None
    """What was typed into the form; None before the edit begins."""
    args: str = ""
    """The edited arguments as JSON, as typed; empty before the edit begins."""
    reason: str = ""
    message: str = ""
    tool: str | None = None
    """The tool to run instead, as typed; None keeps the tool."""

    @classmethod
    def restored(cls, typed: JsonValue, call: ToolCall) -> "CallAnswer":
        """Return the answer in a draft; what the draft lacks, or has in a wrong form, is empty."""
        record = typed if isinstance(typed, dict) else {}
        allowed = {kind.value: kind for kind in call.allowed}
        answer = cls(call, allowed.get(str(record.get("verdict"))), begins_in_form(call))
        for name in ("args", "reason", "message"):
            if isinstance(value := record.get(name), str):
                setattr(answer, name, value)
        tool = record.get("tool")
        answer.tool = tool if isinstance(tool, str) else None
        answer.typed = _typed_object(record.get("typed"))
        answer.by_form = record.get("by_form", answer.by_form) is True
        return answer

    def record(self) -> JsonObject:
        """Return this answer in the form of a draft."""
        return {
            "verdict": self.verdict.value if self.verdict else None,
            "by_form": self.by_form,
            "typed": self.typed,
            "args": self.args,
            "reason": self.reason,
            "message": self.message,
            "tool": self.tool,
        }

    @cached_property
    def form(self) -> FormField:
        """The form of the arguments: from their schema, else from their values."""
        return self.call.form or form_of_value(self.call.args)

    def begin_edit(self) -> None:
        """Begin with the arguments of the request, if nothing was typed yet."""
        if self.by_form and self.typed is None:
            self.typed = typed_of(self.form, self.call.args)
        if not self.by_form and not self.args:
            self.args = json_text(self.call.args)

    def switch_editor(self) -> None:
        """Switch between the form and JSON. Raises NotReady if the arguments cannot be read yet."""
        args = self.edited()
        self.by_form = not self.by_form
        if self.by_form:
            self.typed = typed_of(self.form, args)
        else:
            self.args = json_text(args)

    def decision(self, place: str = "") -> Verdict:
        """Return the verdict. Raises NotReady, with a text that begins with `place`."""
        match self.verdict:
            case DecisionKind.APPROVE:
                return Approve()
            case DecisionKind.REJECT:
                return Reject(self.reason or None if self.call.takes_reason else None)
            case DecisionKind.RESPOND:
                if not self.message:
                    raise NotReady(f"{place}Type what the tool would have returned.")
                return Respond(self.message)
            case DecisionKind.EDIT:
                return Edit(self.edited(place), self._other_tool(place))
            case _:
                words = "No verdict yet." if self.call.allowed else why_undecidable(self.call)
                raise NotReady(f"{place}{words}")

    def reading(self) -> ReadResult:
        """Read what was typed into the form, as far as possible."""
        return read(self.form, self.typed)

    def edited(self, place: str = "") -> JsonObject:
        """Return the edited arguments. Raises NotReady."""
        args = self._read_form(place) if self.by_form else self._read_json(place)
        if not isinstance(args, dict):
            raise NotReady(f"{place}The arguments must be a JSON object, in braces.")
        return args

    @property
    def takes_text(self) -> bool:
        """Whether the verdict has a field to type in."""
        match self.verdict:
            case DecisionKind.EDIT | DecisionKind.RESPOND:
                return True
            case DecisionKind.REJECT:
                return self.call.takes_reason
            case _:
                return False

    @property
    def changes_nothing(self) -> bool:
        """Whether the edit can be read now and is the same as the request."""
        try:
            same = not changed_names(self.call.args, self.edited())
        except NotReady:
            return False
        return same and self.tool in (None, self.call.name)

    def _read_form(self, place: str) -> JsonValue:
        reading = self.reading()
        if reading.faults:
            first = reading.faults[0]
            where = json_path(first.path)[2:] or "This"
            raise NotReady(f"{place}{where} {first.words}.", reading.faults)
        return reading.value

    def _read_json(self, place: str) -> JsonValue:
        try:
            return read_json(self.args)
        except JsonProblem as problem:
            raise NotReady(f"{place}The arguments are not JSON yet. {problem}") from problem

    def _other_tool(self, place: str) -> str | None:
        if self.tool is None or self.tool == self.call.name:
            return None
        if not self.tool.strip():
            raise NotReady(f"{place}Type the name of the tool that runs instead.")
        return self.tool


def _typed_object(typed: JsonValue) -> Typed:
    """Return what was typed into the form of an object; None for anything else in a draft."""
    match typed:
        case {"fields": dict(), "beside": dict()}:
            return typed
        case _:
            return None


def begins_in_form(call: ToolCall) -> bool:
    """Return whether the arguments are first shown in a form: they are few and small."""
    form = call.form
    drawn = bool(form.fields) if form is not None else 0 < len(call.args) <= _MOST_FIELDS
    return drawn and len(json_text(call.args, indent=None)) <= _LARGEST_FORM


def why_undecidable(call: ToolCall) -> str:
    """Return why a call takes no verdict, and what to do instead."""
    return f"{call.why_not} Press ctrl+t to answer with JSON."
