"""Editors that show hidden characters as escapes, so that nothing unseen can be sent."""

from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from rich.style import Style
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.widgets.text_area import Edit, EditResult

from hitl_engine.model import JsonValue
from hitl_engine.strict_json import JsonProblem
from hitl_engine.visible import decode, json_text, visible, visible_json, visible_typed
from hitl_tui.messages import ExternalEditorRequested
from hitl_tui.state.typed_json import JsonReader
from hitl_tui.text.diff import difference
from hitl_tui.text.json_parts import JsonParts, Part
from hitl_tui.widgets.fast_text_area import FastTextArea
from hitl_tui.widgets.titled_pane import titled

_COLOURS = {
    Part.KEY: "json-editor--key",
    Part.NUMBER: "json-editor--number",
    Part.ESCAPE: "json-editor--escaped",
    Part.HIDDEN: "json-editor--escaped",
}


class Editor(FastTextArea):
    """Edits a text in its visible form; `value` is the text that it means."""

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
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+g",
            "open_external_editor",
            "Your own editor",
            show=False,  # the footer is for deciding; help and palette list this key
            tooltip="Edit this in your own editor",
            id="editor.open_elsewhere",
        ),
        Binding(
            "ctrl+home",
            "text_start",
            "Start of the text",
            show=False,
            tooltip="Move the cursor to the start of the text",
            id="editor.start",
        ),
        Binding(
            "ctrl+end",
            "text_end",
            "End of the text",
            show=False,
            tooltip="Move the cursor to the end of the text",
            id="editor.end",
        ),
    ]
    HELP = """\
    ### A text to edit
    Only **ctrl+s** sends. Undo is **ctrl+z**, redo **ctrl+y**.
    **ctrl+g** opens it in your own editor (`$VISUAL`, `$EDITOR`); what you save there is one edit.
    Hidden characters are written as `\\u{...}`, and are sent as the characters they mean. What you
    type is kept as a draft within a second.
    """

    SUFFIX: ClassVar[str] = ".txt"
    """The suffix of a file with this text."""

    def __init__(self, title: str = "", *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(id=id, placeholder=placeholder)
        self.set_title(title)

    def set_title(self, title: str, detail: str = "") -> None:
        """Set the title in the frame; both texts are already visible text."""
        self._title = title
        self.border_title = titled(title, detail)

    @property
    def value(self) -> str:
        """The text, with escapes read back."""
        return decode(self.text)

    def show(self, value: str) -> None:
        """Load `value`, the cursor at its start."""
        self.load_text(visible(value))

    def edit(self, edit: Edit) -> EditResult:
        """Escape hidden characters in typed and pasted text before they enter the document."""
        if not edit.text.isprintable():
            lines = edit.text.replace("\r\n", "\n").replace("\r", "\n")  # as terminals paste
            edit = replace(edit, text=self.shown(lines))
        return super().edit(edit)

    def shown(self, typed: str) -> str:
        """Return a typed text as the editor shows it."""
        return visible_typed(typed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the user's own editor where there is a terminal for it."""
        if action == "open_external_editor":
            return not self.app.is_web
        return super().check_action(action, parameters)

    def action_text_start(self) -> None:
        """Move the cursor to the start of the text."""
        self.move_cursor((0, 0))

    def action_text_end(self) -> None:
        """Move the cursor to the end of the text.

        Where it must be seen before it is sent as it is, the card does the rest of what the key does.
        """
        self.move_cursor(self.document.end)
        if self.unseen:
            raise SkipAction

    def action_open_external_editor(self) -> None:
        """Ask the screen to open the user's own editor."""
        if not self.read_only:
            self.post_message(ExternalEditorRequested(self))

    def take_back(self, text: str) -> None:
        """Take the text from the external editor, as one edit of the part that differs."""
        old, new = self.text, self.shown(text)
        if old == new:
            return
        start, old_end, new_end = difference(old, new)
        self.history.checkpoint()
        self.edit(Edit(new[start:new_end], _place(old, start), _place(old, old_end), False))
        self.history.checkpoint()


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index), index - (text.rfind("\n", 0, index) + 1)


class JsonEditor(Editor):
    """Edits JSON, and shows where its first mistake is."""

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
    SUFFIX = ".json"
    HELP = """\
    ### JSON to edit
    It cannot be sent while it is empty or not JSON; the title shows the first mistake. A key that
    occurs twice, NaN, and numbers too large to store are mistakes too.
    """

    def __init__(self, title: str = "", *, id: str | None = None, placeholder: str = "") -> None:
        self._problem: JsonProblem | None = None
        self._parts = JsonParts()
        self.reader = JsonReader()
        """Another one can be put here: what it has read is not read again."""
        super().__init__(title, id=id, placeholder=placeholder)

    def show_json(self, value: JsonValue) -> None:
        """Load `value`, pretty-printed."""
        self.show_source(json_text(value))

    def show_source(self, text: str) -> None:
        """Load JSON as it was typed."""
        self.load_text(self.shown(text))

    def read(self) -> JsonValue:
        """Return the value. Raises JsonProblem, and marks its place."""
        try:
            value = self.reader(self.text)
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

    def text_changed(self) -> None:
        """Find the colours again."""
        self._parts.forget()

    def row_styles(self, line_index: int, start: int, end: int) -> list[tuple[int, int, Style]]:
        """Colour the parts of JSON, and mark the place of the first mistake."""
        line = self.document[line_index]
        styles = [
            (first, last, self._colour(_COLOURS[part]))
            for first, last, part in self._parts.spans(line_index, line, start, end)
            if part in _COLOURS
        ]
        if self._problem is not None and self._problem.line == line_index + 1:
            column = max(0, min(self._problem.column, len(line)) - 1)
            styles.append((column, column + 1, self.get_component_rich_style("json-editor--wrong")))
        return styles

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(name).color)

    def shown(self, typed: str) -> str:
        """Return typed JSON as the editor shows it."""
        return visible_json(typed)
