"""The modes in which a field can be given (value, null, left out, JSON) and their labels."""

from dataclasses import replace
from enum import StrEnum

from hitl_engine.forms.typed_values import read, start_of, typed_of
from hitl_engine.model import FormField
from hitl_engine.strict_json import JsonProblem, read_json
from hitl_engine.visible import json_text
from hitl_tui.state.field_entry import LEFT_OUT, NESTED, TEXTS, Entry, LeftOut, can_hold

_EMPTY_IS_A_VALUE = (*TEXTS, "object", "list", "fixed")
"""Kinds that can be given without typing: an empty text, an empty list."""
_BLANK_IS_NOTHING = ("integer", "number", "json")


class FieldMode(StrEnum):
    """How a field is given, in the order in which the modes are offered."""

    VALUE = "value"
    NULL = "null"
    LEFT_OUT = "leave out"
    JSON = "as JSON"


class FieldModes:
    """The mode of one field, and what was entered in the modes that are not in use.

    It holds no widget. `content` is always what the widget of the current mode contains: the
    JSON text in mode JSON, the entry of the field's body otherwise.
    """

    def __init__(self, field: FormField, entry: Entry, *, optional: bool) -> None:
        self.field = field
        self.default: Entry = typed_of(field, field.default) if field.has_default else LEFT_OUT
        self.kept: Entry = LEFT_OUT
        """What was entered as a value, while another mode is in use."""
        self.hides_body = field.kind in ("object", "list", "fixed")
        """Whether the body is shown only with a value; the other kinds show an empty one."""
        self._optional = optional
        self.mode, self.first_content = self._begin(entry)
        self._json_was_used = self.mode is FieldMode.JSON

    def _begin(self, entry: Entry) -> tuple[FieldMode, Entry]:
        """Return the mode for an entry, and what its widget contains at first."""
        match entry:
            case {"json": str(text), **others} if not others:
                return FieldMode.JSON, text
            case None if self.field.nullable:
                return FieldMode.NULL, LEFT_OUT
            case "" if self._optional and self.field.kind in _BLANK_IS_NOTHING:
                return FieldMode.LEFT_OUT, LEFT_OUT
            case LeftOut() if self._optional:
                return FieldMode.LEFT_OUT, LEFT_OUT
            case _ if isinstance(entry, LeftOut) or not can_hold(self.field, entry):
                start = start_of(self.field)
                if self._optional or start != "":
                    return self._begin(LEFT_OUT if self._optional else start)
                return FieldMode.VALUE, LEFT_OUT
            case _:
                return FieldMode.VALUE, entry

    def entry(self, content: Entry) -> Entry:
        """Return the entry of the field: `LEFT_OUT` only where the field is optional."""
        match self.mode:
            case FieldMode.NULL:
                return None
            case FieldMode.LEFT_OUT:
                return LEFT_OUT
            case FieldMode.JSON:
                return {"json": "" if isinstance(content, LeftOut) else content}
            case FieldMode.VALUE:
                return "" if isinstance(content, LeftOut) and not self._optional else content

    def follow_typing(self, content: Entry) -> None:
        """Change the mode after typing in the body; an emptied field returns to its default."""
        if self.mode is FieldMode.JSON:
            return
        if not isinstance(content, LeftOut) and content != "" or not self._optional:
            self.mode = FieldMode.VALUE
        elif self.default is None:
            self.mode = FieldMode.NULL
        elif (
            isinstance(self.default, str) and content == "" and self.field.kind in _EMPTY_IS_A_VALUE
        ):
            self.mode = FieldMode.VALUE
        else:
            self.mode = FieldMode.LEFT_OUT

    # Changing the mode

    def offered(self, json: str) -> list[FieldMode]:
        """Return the modes that are possible now; `json` is the text in the JSON editor."""
        return [mode for mode in FieldMode if self._is_possible(mode, json)]

    def next(self, json: str) -> FieldMode:
        """Return the mode that follows the current one."""
        modes = self.offered(json)
        return modes[(modes.index(self.mode) + 1) % len(modes)] if self.mode in modes else modes[0]

    def _is_possible(self, mode: FieldMode, json: str) -> bool:
        kind = self.field.kind
        match mode:
            case FieldMode.NULL:
                return self.field.nullable
            case FieldMode.LEFT_OUT:
                return self._optional and not (kind == "fixed" and self.field.required)
            case FieldMode.JSON:
                return self._json_was_used or kind in NESTED
            case FieldMode.VALUE if self.mode is FieldMode.JSON:
                return not isinstance(self._from_json(json), LeftOut)
            case FieldMode.VALUE:
                has_value = self.mode is FieldMode.VALUE or not isinstance(self.kept, LeftOut)
                return has_value or kind in _EMPTY_IS_A_VALUE

    def switch(self, mode: FieldMode, content: Entry) -> Entry:
        """Use another mode. Return what its widget has to contain; `content` is kept."""
        before, entry = self.mode, self.entry(content)
        if before is FieldMode.VALUE:
            self.kept = content
        self.mode = mode
        match mode:
            case FieldMode.JSON:
                self._json_was_used = True
                return self._as_json(self.kept if before is FieldMode.LEFT_OUT else entry)
            case FieldMode.VALUE if before is FieldMode.JSON:
                return self._from_json(content if isinstance(content, str) else "")
            case FieldMode.VALUE if self.hides_body:
                return self._kept_or_start()
            case FieldMode.VALUE:
                return self.kept
            case _:
                return LEFT_OUT

    def _as_json(self, entry: Entry) -> Entry:
        if isinstance(entry, LeftOut):
            return LEFT_OUT
        return json_text(read(self.field, entry).value)

    def _from_json(self, json: str) -> Entry:
        """Return the entry for this JSON; `LEFT_OUT` if the fields cannot hold it."""
        if not json.strip():
            return self._kept_or_start()
        try:
            typed = typed_of(self.field, read_json(json))
        except JsonProblem:
            return LEFT_OUT
        return typed if can_hold(self.field, typed) else LEFT_OUT

    def _kept_or_start(self) -> Entry:
        if not isinstance(self.kept, LeftOut):
            return self.kept
        start = start_of(self.field)
        return start_of(replace(self.field, has_default=False)) if start is None else start

    # Labels

    def label(self, mode: FieldMode) -> str:
        """Return what to call a mode that is offered."""
        is_text = self.field.kind in TEXTS
        match mode:
            case FieldMode.LEFT_OUT if self.field.required:
                return "clear"
            case FieldMode.VALUE if self.kept not in (LEFT_OUT, ""):
                return "as typed before"
            case FieldMode.VALUE if is_text:
                return "empty text"
            case FieldMode.VALUE:
                return "empty list" if self.field.kind == "list" else "fill in"
            case _:
                return mode.value

    @property
    def placeholder(self) -> str:
        """What an empty body means in the current mode."""
        match self.mode:
            case FieldMode.NULL:
                return "null"
            case FieldMode.VALUE if self.field.kind in TEXTS:
                return "empty text"
            case FieldMode.LEFT_OUT if not self.field.required:
                return "left out"
            case _:
                return "not given yet"
