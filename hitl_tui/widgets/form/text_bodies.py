"""Bodies that are typed into: texts, numbers, JSON."""

from textual.content import Content

from hitl_engine.forms.typed_values import Typed
from hitl_tui.state.field_entry import Entry
from hitl_tui.widgets.editor import Editor, JsonEditor
from hitl_tui.widgets.form.body import Body
from hitl_tui.widgets.line_input import LineInput


class TextBody(Body):
    """A body whose value is a text. It keeps the text until it is mounted."""

    _unmounted: str | None = None

    def keep(self, entry: Entry) -> None:
        """Keep the text until the body is mounted."""
        self._unmounted = entry if isinstance(entry, str) else ""

    def on_mount(self) -> None:
        """Show the text."""
        if self._unmounted is not None:
            kept, self._unmounted = self._unmounted, None
            self.put(kept)

    @property
    def entry(self) -> Typed:
        """The text, with escapes read back."""
        return self.take() if self._unmounted is None else self._unmounted

    def fill(self, entry: Entry) -> None:
        """Show a text, or nothing."""
        if self._unmounted is None:
            self.put(entry if isinstance(entry, str) else "")
        else:
            self.keep(entry)

    def put(self, text: str) -> None:
        """Load a text into the widget."""
        raise NotImplementedError

    def take(self) -> str:
        """Return the text in the widget."""
        raise NotImplementedError


class LineBody(LineInput, TextBody):
    """A text on one line, or a number, kept as it is typed."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.keep(entry)

    def put(self, text: str) -> None:
        """Load a text."""
        self.load(text)

    def take(self) -> str:
        """Return the text, with escapes read back."""
        return self.text

    def set_placeholder(self, text: str) -> None:
        """Show `text` while the line is empty."""
        self.placeholder = text


class LongTextBody(Editor, TextBody):
    """A text of many lines."""

    DEFAULT_CSS = """
    LongTextBody { min-height: 3; border: none; &:focus { border: none; background: $panel; } }
    """

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.keep(entry)

    def put(self, text: str) -> None:
        """Load a text."""
        self.styles.height = _height(text)
        self.show(text)

    def take(self) -> str:
        """Return the text, with escapes read back."""
        return self.value

    def set_placeholder(self, text: str) -> None:
        """Show `text` while the editor is empty."""
        self.placeholder = Content(text)


class JsonBody(JsonEditor, TextBody):
    """A value given as JSON."""

    DEFAULT_CSS = """
    JsonBody { min-height: 4; &.-whole { height: 1fr; } }
    """

    def __init__(self, entry: Entry, example: str = "") -> None:
        super().__init__("JSON")
        self._example = example
        self.keep(entry)

    def put(self, text: str) -> None:
        """Load JSON as it was typed."""
        if not self.has_class("-whole"):
            self.styles.height = _height(text) + 1
        self.show_source(text)

    def take(self) -> str:
        """Return the JSON as it is typed."""
        return self.text

    def set_placeholder(self, text: str) -> None:
        """Show an example and `text` while the editor is empty."""
        self.placeholder = Content("\n".join(part for part in (self._example, text) if part))


def _height(text: str) -> int:
    """Return how many rows an editor has that begins with this text."""
    return max(3, min(text.count("\n") + 2, 10))
