"""A field on the screen: what it is called, what stands in it, and what is wrong with that."""

from collections.abc import Iterable, Iterator

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select, Static, TextArea

from hitl_engine.model import FormField, Path
from hitl_engine.visible import visible
from hitl_tui.widgets.form.body import Body, Given
from hitl_tui.widgets.form.field_state import NESTED, FieldState, in_the_body, in_the_head, on_offer
from hitl_tui.widgets.form.head import Head, about, item_handles, name_of, way_handle
from hitl_tui.widgets.form.value import BodyOf, FieldValue
from hitl_tui.widgets.pick_list import Pick


class FieldBox(Vertical):
    """One field: its head, the widget that takes its value, and what is wrong with that."""

    DEFAULT_CSS = """
    FieldBox {
        height: auto;
        margin-bottom: 1;
        .line { height: auto; }
        .line > Head { width: auto; padding-right: 1; }
        .problem { color: $text-error; height: auto; padding: 0 1; }
        &.-bare, &.-item { margin-bottom: 0; }
        &.-whole { height: 1fr; }
    }
    """

    class Altered(Message):
        """Somebody changed what stands in this field."""

        def __init__(self, box: "FieldBox") -> None:
            super().__init__()
            self.box = box

    def __init__(
        self,
        field: FormField,
        given: Given,
        body_of: BodyOf,
        *,
        may_be_left_out: bool = False,
        bare: bool = False,
        number: int = 0,
        folded: bool = False,
    ) -> None:
        super().__init__()
        self.field = field
        self.value = FieldValue(field, given, body_of, may_be_left_out=may_be_left_out)
        self.number = number
        """Its place, from one on, if it is an item of a list."""
        self.touched = False
        """Whether something was typed here: what was not touched is not yet wrong."""
        self.current = False
        """Whether it has the keys."""
        self._bare = bare
        self._folded = folded
        self._seen = self.value.typed
        self._wrong: tuple[str, ...] = ()
        self.head = Head()
        self._problem: Static | None = None
        self._in_line = bool(number) and field.kind not in NESTED
        self._line = Horizontal(classes="line")
        self.set_class(bare, "-bare")
        self.set_class(bool(number), "-item")

    # What stands here

    @property
    def given(self) -> Given:
        """What stands here."""
        return self.value.given

    def boxes(self) -> Iterable["FieldBox"]:
        """Return the fields within."""
        return self.value.boxes()

    def walk(self) -> Iterator["FieldBox"]:
        """Yield this field and all within."""
        yield self
        for box in self.boxes():
            yield from box.walk()

    def at(self, path: Path) -> tuple["FieldBox", Path]:
        """Return the field at a place, or the nearest above that is in view, and what is left."""
        trail = self.trail(path)
        return trail[-1], path[len(trail) - 1 :]

    def trail(self, path: Path) -> tuple["FieldBox", ...]:
        """Return this field and those within on the way to a place, as far as they are in view."""
        body = self.value.body
        if path and body is not None and not self._is_closed and body.display:
            inner = body.inner(path[0])
            if inner is not None:
                return self, *inner.trail(path[1:])
        return (self,)

    @property
    def name_in_form(self) -> str:
        """What it is called where it stands: its title, or its number in a list."""
        return str(self.number) if self.number else self.field.title or self.field.name

    # On the screen

    def compose(self) -> ComposeResult:
        """Put the head above, or before, what is typed; what is wrong below."""
        bodies = () if self._folded else filter(None, (self.value.body, self.value.source))
        if self._in_line:
            with self._line:
                yield from (self.head, *bodies)
        else:
            yield from (self.head, *bodies)
        if self._problem is not None:
            yield self._problem

    def on_mount(self) -> None:
        """Show how things stand."""
        self._show_standing()

    def _show_standing(self) -> None:
        """Show what belongs to how the field stands, and mount what is not there yet."""
        body, source, state = self.value.body, self.value.source, self.value.state
        if body is not None:
            in_view = state is FieldState.VALUE and not self._folded
            body.display = in_view if self.value.hides else state is not FieldState.JSON
            body.say(in_the_body(self.field, state))
        if source is not None:
            source.display = state is FieldState.JSON and not self._folded
        for widget in (body, source):
            if widget is not None and widget.display and not widget.is_attached:
                (self._line if self._in_line else self).mount(widget, after=self.head)
        typed_into = any(widget is not None and widget.display for widget in (body, source))
        alone = self.field.kind == "fixed" or not typed_into
        self.head.can_focus = self._is_foldable or alone and len(self.value.ways()) > 1
        self.draw_head()

    @property
    def _is_foldable(self) -> bool:
        return self.field.kind in ("object", "list") and not self._bare

    @property
    def _is_closed(self) -> bool:
        return self._folded or self.value.state in (FieldState.NULL, FieldState.LEFT_OUT)

    def draw_head(self) -> None:
        """Say what this is, and how it stands."""
        value = self.value
        parts = [item_handles(self.number)] if self.number else []
        if not self._bare and not self._in_line:
            name = name_of(self.field, needed=self.field.required and not self.number)
            mark = "▸ " if self._is_closed else "▾ "
            parts.append(mark + name if self._is_foldable else name)
        parts.append(in_the_head(self.field, value.state, value.given, value.default))
        parts.append(about(self.field))
        if self._folded and value.state is FieldState.VALUE:
            parts.append(value.in_short())
        if self.current and len(value.ways()) > 1:
            parts.append(way_handle(on_offer(self.field, value.next_way(), value.kept)))
        self.head.draw(Content("  ").join(part for part in parts if part))

    # What is wrong

    @property
    def was_touched(self) -> bool:
        """Whether something was typed here, or within."""
        return self.touched or any(box.was_touched for box in self.boxes())

    def show_faults(self, wrong: tuple[str, ...]) -> None:
        """Say what is wrong, if somebody has been here."""
        shown = wrong if self.was_touched else ()
        if shown != self._wrong:
            self._wrong = shown
            self._show_problem(Content("\n".join(f"✗ {visible(words)}" for words in shown)))

    def _show_problem(self, words: Content) -> None:
        if self._problem is None:
            self._problem = Static(words, classes="problem", markup=False)
            if self.is_attached:
                self.mount(self._problem)
        self._problem.update(words)
        self._problem.display = bool(words)

    # Typing

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    @on(Pick.Changed)
    def hear(self, event: Message) -> None:
        """Take notice of what was typed; what was shown by the form itself is none."""
        event.stop()
        typed = self.value.typed
        if typed != self._seen:
            self._seen = typed
            self._take_notice()

    @on(Body.Altered)
    def hear_shape(self, event: Message) -> None:
        """Take notice of another shape, or another number of items."""
        event.stop()
        self._take_notice()

    def _take_notice(self) -> None:
        before = self.value.state
        self.value.hear()
        if self.value.state is not before:
            self._show_standing()
        self._say_altered()

    def _say_altered(self) -> None:
        self.touched = True
        self.post_message(self.Altered(self))

    # Another way

    @on(Head.AnotherWay)
    def another_way(self, event: Message | None = None) -> None:
        """Give it the next way. What was typed is kept, and comes back."""
        if event is not None:
            event.stop()
        if len(self.value.ways()) > 1:
            self._go(self.value.next_way())

    def _go(self, way: FieldState) -> None:
        before = self.value.body
        self.value.go(way)
        if before is not None and before is not self.value.body and before.is_attached:
            before.display = False
            before.remove()
        self._folded = False
        self._seen = self.value.typed
        self._show_standing()
        self.call_after_refresh(self.take_focus)
        self._say_altered()

    @on(Head.Opened)
    def open(self, event: Message) -> None:
        """Give the value, show it or fold it up."""
        event.stop()
        if self.value.state in (FieldState.NULL, FieldState.LEFT_OUT) and self.head.can_focus:
            if FieldState.VALUE in self.value.ways():
                self._go(FieldState.VALUE)
        elif self._is_foldable:
            self._folded = not self._folded
            self._show_standing()
        else:
            self.take_focus()

    def take_focus(self) -> None:
        """Give the keys to where one types, or to the head."""
        for widget in (self.value.source, self.value.body, self.head):
            if widget is not None and widget.is_attached and widget.display:
                if widget.focusable:
                    widget.focus()
                    return
                if boxes := list(self.boxes()):
                    boxes[0].take_focus()
                    return
