"""Bodies that are picked from: yes or no, one of several values, the one value there is."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Select

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField, JsonValue
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.widgets.form.body import LEFT_OUT, Body, Given
from hitl_tui.widgets.pick_list import Pick

IN_VIEW = 12
"""More choices than this are not all shown at once."""
_ACROSS = 60
"""Cells in which choices stand side by side."""


class OneOf(Pick, Body):
    """One of a few values, all in view."""

    def __init__(self, labels: tuple[str, ...], given: Given) -> None:
        across = sum(len(label) + 5 for label in labels) <= _ACROSS
        super().__init__(labels, _index(given, len(labels)), across=across)

    @property
    def given(self) -> Given:
        """The index of what is picked."""
        return next(iter(self.picked), LEFT_OUT)

    def fill(self, given: Given) -> None:
        """Show what was picked, or that nothing is."""
        self.picked = _index(given, len(self._labels))


class YesOrNo(OneOf):
    """Yes, no, or not said yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "say(0)", "Yes", tooltip="Say yes", id="pick.yes"),
        Binding("n", "say(1)", "No", tooltip="Say no", id="pick.no"),
    ]

    def __init__(self, given: Given) -> None:
        super().__init__(("yes", "no"), _of_boolean(given))

    @property
    def given(self) -> Given:
        """True, false, or nothing."""
        picked = next(iter(self.picked), None)
        return LEFT_OUT if picked is None else picked == 0

    def fill(self, given: Given) -> None:
        """Show what was said, or that nothing was."""
        super().fill(_of_boolean(given))

    def action_say(self, index: int) -> None:
        """Say it; saying it twice takes nothing back."""
        if index not in self.picked:
            self.pick(index)


class OneOfMany(Select[int], Body):
    """One of many values, in a list that opens; letters find it there."""

    DEFAULT_CSS = """
    OneOfMany { width: 1fr; }
    """
    HELP = """\
    ### A choice of many
    **enter** opens the list; there, typing finds an entry, **enter** picks it, **escape** closes it.
    """

    def __init__(self, labels: tuple[str, ...], given: Given) -> None:
        chosen = next(iter(_index(given, len(labels))), None)
        super().__init__(
            [(_prompt(label), index) for index, label in enumerate(labels)],
            value=Select.NULL if chosen is None else chosen,
            compact=True,
            prompt="Choose",
        )
        self._count = len(labels)

    @property
    def given(self) -> Given:
        """The index of what is chosen."""
        return self.value if isinstance(self.value, int) else LEFT_OUT

    def fill(self, given: Given) -> None:
        """Show what was chosen, or that nothing is."""
        chosen = next(iter(_index(given, self._count)), None)
        self.value = Select.NULL if chosen is None else chosen


class Always(Body):
    """The one value that is taken here."""

    DEFAULT_CSS = """
    Always { height: auto; width: 1fr; padding: 0 1; color: $foreground 70%; }
    """

    def __init__(self, value: JsonValue) -> None:
        super().__init__()
        self._words = f"always {json_text(value, indent=None)}"

    def render(self) -> RenderResult:
        """Show the value."""
        return Content(self._words)

    @property
    def given(self) -> Typed:
        """It is what it is."""
        return True


def _prompt(label: str) -> Text:
    """Return a label that is not read as markup, and is found by its letters."""
    return Text(one_line(label, 120))


def choice_labels(field: FormField) -> tuple[str, ...]:
    """Return what the choices are called: their names, or texts as they are, or their JSON."""
    if field.labels:
        return tuple(visible(label) for label in field.labels)
    texts = [choice for choice in field.choices if isinstance(choice, str) and choice.strip()]
    if len(texts) == len(field.choices):
        return tuple(visible(text) for text in texts)
    return tuple(json_text(choice, indent=None) for choice in field.choices)


def _index(given: Given, count: int) -> frozenset[int]:
    known = isinstance(given, int) and not isinstance(given, bool) and 0 <= given < count
    return frozenset({given}) if known and isinstance(given, int) else frozenset()


def _of_boolean(given: Given) -> Given:
    return LEFT_OUT if not isinstance(given, bool) else 0 if given else 1
