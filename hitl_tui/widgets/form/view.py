"""The form: every field of a schema, whatever its kind, and what is wrong with each."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from hitl_engine.forms.typed_values import ReadResult, Typed, read, start_of
from hitl_engine.model import Fault, FormField, Path, json_path
from hitl_tui.widgets.field_scroll import FieldScroll
from hitl_tui.widgets.form.bodies import Bodies
from hitl_tui.widgets.form.body import LeftOut
from hitl_tui.widgets.form.field import FieldBox
from hitl_tui.widgets.form.objects import Fields
from hitl_tui.widgets.form.texts import Source


class FormView(FieldScroll):
    """Takes a value of any schema, field by field. Nothing is answered that nobody gave.

    It begins with the defaults, or with what is given to `load`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f4",
            "another_way",
            "Another way",
            tooltip="Give this field as null, leave it out, give it empty or as JSON",
            id="form.another_way",
        ),
    ]

    class Changed(Message):
        """Somebody changed something."""

    def __init__(self, field: FormField, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.field = field
        self._bodies = Bodies(field)
        self._root = self._rooted(start_of(field))
        self._current: FieldBox | None = None
        self._composed = False
        self._all_touched = False
        self._offered: bool | None = None
        """Whether another way was offered when somebody typed last."""
        self.was_changed = False
        """Whether somebody typed something since it was loaded."""

    def _rooted(self, typed: Typed) -> FieldBox:
        root = FieldBox(self.field, typed, self._bodies.body, bare=True)
        match root.value.body:
            case Fields():
                root.value.body.add_class("-root")
            case Source():
                root.add_class("-whole")
                root.value.body.add_class("-whole")
        return root

    def compose(self) -> ComposeResult:
        """Show the entire schema as one field."""
        self._composed = True
        yield self._root

    # What stands in it

    @property
    def typed(self) -> Typed:
        """What was typed, as `hitl_engine.forms.typed_values` describes it."""
        given = self._root.given
        return "" if isinstance(given, LeftOut) else given

    def load(self, typed: Typed) -> None:
        """Take up what was typed before; what fits no field begins anew. Says no `Changed`."""
        old, self._root = self._root, self._rooted(typed)
        self._current = None
        self._all_touched = self.was_changed = False
        if self._composed:
            old.display = False
            old.remove()
            self.mount(self._root)

    def reading(self) -> ReadResult:
        """Read what was typed, as far as it can be."""
        return read(self.field, self.typed)

    # What is wrong

    def show_faults(self, faults: Iterable[Fault]) -> None:
        """Say each fault at its field, or at the nearest above it, once somebody has been there."""
        wrong: dict[FieldBox, list[str]] = {}
        for fault in faults:
            box, rest = self._root.at(fault.path)
            place = f"{_within(rest)}: " if rest else ""
            wrong.setdefault(box, []).append(place + fault.words)
        for box in self._root.walk():
            box.touched = box.touched or self._all_touched
            box.show_faults(tuple(wrong.get(box, ())))

    def told(self, faults: Sequence[Fault]) -> str:
        """Say what is wrong at the field that comes first, by the names that stand in the form."""
        first = self._first(faults)
        trail = self._root.trail(first.path)
        rest = first.path[len(trail) - 1 :]
        names = [box.name_in_form for box in trail[1:]] + ([_within(rest)] if rest else [])
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        return f"{' ▸ '.join(names) or 'The answer'}: {first.words}.{more}"

    def _first(self, faults: Sequence[Fault]) -> Fault:
        places = {box: place for place, box in enumerate(self._root.walk())}
        return min(faults, key=lambda fault: places[self._root.at(fault.path)[0]])

    def focus_on(self, faults: Sequence[Fault]) -> None:
        """Give the keys to the first field that is wrong."""
        box, _ = self._root.at(self._first(faults).path)
        if not box.has_focus_within:
            box.take_focus()

    def touch_all(self) -> None:
        """Somebody wants to send: from now on every fault is shown."""
        self._all_touched = True

    # Keys

    @property
    def first(self) -> Widget:
        """Where one begins."""
        chain = self.screen.focus_chain if self.is_attached else []
        return next((widget for widget in chain if self in widget.ancestors), self)

    def take_focus(self) -> None:
        """Begin in the first field."""
        self.first.focus(scroll_visible=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say at the field what can be done, and bring all of it into view."""
        box = next((each for each in event.widget.ancestors if isinstance(each, FieldBox)), None)
        if box is not self._current:
            before, self._current = self._current, box
            for each, current in ((before, False), (box, True)):
                if each is not None:
                    each.current = current
                    each.draw_head()
        if box is not None and event.widget is not box.head:
            self.bring(box, event.widget)

    def action_another_way(self) -> None:
        """Give the field that has the keys another way."""
        if self._current is not None:
            self._current.another_way()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer another way where there is one."""
        if action == "another_way":
            return self._current is not None and len(self._current.value.ways()) > 1
        return True

    @on(FieldBox.Altered)
    def say_changed(self, event: FieldBox.Altered) -> None:
        """Say it once; what holds the field may look different now."""
        event.stop()
        self.was_changed = True
        for node in event.box.ancestors_with_self:
            if isinstance(node, FieldBox):
                node.draw_head()
            elif node is self:
                break
        offered = self.check_action("another_way", ())
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()
        self.post_message(self.Changed())


def _within(path: Path) -> str:
    return json_path(path)[1:].lstrip(".")
