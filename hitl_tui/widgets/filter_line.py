"""The line in which one types what the list should hold."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key, Paste
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from engine.visible import one_line


class FilterLine(Widget, can_focus=True):
    """One line of text, out of sight until it is opened; says `Changed` at each key.

    Far lighter than a stock input, which would double what the first paint has to load.
    """

    DEFAULT_CSS = """
    FilterLine {
        display: none; height: 1; padding: 0 1; background: $panel; dock: bottom;
        margin-bottom: 1;
        &.-open { display: block; }
        &:focus { color: $foreground; }
    }
    """
    HELP = """\
    ### The filter
    Lists what holds this text: in the graph, node or thread, or in what is asked.
    **Enter** goes to the list, **escape** lists everything again.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "To the list", tooltip="Keep the filter", id="filter.keep"),
        Binding("escape", "clear", "Everything", tooltip="List everything", id="filter.clear"),
        Binding(
            "backspace", "shorten", show=False, tooltip="One character less", id="filter.shorten"
        ),
    ]

    needle: reactive[str] = reactive("")

    @dataclass
    class Changed(Message):
        """This is to be listed now."""

        needle: str

    class Closed(Message):
        """The keys may go elsewhere."""

    def render(self) -> Content:
        """Draw what was typed, and a cursor."""
        cursor = ("█", "$accent") if self.has_focus else ""
        return Content.assemble(("Filter  ", "bold $accent"), one_line(self.needle), cursor)

    def open(self) -> None:
        """Come into view and take the keys."""
        self.add_class("-open")
        self.focus()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Take every character that can be seen."""
        return character is not None and character.isprintable()

    def on_key(self, event: Key) -> None:
        """Add a character."""
        if event.is_printable and event.character:
            event.stop()
            self.needle += event.character

    def on_paste(self, event: Paste) -> None:
        """Add the first line of what was pasted."""
        self.needle += event.text.partition("\n")[0]

    def watch_needle(self, needle: str) -> None:
        """Say what is to be listed."""
        if self.is_mounted:
            self.post_message(self.Changed(needle))

    def action_shorten(self) -> None:
        """Take the last character away."""
        self.needle = self.needle[:-1]

    def action_keep(self) -> None:
        """Give the keys away; what is listed stays."""
        self.set_class(bool(self.needle), "-open")
        self.post_message(self.Closed())

    def action_clear(self) -> None:
        """List everything again."""
        self.needle = ""
        self.action_keep()
