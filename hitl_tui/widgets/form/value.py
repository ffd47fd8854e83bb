"""What stands in a field, and the ways in which it may be given, whatever is on the screen."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content

from hitl_engine.forms.typed_values import read, start_of, typed_of
from hitl_engine.model import FormField
from hitl_engine.strict_json import JsonProblem, read_json
from hitl_engine.visible import json_text, one_line
from hitl_tui.widgets.form.body import LEFT_OUT, Body, Given, LeftOut, fits
from hitl_tui.widgets.form.field_state import (
    BLANK_IS_NOTHING,
    EMPTY_IS_A_VALUE,
    NESTED,
    FieldState,
)
from hitl_tui.widgets.form.texts import Source

if TYPE_CHECKING:
    from hitl_tui.widgets.form.field import FieldBox

_SHORT = 50
"""Characters of a value that is folded up."""

BodyOf = Callable[[FormField, Given], Body]


class FieldValue:
    """The value of one field: how it stands, and the widget that it is typed into."""

    def __init__(
        self, field: FormField, given: Given, body_of: BodyOf, *, may_be_left_out: bool
    ) -> None:
        self.field = field
        self.body: Body | None = None
        """Takes the value; none yet where there is none."""
        self.source: Source | None = None
        """Takes the value as JSON, once it was given so."""
        self.kept: Given = LEFT_OUT
        """What was typed, while the field stands otherwise."""
        self.default: Given = typed_of(field, field.default) if field.has_default else LEFT_OUT
        self.hides = field.kind in ("object", "list", "fixed")
        """Whether the body is shown only while there is a value; others wait for one, empty."""
        self._may_be_left_out = may_be_left_out
        self._body_of = body_of
        self.state = self._begin(given)

    def _begin(self, given: Given) -> FieldState:
        """Make the body for what is given; return how the field stands."""
        match given:
            case {"json": str(text), **others} if not others:
                self.source = Source(text)
                return FieldState.JSON
            case None if self.field.nullable:
                state = FieldState.NULL
            case "" if self._may_be_left_out and self.field.kind in BLANK_IS_NOTHING:
                state = FieldState.LEFT_OUT
            case LeftOut() if self._may_be_left_out:
                state = FieldState.LEFT_OUT
            case _ if isinstance(given, LeftOut) or not fits(self.field, given):
                start = start_of(self.field)
                if self._may_be_left_out or start != "":
                    return self._begin(LEFT_OUT if self._may_be_left_out else start)
                state, given = FieldState.VALUE, LEFT_OUT
            case _:
                state = FieldState.VALUE
        is_value = state is FieldState.VALUE
        if is_value or not self.hides:
            self.body = self._body_of(self.field, given if is_value else LEFT_OUT)
        return state

    @property
    def given(self) -> Given:
        """What stands here: `LEFT_OUT` only where that is allowed."""
        match self.state:
            case FieldState.NULL:
                return None
            case FieldState.LEFT_OUT:
                return LEFT_OUT
            case FieldState.JSON:
                return {"json": self.json}
            case _:
                assert self.body is not None, "a value has a body"
                given = self.body.given
                return "" if isinstance(given, LeftOut) and not self._may_be_left_out else given

    @property
    def json(self) -> str:
        """What is typed as JSON."""
        given = self.source.given if self.source is not None else ""
        return given if isinstance(given, str) else ""

    @property
    def typed(self) -> Given:
        """What is typed in the one widget that is typed into."""
        if self.state is FieldState.JSON:
            return self.json
        return LEFT_OUT if self.body is None or self.field.kind in NESTED else self.body.given

    def in_short(self) -> Content:
        """Return the value on one line, as far as it can be read."""
        given = self.given
        value = None if isinstance(given, LeftOut) else read(self.field, given).value
        return Content(one_line(json_text(value, indent=None), _SHORT)).stylize("$foreground 60%")

    def boxes(self) -> "Iterable[FieldBox]":
        """Return the fields within."""
        is_value = self.body is not None and self.state is FieldState.VALUE
        return self.body.boxes() if self.body is not None and is_value else ()

    def hear(self) -> None:
        """Stand as what is typed now says; emptied, as if nobody had typed."""
        if self.state is FieldState.JSON or self.body is None:
            return
        given = self.body.given
        if not isinstance(given, LeftOut) and given != "" or not self._may_be_left_out:
            self.state = FieldState.VALUE
        elif self.default is None:
            self.state = FieldState.NULL
        elif isinstance(self.default, str) and given == "" and self.field.kind in EMPTY_IS_A_VALUE:
            self.state = FieldState.VALUE
        else:
            self.state = FieldState.LEFT_OUT

    # Another way

    def ways(self) -> list[FieldState]:
        """Return how this field may stand now."""
        return [way for way in FieldState if self._may_stand(way)]

    def next_way(self) -> FieldState:
        """Return the way after this one."""
        ways = self.ways()
        return ways[(ways.index(self.state) + 1) % len(ways)] if self.state in ways else ways[0]

    def _may_stand(self, way: FieldState) -> bool:
        kind = self.field.kind
        match way:
            case FieldState.NULL:
                return self.field.nullable
            case FieldState.LEFT_OUT:
                return self._may_be_left_out and not (kind == "fixed" and self.field.required)
            case FieldState.JSON:
                return self.source is not None or kind in NESTED
            case _ if self.state is FieldState.JSON:
                return not isinstance(self._of_json(), LeftOut)
            case _:
                has_one = self.state is FieldState.VALUE or not isinstance(self.kept, LeftOut)
                return has_one or kind in EMPTY_IS_A_VALUE

    def go(self, way: FieldState) -> None:
        """Stand this way. What was typed is kept, and comes back."""
        if self.state is FieldState.VALUE and self.body is not None:
            self.kept = self.body.given
        match way:
            case FieldState.JSON:
                self._begin_json()
            case FieldState.VALUE if self.state is FieldState.JSON:
                self.body = self._body_of(self.field, self._of_json())
            case FieldState.VALUE if self.hides and self.body is None:
                self.body = self._body_of(self.field, self._start())
            case _ if not self.hides and self.body is None:
                self.body = self._body_of(self.field, self.kept)
            case _ if not self.hides and self.body is not None:
                self.body.fill(self.kept if way is FieldState.VALUE else LEFT_OUT)
        self.state = way

    def _start(self) -> Given:
        """Return what a value begins with, where one is wanted."""
        start = start_of(self.field)
        return start_of(replace(self.field, has_default=False)) if start is None else start

    def _begin_json(self) -> None:
        """Begin the JSON with what stands in the fields, or stood there."""
        given = self.kept if self.state is FieldState.LEFT_OUT else self.given
        if isinstance(given, LeftOut):
            self.source = self.source or Source("")
            return
        text = json_text(read(self.field, given).value)
        if self.source is None:
            self.source = Source(text)
        else:
            self.source.fill(text)

    def _of_json(self) -> Given:
        """Return what one would have typed in the fields for this JSON, if they can hold it."""
        if not self.json.strip():
            return self._start() if isinstance(self.kept, LeftOut) else self.kept
        try:
            typed = typed_of(self.field, read_json(self.json))
        except JsonProblem:
            return LEFT_OUT
        return typed if fits(self.field, typed) else LEFT_OUT
