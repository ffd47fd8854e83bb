"""The widgets that one field is typed into, and the mode that decides which of them is used."""

from collections.abc import Callable, Iterable

from textual.content import Content

from hitl_engine.forms.typed_values import read
from hitl_engine.model import FormField
from hitl_engine.visible import json_text, one_line
from hitl_tui.state.field_entry import LEFT_OUT, NESTED, Entry, LeftOut
from hitl_tui.state.field_modes import FieldMode, FieldModes
from hitl_tui.widgets.form.body import Body
from hitl_tui.widgets.form.field_node import FieldNode
from hitl_tui.widgets.form.text_bodies import JsonBody

_SHORT = 50
"""Characters of a value that is folded."""

BodyOf = Callable[[FormField, Entry], Body]
"""Makes the body for a field, with this entry in it."""


class FieldValue:
    """The value of one field: its mode, its body, and its JSON editor."""

    def __init__(self, field: FormField, entry: Entry, body_of: BodyOf, *, optional: bool) -> None:
        self.field = field
        self.modes = FieldModes(field, entry, optional=optional)
        self.body: Body | None = None
        """None until there is a value to show."""
        self.json_body: JsonBody | None = None
        """None until the value is given as JSON."""
        self._body_of = body_of
        content = self.modes.first_content
        if self.mode is FieldMode.JSON:
            self.json_body = JsonBody(content)
        elif self.mode is FieldMode.VALUE or not self.modes.hides_body:
            self.body = body_of(field, content)

    @property
    def mode(self) -> FieldMode:
        """How the field is given."""
        return self.modes.mode

    @property
    def entry(self) -> Entry:
        """What is entered: `LEFT_OUT` only where the field is optional."""
        return self.modes.entry(self._content)

    @property
    def _content(self) -> Entry:
        """What the widget of the current mode contains."""
        match self.mode:
            case FieldMode.JSON:
                return self._json
            case FieldMode.VALUE:
                assert self.body is not None, "a value has a body"
                return self.body.entry
            case _:
                return LEFT_OUT

    @property
    def _json(self) -> str:
        entry = self.json_body.entry if self.json_body is not None else ""
        return entry if isinstance(entry, str) else ""

    @property
    def typed(self) -> Entry:
        """What the field itself contains, without the fields within."""
        if self.mode is FieldMode.JSON:
            return self._json
        return LEFT_OUT if self.body is None or self.field.kind in NESTED else self.body.entry

    def summary(self) -> Content:
        """Return the value on one line, as far as it can be read."""
        entry = self.entry
        value = None if isinstance(entry, LeftOut) else read(self.field, entry).value
        return Content(one_line(json_text(value, indent=None), _SHORT)).stylize("$foreground 60%")

    def fields(self) -> Iterable[FieldNode]:
        """Return the fields within."""
        is_value = self.body is not None and self.mode is FieldMode.VALUE
        return self.body.fields() if self.body is not None and is_value else ()

    def follow_typing(self) -> None:
        """Change the mode to what is typed now."""
        if self.mode is not FieldMode.JSON and self.body is not None:
            self.modes.follow_typing(self.body.entry)

    # Modes

    @property
    def can_switch(self) -> bool:
        """Whether the field can be given in another mode."""
        return len(self.modes.offered(self._json)) > 1

    @property
    def next_mode(self) -> FieldMode:
        """The mode that follows the current one."""
        return self.modes.next(self._json)

    def can_be(self, mode: FieldMode) -> bool:
        """Return whether this mode is possible now."""
        return mode in self.modes.offered(self._json)

    def switch(self, mode: FieldMode) -> None:
        """Use another mode. What was typed is kept, and shown again later."""
        from_json = self.mode is FieldMode.JSON
        content = self.modes.switch(mode, self._content)
        if mode is FieldMode.JSON:
            self._fill_json(content)
        elif self.body is None or from_json and mode is FieldMode.VALUE:
            if mode is FieldMode.VALUE or not self.modes.hides_body:
                self.body = self._body_of(self.field, content)
        else:
            self.body.fill(content)

    def _fill_json(self, content: Entry) -> None:
        if self.json_body is None:
            self.json_body = JsonBody(content)
        elif not isinstance(content, LeftOut):
            self.json_body.fill(content)
