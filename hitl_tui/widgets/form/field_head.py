"""The line above a field: its name, what is expected, and how the field is given."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from hitl_engine.model import FormField
from hitl_engine.visible import visible
from hitl_tui.state.field_entry import TEXTS, Entry
from hitl_tui.state.field_modes import FieldMode
from hitl_tui.text.fitting import counted


class FieldHead(Static):
    """Names a field. Takes the focus where the field has no other widget for it."""

    DEFAULT_CSS = """
    FieldHead { height: auto; width: 1fr; &:focus { background: $panel; } }
    """
    HELP = """\
    ### A part of a form
    **enter** opens or folds it. **f4** gives it as null, leaves it out, or takes it as JSON.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space",
            "open",
            "Open or fold",
            tooltip="Show this part of the form, or fold it",
            id="form.open",
        )
    ]

    class Opened(Message):
        """The user asked to fold or unfold the field."""

    class ModeRequested(Message):
        """The user asked to give the field in the next mode."""

    class MoveRequested(Message):
        """The user asked to move or remove this item of an array."""

        def __init__(self, head: "FieldHead", by: int | None) -> None:
            super().__init__()
            self.head = head
            self.by = by
            """How many places down; None to remove it."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._shown = Content("")
        self.display = False

    def draw(self, content: Content) -> None:
        """Show `content`. The layout is computed again only if the number of rows changes."""
        before, self._shown = self._shown, content
        if content.is_same(before):
            return
        width = self.size.width
        rows = [each.get_height({}, width) if width else 0 for each in (before, content)]
        self.display = bool(content)
        self.update(content, layout=not width or rows[0] != rows[1])

    def action_open(self) -> None:
        """Fold or unfold the field."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Do what enter does, unless the click is on a link."""
        if "@click" not in event.style.meta:
            self.post_message(self.Opened())

    def action_next_mode(self) -> None:
        """Give the field in the next mode."""
        self.post_message(self.ModeRequested())

    def action_move(self, by: int) -> None:
        """Move the item."""
        self.post_message(self.MoveRequested(self, by))

    def action_remove(self) -> None:
        """Remove the item."""
        self.post_message(self.MoveRequested(self, None))


def name_of(field: FormField, *, needed: bool) -> Content:
    """Return the title, and whether the field must be given."""
    mark = (" needed", "$text-accent") if needed else ""
    return Content.assemble((visible(field.title), "bold"), mark)


def description_of(field: FormField) -> Content:
    """Return what is expected, and why the field takes JSON if it does."""
    parts = (*field.hints, field.description, field.beyond)
    return Content(" · ".join(visible(part) for part in parts if part)).stylize("$foreground 60%")


def mode_of(field: FormField, mode: FieldMode, entry: Entry, default: Entry) -> Content:
    """Return how a field is given, where the body alone does not show it."""
    return Content("  ").join(_mode_parts(field, mode, entry, default))


def _mode_parts(
    field: FormField, mode: FieldMode, entry: Entry, default: Entry
) -> Iterator[Content]:
    match mode:
        case FieldMode.NULL:
            yield _warning("null")
        case FieldMode.JSON:
            yield _warning("as JSON")
        case FieldMode.LEFT_OUT if not field.required:
            yield _warning("left out")
        case FieldMode.VALUE:
            if isinstance(entry, list):
                yield Content(counted(len(entry), "item"))
            if entry == default:
                yield Content("default").stylize("$foreground 60%")
            if field.kind in TEXTS and entry == "":
                yield _warning("empty text")


def _warning(text: str) -> Content:
    return Content(text).stylize("$text-warning")


def item_links(number: int) -> Content:
    """Return the number of an item, and links that move and remove it by a click."""
    return Content.assemble(
        (f"{number} ", "$foreground 60%"),
        ("↑", _click("move(-1)")),
        ("↓", _click("move(1)")),
        ("×", _click("remove")),
    )


def mode_link(label: str) -> Content:
    """Return a link that changes the mode by a click, with its key."""
    return Content.assemble((f"f4 {label}", _click("next_mode") + Style(underline=True)))


def _click(action: str) -> Style:
    return Style.from_meta({"@click": action})
