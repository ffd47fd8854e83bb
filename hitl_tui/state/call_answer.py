"""What a person decided and typed for one tool call, and the words for it."""

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
"""The key of each way to decide; the bindings of the card are the same."""
MARKS = {
    DecisionKind.APPROVE: "✓",
    DecisionKind.EDIT: "✎",
    DecisionKind.REJECT: "✗",
    DecisionKind.RESPOND: "↩",
}
_MOST_FIELDS = 40
_LARGEST_FORM = 64 * 1024
"""Characters of JSON; larger arguments are edited as JSON at first."""


def word(call: ToolCall, kind: DecisionKind) -> str:
    """Return what a way to decide is called: in the convention's own words, where it has them."""
    return dict(call.labels).get(kind, kind.value.capitalize())


@dataclass
class CallAnswer:
    """What was decided and typed for one call; texts stay when the verdict changes."""

    call: ToolCall
    verdict: DecisionKind | None = None
    by_form: bool = True
    """The edited arguments are those of the form, not those of the JSON."""
    typed: Typed = None
    """What was typed into the form, once something was."""
    args: str = ""
    """The edited arguments as JSON, as typed, once something was."""
    reason: str = ""
    message: str = ""
    tool: str | None = None
    """Another tool to call instead, as typed; None keeps the tool."""

    @classmethod
    def restored(cls, typed: JsonValue, call: ToolCall) -> "CallAnswer":
        """Take up a record; what it lacks or holds wrongly begins anew."""
        record = typed if isinstance(typed, dict) else {}
        allowed = {kind.value: kind for kind in call.allowed}
        made = cls(call, allowed.get(str(record.get("verdict"))), form_suits(call))
        for name in ("args", "reason", "message"):
            if isinstance(value := record.get(name), str):
                setattr(made, name, value)
        tool = record.get("tool")
        made.tool = tool if isinstance(tool, str) else None
        made.typed = _of_an_object(record.get("typed"))
        made.by_form = record.get("by_form", made.by_form) is True
        return made

    def record(self) -> JsonObject:
        """Return this as a draft keeps it."""
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
        """The form of the arguments: of their schema, else of the values that they have."""
        return self.call.form or form_of_value(self.call.args)

    def begun(self) -> None:
        """Begin an edit with the arguments of the request, where nothing was typed yet."""
        if self.by_form and self.typed is None:
            self.typed = typed_of(self.form, self.call.args)
        if not self.by_form and not self.args:
            self.args = json_text(self.call.args)

    def turned(self) -> None:
        """Edit the same arguments the other way. Raises NotReady where they cannot be read yet."""
        args = self.edited()
        self.by_form = not self.by_form
        if self.by_form:
            self.typed = typed_of(self.form, args)
        else:
            self.args = json_text(args)

    def decision(self, place: str = "") -> Verdict:
        """Return the verdict. Raises NotReady, naming `place`."""
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
                raise NotReady(f"{place}{undecided_words(self.call)}")

    def reading(self) -> ReadResult:
        """Read what was typed into the form, as far as it can be."""
        return read(self.form, self.typed)

    def edited(self, place: str = "") -> JsonObject:
        """Return the edited arguments. Raises NotReady."""
        args = self._of_form(place) if self.by_form else self._of_json(place)
        if not isinstance(args, dict):
            raise NotReady(f"{place}The arguments must be a JSON object, in braces.")
        return args

    @property
    def takes_text(self) -> bool:
        """Whether something is typed for the verdict."""
        match self.verdict:
            case DecisionKind.EDIT | DecisionKind.RESPOND:
                return True
            case DecisionKind.REJECT:
                return self.call.takes_reason
            case _:
                return False

    @property
    def changes_nothing(self) -> bool:
        """Whether the edit, as it can be read now, is what was asked for."""
        try:
            same = not changed_names(self.call.args, self.edited())
        except NotReady:
            return False
        return same and self.tool in (None, self.call.name)

    def _of_form(self, place: str) -> JsonValue:
        reading = self.reading()
        if reading.faults:
            first = reading.faults[0]
            where = json_path(first.path)[2:] or "This"
            raise NotReady(f"{place}{where} {first.words}.", reading.faults)
        return reading.value

    def _of_json(self, place: str) -> JsonValue:
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


def _of_an_object(typed: JsonValue) -> Typed:
    """Return what was typed into the form of an object; anything else begins anew."""
    match typed:
        case {"fields": dict(), "beside": dict()}:
            return typed
        case _:
            return None


def form_suits(call: ToolCall) -> bool:
    """Say whether the arguments are few and small enough to be edited in a form at first."""
    form = call.form
    drawn = bool(form.fields) if form is not None else 0 < len(call.args) <= _MOST_FIELDS
    return drawn and len(json_text(call.args, indent=None)) <= _LARGEST_FORM


def undecided_words(call: ToolCall) -> str:
    """Return what can be decided on a call, with the keys."""
    if not call.allowed:
        return f"{call.why_not} Press ctrl+t to answer with JSON."
    return f"Decide: {', '.join(f'{KEYS[kind]} {word(call, kind)}' for kind in call.allowed)}."
