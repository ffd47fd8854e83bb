"""Bodies that are typed into: texts, numbers, JSON."""

from textual.content import Content

from hitl_engine.forms.typed_values import Typed
from hitl_tui.widgets.editor import Editor, JsonEditor
from hitl_tui.widgets.form.body import Body, Given
from hitl_tui.widgets.line_editor import Line


class TypedBody(Body):
    """A body whose value is a text; it keeps what was given until it is on the screen."""

    _kept: str | None = None

    def keep(self, given: Given) -> None:
        """Keep what is given until there is a place for it."""
        self._kept = given if isinstance(given, str) else ""

    def on_mount(self) -> None:
        """Show it."""
        if self._kept is not None:
            kept, self._kept = self._kept, None
            self.put(kept)

    @property
    def given(self) -> Typed:
        """The text that is meant."""
        return self.take() if self._kept is None else self._kept

    def fill(self, given: Given) -> None:
        """Show a text, or nothing."""
        if self._kept is None:
            self.put(given if isinstance(given, str) else "")
        else:
            self.keep(given)

    def put(self, text: str) -> None:
        """Load a text."""
        raise NotImplementedError

    def take(self) -> str:
        """Return the text."""
        raise NotImplementedError


class OneLine(Line, TypedBody):
    """A text on one line, or a number, kept as it is typed."""

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.keep(given)

    def put(self, text: str) -> None:
        """Load a text."""
        self.load(text)

    def take(self) -> str:
        """Return the text that is meant."""
        return self.text

    def say(self, words: str) -> None:
        """Say it where the text will be."""
        self.placeholder = words


class LongText(Editor, TypedBody):
    """A text of many lines."""

    DEFAULT_CSS = """
    LongText { min-height: 3; border: none; &:focus { border: none; background: $panel; } }
    """

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.keep(given)

    def put(self, text: str) -> None:
        """Load a text."""
        self.styles.height = _height(text)
        self.show(text)

    def take(self) -> str:
        """Return the text that is meant."""
        return self.value

    def say(self, words: str) -> None:
        """Say it where the text will be."""
        self.placeholder = Content(words)


class Source(JsonEditor, TypedBody):
    """A value given as JSON."""

    DEFAULT_CSS = """
    Source { min-height: 4; &.-whole { height: 1fr; } }
    """

    def __init__(self, given: Given, example: str = "") -> None:
        super().__init__("JSON")
        self._example = example
        self.keep(given)

    def put(self, text: str) -> None:
        """Load JSON as it was typed."""
        if not self.has_class("-whole"):
            self.styles.height = _height(text) + 1
        self.show_source(text)

    def take(self) -> str:
        """Return the JSON as it is typed."""
        return self.text

    def say(self, words: str) -> None:
        """Say it where the JSON will be, after an example."""
        self.placeholder = Content("\n".join(part for part in (self._example, words) if part))


def _height(text: str) -> int:
    """Return how many rows an editor takes that begins with this text."""
    return max(3, min(text.count("\n") + 2, 10))
