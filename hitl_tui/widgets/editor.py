"""Editors: what is typed or pasted is shown escaped, so that nothing hidden can be sent."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, TextAreaTheme

from engine.model import JsonValue
from engine.strict_json import JsonProblem, read_json
from engine.visible import decode, json_text, visible
from hitl_tui.widgets.text_view import titled

HIGHLIGHT_LIMIT = 64 * 1024
"""Above this many characters highlighting makes a keystroke slower than a frame or two."""
LONG_LINE = 2_000
"""A line longer than this is neither wrapped nor highlighted while it is edited."""

_TOKENS = {
    "json.label": "key",
    "number": "number",
    "boolean": "number",
    "json.null": "number",
    "string.escape": "escaped",
}
"""What the grammar calls the parts of JSON, and which of our colours they have."""


class Editor(TextArea):
    """Edits a text in its visible form; `value` is the text it stands for."""

    DEFAULT_CSS = """
    Editor {
        height: 1fr;
        border: none;
        border-top: solid $foreground 20%;
        border-title-color: $foreground 70%;
        border-title-style: bold;
        padding: 0 1;
        background: $surface;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        &:focus {
            border: none;
            border-top: solid $accent;
            border-title-color: $accent;
        }
    }
    """
    HELP = """\
    ### A text to edit
    Type freely: **ctrl+s** sends, nothing else does. Undo is **ctrl+z**, redo **ctrl+y**.
    Characters that cannot be seen are written as `\\u{...}` and are sent as what they stand
    for. What you type is kept as a draft within a second.
    """

    def __init__(self, title: str = "", *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(
            id=id,
            theme="css",
            soft_wrap=True,
            tab_behavior="focus",
            placeholder=placeholder,
            highlight_cursor_line=False,
        )
        self.entitle(title)

    def entitle(self, title: str) -> None:
        """Set the words in the frame; they are ours, or visible text."""
        self._title = title
        self.border_title = titled(title)

    @property
    def value(self) -> str:
        """The text that is meant, with escapes read back."""
        return decode(self.text)

    def show(self, value: str) -> None:
        """Load `value`, the cursor at its start."""
        self._load_visible(visible(value))

    def _load_visible(self, text: str) -> None:
        self.soft_wrap = len(text) <= HIGHLIGHT_LIMIT and _longest_line(text) <= LONG_LINE
        self.load_text(text)

    def edit(self, edit: Edit) -> EditResult:
        """Escape what is hidden in typed and pasted text before it enters the document."""
        if not edit.text.isprintable():
            lines = edit.text.replace("\r\n", "\n").replace("\r", "\n")  # as terminals paste
            edit = replace(edit, text="".join(self._shown(char) for char in lines))
        return super().edit(edit)

    def _shown(self, char: str) -> str:
        return visible(char)


class JsonEditor(Editor):
    """Edits JSON; shows where the first mistake is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json-editor--key",
        "json-editor--number",
        "json-editor--escaped",
        "json-editor--wrong",
    }
    DEFAULT_CSS = """
    JsonEditor {
        min-height: 3;
        & > .json-editor--key { color: $text-primary; }
        & > .json-editor--number { color: $text-accent; }
        & > .json-editor--escaped { color: $text-warning; }
        & > .json-editor--wrong { background: $error; color: $background; text-style: bold underline; }
    }
    """
    HELP = """\
    ### JSON to edit
    Nothing can be sent while this is empty or no JSON; the line below says where the first
    mistake is. A key twice, NaN and numbers too large to keep are mistakes too.
    """

    def __init__(self, title: str = "", *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(title, id=id, placeholder=placeholder)
        self._problem: JsonProblem | None = None

    def on_mount(self) -> None:
        """Colour JSON as the theme of the console says."""
        self.watch(self.app, "theme", self._colour)

    def _colour(self) -> None:
        styles = {
            token: Style(color=self.get_component_rich_style(f"json-editor--{part}").color)
            for token, part in _TOKENS.items()
        }
        self.register_theme(TextAreaTheme("console", syntax_styles=styles))
        self.theme = "css"
        self.theme = "console"

    def show_json(self, value: JsonValue) -> None:
        """Load `value`, pretty-printed."""
        self.show_source(json_text(value))

    def show_source(self, text: str) -> None:
        """Load what was typed before."""
        text = "".join(self._shown(char) if not char.isprintable() else char for char in text)
        self._load_visible(text)
        small = len(text) <= HIGHLIGHT_LIMIT and self.soft_wrap
        self.language = "json" if small and "json" in self.available_languages else None

    def read(self) -> JsonValue:
        """Return the value that stands here. Raises JsonProblem, and marks its place."""
        try:
            value = read_json(self.text)
        except JsonProblem as problem:
            self._mark(problem)
            raise
        self._mark(None)
        return value

    def check(self) -> None:
        """Mark the place of the first mistake, or none."""
        with suppress(JsonProblem):
            self.read()

    def _mark(self, problem: JsonProblem | None) -> None:
        empty = not self.text.strip()
        detail = "" if problem is None or empty else visible(str(problem))
        self.border_title = titled(self._title, detail, "$text-error")
        if str(self._problem) != str(problem):
            self._problem = problem
            self.notify_style_update()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """Draw the line, with the place of the first mistake marked."""
        line = super().get_line(line_index)
        if self._problem is not None and self._problem.line == line_index + 1:
            column = max(0, min(self._problem.column - 1, len(line) - 1))
            line.stylize(self.get_component_rich_style("json-editor--wrong"), column, column + 1)
        return line

    def _shown(self, char: str) -> str:
        return char if char in "\n\t" else re.sub(r'^"|"$', "", json_text(char))


def _longest_line(text: str) -> int:
    return max(map(len, text.split("\n")))
