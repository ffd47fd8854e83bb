"""An app of one text widget, ours or Textual's own, which loads a large text on `f5`."""

import json
import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from hitl_tui.themes import THEMES
from hitl_tui.widgets.editor import Editor, JsonEditor
from hitl_tui.widgets.text_view import Syntax, TextPane

FIRST = "BEGIN"
"""The first row of every text contains this."""


def text_of(kind: str, size: int) -> str:
    """Return about `size` characters: lines of `text`, indented `json`, or one `line`."""
    words = "a node asks what a person thinks of it "
    match kind:
        case "text":
            count = size // 50
            return FIRST + "\n" + "\n".join(f"{n:09d} {words}" for n in range(count))
        case "json":
            rows = [
                {"id": n, "text": words, "ok": True, "tags": ["a", n]} for n in range(size // 133)
            ]
            return json.dumps({FIRST: rows}, indent=2)
        case _:
            return f"{FIRST} " + words * (size // len(words))


class TextApp(App[None]):
    """Shows one widget with one text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f5", "load", "Load")]

    def __init__(self, whose: str, kind: str, size: int) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self._text = text_of(kind, size)
        self._kind = kind
        language = "json" if kind == "json" else None
        self.widget: TextArea | TextPane
        match whose:
            case "stock":
                self.widget = TextArea(language=language)
            case "editor":
                self.widget = JsonEditor() if kind == "json" else Editor()
            case _:
                self.widget = TextPane(numbered=True)
        self._value = json.loads(self._text) if kind == "json" else None

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        if isinstance(self.widget, TextArea):
            self.widget.cursor_blink = False  # its frames would be counted as frames of a key
            self.widget.load_text("ready")
        else:
            self.widget.show_lines(["ready"])
        self.widget.focus()

    def action_load(self) -> None:
        match self.widget:
            case JsonEditor():
                self.widget.show_json(self._value)
            case Editor():
                self.widget.show(self._text)
            case TextArea():
                self.widget.load_text(self._text)
            case TextPane():
                if self._kind == "json":
                    self.widget.show_json(self._value)
                else:
                    self.widget.show_text(self._text, Syntax.PLAIN)


if __name__ == "__main__":
    TextApp(sys.argv[1], sys.argv[2], int(sys.argv[3])).run()
