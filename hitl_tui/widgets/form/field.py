"""A field: what it is called, what stands in it, and what is wrong with that."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from engine.forms.typed import read, start_of, typed_of
from engine.model import FormField, Path
from engine.strict_json import JsonProblem, read_json
from engine.visible import json_text, visible
from hitl_tui.widgets.form.body import LEFT_OUT, Body, Given, LeftOut, fits
from hitl_tui.widgets.form.head import Head, about, item_handles, name_of, way_handle
from hitl_tui.widgets.form.texts import Source
from hitl_tui.widgets.pick import Pick

_NESTED = ("object", "list", "variants")
_EMPTY_IS_A_VALUE = ("text", "long_text", "object", "list", "fixed")
"""What can be given without anything being typed: an empty text, an empty list."""
_BLANK_IS_NOTHING = ("integer", "number", "json")
_VALUES = {"text": "empty text", "long_text": "empty text", "list": "empty list"}
"""What a value is called that somebody may give without typing anything."""

BodyOf = Callable[[FormField, Given], Body]


class Way(StrEnum):
    """The ways in which a field may be given, or not, in the order in which they are offered."""

    VALUE = "value"
    NULL = "null"
    LEFT_OUT = "leave out"
    JSON = "as JSON"


class FieldBox(Vertical):
    """One field. `given` is what stands in it, whatever of it is on the screen."""

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
        self.number = number
        """Its place, from one on, if it is an item of a list."""
        self.touched = False
        """Whether something was typed here: what was not touched is not yet wrong."""
        self.current = False
        """Whether it has the keys."""
        self._may_be_left_out = may_be_left_out
        self._bare = bare
        self._folded = folded
        self._body_of = body_of
        self._default: Given = typed_of(field, field.default) if field.has_default else LEFT_OUT
        self._kept: Given = LEFT_OUT
        """What was typed, while the field is given another way."""
        self.body: Body | None = None
        self.source: Source | None = None
        self._way = self._begin(given)
        self._seen = self._typed
        self._wrong: tuple[str, ...] = ()
        self.head = Head()
        self._problem: Static | None = None
        self._in_line = bool(number) and field.kind not in _NESTED
        self._line = Horizontal(classes="line")
        self.set_class(bare, "-bare")
        self.set_class(bool(number), "-item")

    def _begin(self, given: Given) -> Way:
        """Make the body for what is given; return which way that is."""
        match given:
            case {"json": str(text), **others} if not others:
                self.source = Source(text)
                return Way.JSON
            case None if self.field.nullable:
                way = Way.NULL
            case "" if self._may_be_left_out and self.field.kind in _BLANK_IS_NOTHING:
                way = Way.LEFT_OUT
            case LeftOut() if self._may_be_left_out:
                way = Way.LEFT_OUT
            case _ if isinstance(given, LeftOut) or not fits(self.field, given):
                start = start_of(self.field)
                if self._may_be_left_out or start != "":
                    return self._begin(LEFT_OUT if self._may_be_left_out else start)
                way, given = Way.VALUE, LEFT_OUT
            case _:
                way = Way.VALUE
        if way is Way.VALUE or not self._hides:
            self.body = self._body_of(self.field, given if way is Way.VALUE else LEFT_OUT)
        return way

    @property
    def _hides(self) -> bool:
        """Whether the body is shown only while there is a value; others wait for one, empty."""
        return self.field.kind in ("object", "list", "fixed")

    # What stands here

    @property
    def given(self) -> Given:
        """What stands here: `LEFT_OUT` only where that is allowed."""
        match self._way:
            case Way.NULL:
                return None
            case Way.LEFT_OUT:
                return LEFT_OUT
            case Way.JSON:
                return {"json": self._typed if isinstance(self._typed, str) else ""}
            case _:
                assert self.body is not None, "a value has a body"
                given = self.body.given
                return "" if isinstance(given, LeftOut) and not self._may_be_left_out else given

    @property
    def _typed(self) -> Given:
        """What is typed in the one widget that is typed into."""
        if self._way is Way.JSON and self.source is not None:
            return self.source.given
        return LEFT_OUT if self.body is None or self.field.kind in _NESTED else self.body.given

    def boxes(self) -> Iterable["FieldBox"]:
        """Return the fields within."""
        return self.body.boxes() if self.body is not None and self._way is Way.VALUE else ()

    def walk(self) -> Iterator["FieldBox"]:
        """Yield this field and all within."""
        yield self
        for box in self.boxes():
            yield from box.walk()

    def at(self, path: Path) -> tuple["FieldBox", Path]:
        """Return the field at a place, or the nearest above that is in view, and what is left."""
        if path and self.body is not None and self._way is Way.VALUE and not self._folded:
            inner = self.body.inner(path[0])
            if inner is not None:
                return inner.at(path[1:])
        return self, path

    # On the screen

    def compose(self) -> ComposeResult:
        """Put the head above, or before, what is typed; what is wrong below."""
        bodies = () if self._folded else filter(None, (self.body, self.source))
        if self._in_line:
            with self._line:
                yield from (self.head, *bodies)
        else:
            yield from (self.head, *bodies)
        if self._problem is not None:
            yield self._problem

    def on_mount(self) -> None:
        """Show how things stand."""
        self._show_way()

    def _show_way(self) -> None:
        """Show what belongs to the way in which the field is given."""
        if self.body is not None:
            value = self._way is Way.VALUE and not self._folded
            self.body.display = value if self._hides else self._way is not Way.JSON
            self.body.say(self._words())
        if self.source is not None:
            self.source.display = self._way is Way.JSON and not self._folded
        hidden = self.body is None or not self.body.display
        as_json = self.source is not None and self.source.display
        foldable = self.field.kind in ("object", "list") and not self._bare
        alone = self.field.kind == "fixed" or hidden and not as_json
        self.head.can_focus = foldable or alone and len(self.ways()) > 1
        self.draw_head()

    def _words(self) -> str:
        """Return what an empty body means."""
        match self._way:
            case Way.NULL:
                return "null"
            case Way.VALUE if self.field.kind in ("text", "long_text"):
                return "empty text"
            case Way.LEFT_OUT if not self.field.required:
                return "left out"
            case _:
                return "not given yet"

    def draw_head(self) -> None:
        """Say what this is, and how it stands."""
        parts = [item_handles(self.number)] if self.number else []
        if not self._bare and not self._in_line:
            name = name_of(self.field, needed=self.field.required and not self.number)
            mark = "▸ " if self._is_closed else "▾ "
            parts.append(mark + name if self.field.kind in ("object", "list") else name)
        parts += self._states()
        if words := about(self.field):
            parts.append(words)
        if self.current and len(self.ways()) > 1:
            parts.append(way_handle(self._way_words(self._next_way())))
        self.head.draw(Content("  ").join(part for part in parts if part))

    @property
    def _is_closed(self) -> bool:
        return self._folded or self._way in (Way.NULL, Way.LEFT_OUT)

    def _states(self) -> Iterator[Content]:
        """Yield how it stands, in words."""
        match self._way:
            case Way.NULL:
                yield _stands("null")
            case Way.JSON:
                yield _stands("as JSON")
            case Way.LEFT_OUT if not self.field.required:
                yield _stands("left out")
            case Way.VALUE:
                if self.field.kind == "list":
                    yield Content(_count(sum(1 for _ in self.boxes()), "item"))
                if self.given == self._default:
                    yield Content("default").stylize("$foreground 60%")
                if self.field.kind in ("text", "long_text") and self.given == "":
                    yield _stands("empty text")

    def _way_words(self, way: Way) -> str:
        if way is Way.LEFT_OUT and self.field.required:
            return "clear"
        if way is not Way.VALUE:
            return way.value
        if self._kept not in (LEFT_OUT, ""):
            return "as typed before"
        return _VALUES.get(self.field.kind, "fill in")

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
        typed = self._typed
        if typed == self._seen:
            return
        self._seen = typed
        if self._way is not Way.JSON:
            self._way = self._way_of(typed)
            self._show_way()
        self.altered()

    def _way_of(self, typed: Given) -> Way:
        """A body that was emptied is as it would be had nobody typed."""
        if not isinstance(typed, LeftOut) and typed != "" or not self._may_be_left_out:
            return Way.VALUE
        if self._default is None:
            return Way.NULL
        return Way.VALUE if isinstance(self._default, str) and typed == "" else Way.LEFT_OUT

    @on(Body.Altered)
    def hear_shape(self, event: Message) -> None:
        """Take notice of another shape, or another number of items."""
        event.stop()
        if self.body is not None:
            self._way = self._way_of(self.body.given)
            self._show_way()
        self.altered()

    def altered(self) -> None:
        """Say that something changed here."""
        self.touched = True
        self.post_message(self.Altered(self))

    # Another way

    def ways(self) -> list[Way]:
        """Return the ways in which this field may be given now."""
        return [way for way in Way if self._may_go(way)]

    def _may_go(self, way: Way) -> bool:
        kind = self.field.kind
        match way:
            case Way.NULL:
                return self.field.nullable
            case Way.LEFT_OUT:
                return self._may_be_left_out and not (kind == "fixed" and self.field.required)
            case Way.JSON:
                return self.source is not None or kind in _NESTED
            case _ if self._way is Way.JSON:
                return not isinstance(self._of_source(), LeftOut)
            case _:
                has_one = not isinstance(self._kept, LeftOut)
                return has_one or kind in _EMPTY_IS_A_VALUE or self._way is Way.VALUE

    def _next_way(self) -> Way:
        ways = self.ways()
        return ways[(ways.index(self._way) + 1) % len(ways)] if self._way in ways else ways[0]

    @on(Head.AnotherWay)
    def another_way(self, event: Message | None = None) -> None:
        """Give it the next way."""
        if event is not None:
            event.stop()
        if len(self.ways()) > 1:
            self.go(self._next_way())

    def go(self, way: Way) -> None:
        """Give it this way. What was typed is kept, and comes back."""
        if self._way is Way.VALUE and self.body is not None:
            self._kept = self.body.given
        match way:
            case Way.JSON:
                self._show_source()
            case Way.VALUE if self._way is Way.JSON:
                self._replace_body(self._of_source())
            case Way.VALUE if self.body is None:
                self._replace_body(self._start())
            case Way.VALUE if not self._hides and self.body is not None:
                self.body.fill(self._kept)
            case _ if not self._hides and self.body is not None:
                self.body.fill(LEFT_OUT)
        self._way = way
        self._folded = False
        self._seen = self._typed
        self._show_way()
        self.call_after_refresh(self.take_focus)
        self.altered()

    def _start(self) -> Given:
        """Return what a value begins with, where one is wanted."""
        start = start_of(self.field)
        return start_of(replace(self.field, has_default=False)) if start is None else start

    def _show_source(self) -> None:
        """Begin the JSON with what stands in the fields."""
        given = self.given
        text = "" if isinstance(given, LeftOut) else json_text(read(self.field, given).value)
        if self.source is None:
            self.source = Source(text)
            self._mount(self.source)
        else:
            self.source.fill(text)

    def _of_source(self) -> Given:
        """Return what one would have typed in the fields for this JSON, if they can hold it."""
        text = self.source.given if self.source is not None else ""
        if not isinstance(text, str) or not text.strip():
            return self._start() if isinstance(self._kept, LeftOut) else self._kept
        try:
            typed = typed_of(self.field, read_json(text))
        except JsonProblem:
            return LEFT_OUT
        return typed if fits(self.field, typed) else LEFT_OUT

    def _replace_body(self, given: Given) -> None:
        if self.body is not None:
            self.body.display = False
            self.body.remove()
        self.body = self._body_of(self.field, given)
        self._mount(self.body)

    def _mount(self, widget: Widget) -> None:
        if self.is_attached:
            (self._line if self._in_line else self).mount(widget, after=self.head)

    # Keys

    def take_focus(self) -> None:
        """Give the keys to where one types, or to the head."""
        within = [self.source, self.body, self.head]
        for widget in within:
            if widget is not None and widget.is_attached and widget.display:
                if widget.focusable:
                    widget.focus()
                    return
                if boxes := list(self.boxes()):
                    boxes[0].take_focus()
                    return

    @on(Head.Opened)
    def open(self, event: Message) -> None:
        """Give the value, show it or fold it up."""
        event.stop()
        if self._way in (Way.NULL, Way.LEFT_OUT) and self._may_go(Way.VALUE):
            self.go(Way.VALUE)
        elif self.head.can_focus and self.field.kind in ("object", "list"):
            self._fold()
        else:
            self.take_focus()

    def _fold(self) -> None:
        self._folded = not self._folded
        for widget in (self.body, self.source):
            if widget is not None and not self._folded and not widget.is_attached:
                self._mount(widget)
        self._show_way()


def _stands(words: str) -> Content:
    return Content(words).stylize("$text-warning")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
