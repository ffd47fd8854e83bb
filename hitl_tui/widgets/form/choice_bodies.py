"""Bodies with a fixed set of values: yes or no (boolean), one of several (enum), one (const)."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Select

from hitl_engine.forms.typed_values import Typed
from hitl_engine.model import FormField, JsonValue
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.state.field_entry import LEFT_OUT, Entry
from hitl_tui.widgets.choice_list import ChoiceList
from hitl_tui.widgets.form.body import Body

_IN_VIEW = 12
"""More choices than this are in a list that opens."""
_ACROSS = 60
"""Choices that fit in so many cells are shown next to each other."""


class EnumBody(ChoiceList, Body):
    """One of a few values, all in view."""

    def __init__(self, labels: tuple[str, ...], entry: Entry) -> None:
        across = sum(len(label) + 5 for label in labels) <= _ACROSS
        super().__init__(labels, _picked(entry, len(labels)), across=across)

    @property
    def entry(self) -> Entry:
        """The index of the choice."""
        return next(iter(self.picked), LEFT_OUT)

    def fill(self, entry: Entry) -> None:
        """Show what was picked, or that nothing is."""
        self.picked = _picked(entry, len(self._labels))


class BooleanBody(EnumBody):
    """Yes, no, or neither yet."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(0)", "Yes", tooltip="Pick yes", id="pick.yes"),
        Binding("n", "answer(1)", "No", tooltip="Pick no", id="pick.no"),
    ]

    def __init__(self, entry: Entry) -> None:
        super().__init__(("yes", "no"), _index_of_boolean(entry))

    @property
    def entry(self) -> Entry:
        """True, false, or nothing."""
        picked = next(iter(self.picked), None)
        return LEFT_OUT if picked is None else picked == 0

    def fill(self, entry: Entry) -> None:
        """Show what was picked, or that nothing is."""
        super().fill(_index_of_boolean(entry))

    def action_answer(self, index: int) -> None:
        """Pick yes or no; pressing the key again changes nothing."""
        if index not in self.picked:
            self.pick(index)


class EnumSelectBody(Select[int], Body):
    """One of many values, in a list that opens."""

    DEFAULT_CSS = """
    EnumSelectBody { width: 1fr; }
    """
    HELP = """\
    ### A choice of many
    **enter** opens the list; there, typing finds an entry, **enter** picks it, **escape** closes it.
    """

    def __init__(self, labels: tuple[str, ...], entry: Entry) -> None:
        chosen = next(iter(_picked(entry, len(labels))), None)
        super().__init__(
            [(_prompt(label), index) for index, label in enumerate(labels)],
            value=Select.NULL if chosen is None else chosen,
            compact=True,
            prompt="Choose",
        )
        self._count = len(labels)

    @property
    def entry(self) -> Entry:
        """The index of the choice."""
        return self.value if isinstance(self.value, int) else LEFT_OUT

    def fill(self, entry: Entry) -> None:
        """Show what was chosen, or that nothing is."""
        chosen = next(iter(_picked(entry, self._count)), None)
        self.value = Select.NULL if chosen is None else chosen


def enum_body(labels: tuple[str, ...], entry: Entry) -> Body:
    """Return a body for one of these choices: in view, or in a list if they are many."""
    return (EnumBody if len(labels) <= _IN_VIEW else EnumSelectBody)(labels, entry)


class ConstBody(Body):
    """The one value that is possible here."""

    DEFAULT_CSS = """
    ConstBody { height: auto; width: 1fr; padding: 0 1; color: $foreground 70%; }
    """

    def __init__(self, value: JsonValue) -> None:
        super().__init__()
        self._text = f"always {json_text(value, indent=None)}"

    def render(self) -> RenderResult:
        """Show the value."""
        return Content(self._text)

    @property
    def entry(self) -> Typed:
        """True: the value is given."""
        return True


def _prompt(label: str) -> Text:
    """Return a label that is not read as markup; a list finds it by its first letters."""
    return Text(one_line(label, 120))


def choice_labels(field: FormField) -> tuple[str, ...]:
    """Return the labels of choices: those of the schema, or texts as they are, or their JSON."""
    if field.labels:
        return tuple(visible(label) for label in field.labels)
    texts = [choice for choice in field.choices if isinstance(choice, str) and choice.strip()]
    if len(texts) == len(field.choices):
        return tuple(visible(text) for text in texts)
    return tuple(json_text(choice, indent=None) for choice in field.choices)


def _picked(entry: Entry, count: int) -> frozenset[int]:
    known = isinstance(entry, int) and not isinstance(entry, bool) and 0 <= entry < count
    return frozenset({entry}) if known and isinstance(entry, int) else frozenset()


def _index_of_boolean(entry: Entry) -> Entry:
    return LEFT_OUT if not isinstance(entry, bool) else 0 if entry else 1
