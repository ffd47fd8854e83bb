"""The form: every field of a schema, whatever its kind, with its faults."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from hitl_engine.forms.typed_values import ReadResult, Typed, read, start_of
from hitl_engine.model import Fault, FormField, Path, json_path
from hitl_tui.state.field_entry import LeftOut
from hitl_tui.widgets.field_scroll import FieldScroll
from hitl_tui.widgets.form.field_box import FieldBox
from hitl_tui.widgets.form.field_factory import FieldFactory
from hitl_tui.widgets.form.field_node import FieldNode


class FormView(FieldScroll):
    """Takes a value of any schema, field by field. It never fills in what the user did not give.

    It begins with the defaults, or with the entry given to `load`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f4",
            "next_mode",
            "Another way",
            tooltip="Change how this field is sent: as its value, as null, left out, or as JSON",
            id="form.another_way",
        ),
    ]

    class Changed(Message):
        """The user changed a field."""

    def __init__(self, field: FormField, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.field = field
        self._factory = FieldFactory(field)
        self._root = self._factory.root(field, start_of(field))
        self._focused_box: FieldBox | None = None
        self._composed = False
        self._all_touched = False
        self._offered: bool | None = None
        """Whether another mode was offered after the last change."""
        self.was_changed = False
        """Whether the user changed a field since the last `load`."""

    def compose(self) -> ComposeResult:
        """Show the entire schema as one field."""
        self._composed = True
        yield self._root

    # What is entered

    @property
    def typed(self) -> Typed:
        """What is entered, in the form that `hitl_engine.forms.typed_values` describes."""
        entry = self._root.entry
        return "" if isinstance(entry, LeftOut) else entry

    def load(self, typed: Typed) -> None:
        """Show what was entered before; fields that cannot hold it get their defaults.

        Posts no `Changed`.
        """
        old, self._root = self._root, self._factory.root(self.field, typed)
        self._focused_box = None
        self._all_touched = self.was_changed = False
        if self._composed:
            old.display = False
            old.remove()
            self.mount(self._root)

    def reading(self) -> ReadResult:
        """Read what is entered, as far as possible."""
        return read(self.field, self.typed)

    # Faults

    def show_faults(self, faults: Iterable[Fault]) -> None:
        """Show each fault at its field, or the nearest above it, once that was touched."""
        by_field: dict[FieldNode, list[str]] = {}
        for fault in faults:
            field, rest = self._root.at(fault.path)
            place = f"{_path_text(rest)}: " if rest else ""
            by_field.setdefault(field, []).append(place + fault.words)
        for field in self._root.walk():
            field.touched = field.touched or self._all_touched
            field.show_faults(tuple(by_field.get(field, ())))

    def fault_summary(self, faults: Sequence[Fault]) -> str:
        """Return the first fault of the form, after the names of the fields that lead to it."""
        first = self._first(faults)
        trail = self._root.trail(first.path)
        rest = first.path[len(trail) - 1 :]
        names = [field.name_in_form for field in trail[1:]] + ([_path_text(rest)] if rest else [])
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        return f"{' ▸ '.join(names) or 'The answer'}: {first.words}.{more}"

    def _first(self, faults: Sequence[Fault]) -> Fault:
        places = {field: place for place, field in enumerate(self._root.walk())}
        return min(faults, key=lambda fault: places[self._root.at(fault.path)[0]])

    def focus_on(self, faults: Sequence[Fault]) -> None:
        """Focus the first field with a fault."""
        field, _ = self._root.at(self._first(faults).path)
        if not field.has_focus_within:
            field.take_focus()

    def touch_all(self) -> None:
        """Show every fault from now on: the user tried to send."""
        self._all_touched = True

    # Focus and keys

    @property
    def first(self) -> Widget:
        """The first widget that takes the focus."""
        chain = self.screen.focus_chain if self.is_attached else []
        return next((widget for widget in chain if self in widget.ancestors), self)

    def take_focus(self) -> None:
        """Focus the first field."""
        self.first.focus(scroll_visible=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show at the focused field what can be done with it, and scroll it into view."""
        box = next((each for each in event.widget.ancestors if isinstance(each, FieldBox)), None)
        if box is not self._focused_box:
            before, self._focused_box = self._focused_box, box
            for each, current in ((before, False), (box, True)):
                if each is not None:
                    each.current = current
                    each.draw_head()
        if box is not None and event.widget is not box.head:
            self.keep_in_view(box, event.widget)

    def action_next_mode(self) -> None:
        """Give the focused field in its next mode."""
        if self._focused_box is not None:
            self._focused_box.next_mode()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer another mode where there is one."""
        if action == "next_mode":
            return self._focused_box is not None and self._focused_box.value.can_switch
        return True

    @on(FieldBox.Altered)
    def field_altered(self, event: FieldBox.Altered) -> None:
        """Report the change, and redraw the heads of the fields around it."""
        event.stop()
        self.was_changed = True
        for node in event.box.ancestors_with_self:
            if isinstance(node, FieldBox):
                node.draw_head()
            elif node is self:
                break
        offered = self.check_action("next_mode", ())
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()
        self.post_message(self.Changed())


def _path_text(path: Path) -> str:
    return json_path(path)[1:].lstrip(".")
