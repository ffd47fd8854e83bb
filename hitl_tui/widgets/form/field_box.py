"""A field on the screen: its head, the widget that takes its value, and its faults."""

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select, Static, TextArea

from hitl_engine.model import FormField
from hitl_engine.visible import visible
from hitl_tui.state.field_entry import NESTED, Entry
from hitl_tui.state.field_modes import FieldMode
from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.form.body import Body
from hitl_tui.widgets.form.field_head import (
    FieldHead,
    description_of,
    item_links,
    mode_link,
    mode_of,
    name_of,
)
from hitl_tui.widgets.form.field_node import FieldNode
from hitl_tui.widgets.form.field_value import BodyOf, FieldValue

_ABSENT = (FieldMode.NULL, FieldMode.LEFT_OUT)


class FieldBox(FieldNode):
    """One field: its head, the widget that takes its value, and its faults."""

    DEFAULT_CSS = """
    FieldBox {
        height: auto;
        margin-bottom: 1;
        .line { height: auto; }
        .line > FieldHead { width: auto; padding-right: 1; }
        .fault { color: $text-error; height: auto; padding: 0 1; }
        &.-bare, &.-item { margin-bottom: 0; }
        &.-whole { height: 1fr; }
    }
    """

    class Altered(Message):
        """The user changed the value of this field."""

        def __init__(self, box: "FieldBox") -> None:
            super().__init__()
            self.box = box

    def __init__(
        self,
        field: FormField,
        entry: Entry,
        body_of: BodyOf,
        *,
        optional: bool = False,
        bare: bool = False,
        number: int = 0,
        folded: bool = False,
    ) -> None:
        super().__init__(field, number)
        self.value = FieldValue(field, entry, body_of, optional=optional)
        self.current = False
        """Whether the focus is in it."""
        self._bare = bare
        """Shown without its name, which another widget shows."""
        self._folded = folded
        self._typed_before = self.value.typed
        self._faults: tuple[str, ...] = ()
        self.head = FieldHead()
        self._fault_line: Static | None = None
        self._in_line = bool(number) and field.kind not in NESTED
        """Head and body are on one line."""
        self._line = Horizontal(classes="line")
        self.set_class(bare, "-bare")
        self.set_class(bool(number), "-item")

    # What is entered

    @property
    def entry(self) -> Entry:
        """What is entered here."""
        return self.value.entry

    def fields(self) -> Iterable[FieldNode]:
        """Return the fields within."""
        return self.value.fields()

    def field_at(self, step: str | int) -> FieldNode | None:
        """Return the field with this name, or at this index."""
        body = self.value.body
        return body.field_at(step) if body is not None else None

    @property
    def is_open(self) -> bool:
        """Whether the fields within are shown."""
        body = self.value.body
        return body is not None and not self._is_closed and body.display

    @property
    def _is_closed(self) -> bool:
        return self._folded or self.value.mode in _ABSENT

    @property
    def _is_foldable(self) -> bool:
        return self.field.kind in ("object", "list") and not self._bare

    # Drawing

    def compose(self) -> ComposeResult:
        """Put the head above the body, or on its line; the faults below."""
        bodies = () if self._folded else filter(None, (self.value.body, self.value.json_body))
        if self._in_line:
            with self._line:
                yield from (self.head, *bodies)
        else:
            yield from (self.head, *bodies)
        if self._fault_line is not None:
            yield self._fault_line

    def on_mount(self) -> None:
        """Show the widgets of the current mode."""
        self._show_mode()

    def _show_mode(self) -> None:
        """Show the widgets that belong to the mode; mount those that are new."""
        body, json_body, mode = self.value.body, self.value.json_body, self.value.mode
        if body is not None:
            is_shown = mode is FieldMode.VALUE and not self._folded
            hides = self.value.modes.hides_body
            body.display = is_shown if hides else mode is not FieldMode.JSON
            body.set_placeholder(self.value.modes.placeholder)
        if json_body is not None:
            json_body.display = mode is FieldMode.JSON and not self._folded
        for widget in (body, json_body):
            if widget is not None and widget.display and not widget.is_attached:
                (self._line if self._in_line else self).mount(widget, after=self.head)
        typed_into = any(widget is not None and widget.display for widget in (body, json_body))
        head_only = self.field.kind == "fixed" or not typed_into
        self.head.can_focus = self._is_foldable or head_only and self.value.can_switch
        self.draw_head()

    def draw_head(self) -> None:
        """Show the name and the mode of the field."""
        value = self.value
        parts = [item_links(self.number)] if self.number else []
        if not self._bare and not self._in_line:
            name = name_of(self.field, needed=self.field.required and not self.number)
            mark = "▸ " if self._is_closed else "▾ "
            parts.append(mark + name if self._is_foldable else name)
        parts.append(mode_of(self.field, value.mode, value.entry, value.modes.default))
        parts.append(description_of(self.field))
        if self._folded and value.mode is FieldMode.VALUE:
            parts.append(value.summary())
        if self.current and value.can_switch:
            parts.append(mode_link(value.modes.label(value.next_mode)))
        self.head.draw(Content("  ").join(part for part in parts if part))

    def show_faults(self, faults: tuple[str, ...]) -> None:
        """Show these faults, if the field was touched."""
        shown = faults if self.was_touched else ()
        if shown != self._faults:
            self._faults = shown
            self._show_fault_line(Content("\n".join(f"✗ {visible(fault)}" for fault in shown)))

    def _show_fault_line(self, content: Content) -> None:
        if self._fault_line is None:
            self._fault_line = Static(content, classes="fault", markup=False)
            if self.is_attached:
                self.mount(self._fault_line)
        self._fault_line.update(content)
        self._fault_line.display = bool(content)

    # Typing

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    @on(ChoiceList.Changed)
    def input_changed(self, event: Message) -> None:
        """Follow what was typed; ignore what the form itself loaded."""
        event.stop()
        typed = self.value.typed
        if typed != self._typed_before:
            self._typed_before = typed
            self._follow_typing()

    @on(Body.Altered)
    def body_altered(self, event: Message) -> None:
        """Follow a change in which fields the body contains."""
        event.stop()
        self._follow_typing()

    def _follow_typing(self) -> None:
        before = self.value.mode
        self.value.follow_typing()
        if self.value.mode is not before:
            self._show_mode()
        self._report_altered()

    def _report_altered(self) -> None:
        self.touched = True
        self.post_message(self.Altered(self))

    # Modes

    @on(FieldHead.ModeRequested)
    def next_mode(self, event: Message | None = None) -> None:
        """Give the field in the next mode. What was typed is kept, and shown again later."""
        if event is not None:
            event.stop()
        if self.value.can_switch:
            self._switch(self.value.next_mode)

    def _switch(self, mode: FieldMode) -> None:
        before = self.value.body
        self.value.switch(mode)
        if before is not None and before is not self.value.body and before.is_attached:
            before.display = False
            before.remove()
        self._folded = False
        self._typed_before = self.value.typed
        self._show_mode()
        self.call_after_refresh(self.take_focus)
        self._report_altered()

    @on(FieldHead.Opened)
    def open(self, event: Message) -> None:
        """Begin a value that is not given; fold or unfold the others."""
        event.stop()
        if self.value.mode in _ABSENT and self.head.can_focus:
            if self.value.can_be(FieldMode.VALUE):
                self._switch(FieldMode.VALUE)
        elif self._is_foldable:
            self._folded = not self._folded
            self._show_mode()
        else:
            self.take_focus()

    def take_focus(self) -> None:
        """Focus the widget that is typed into, or the head."""
        for widget in (self.value.json_body, self.value.body, self.head):
            if widget is not None and widget.is_attached and widget.display:
                if widget.focusable:
                    widget.focus()
                    return
                if fields := list(self.fields()):
                    fields[0].take_focus()
                    return
