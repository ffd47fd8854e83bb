"""The part for a choice: the request offers answers, and one of them is sent."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList

from hitl_engine.model import Choices, Choose, JsonObject
from hitl_engine.visible import one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.widgets.answer_ways import Way
from hitl_tui.widgets.cards.card_body import CardBody
from hitl_tui.widgets.cards.question_part import QuestionPart
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.seen_options import SeenOptions
from hitl_tui.widgets.text_view import TextPane

_NUMBERED = 9
"""Answers that have a number key."""
_LETTERS = {"yes": "y", "no": "n"}
"""Answers that also have a letter."""


class ChoicePart(QuestionPart):
    """Shows what is asked and the answers; none is chosen until the user does."""

    DEFAULT_CSS = """
    ChoicePart {
        #asked { height: auto; min-height: 3; }
        #options { height: auto; min-height: 2; border: none; padding: 0; background: $surface; }
        #text { display: none; height: 5; }
        &.-with-text #text { display: block; }
    }
    """
    TITLE = "Choice"
    WAYS: ClassVar[tuple[Way, ...]] = (Way.FORM, Way.TEXT, Way.JSON, Way.YES_NO)
    HELP = """\
    ### A choice
    Press a number, or go to an answer and press **enter**; then **ctrl+s** sends it. Some answers
    take a text. **ctrl+t** answers with a text, JSON, or yes or no instead.
    """

    def __init__(self, review: Choices) -> None:
        super().__init__()
        self.review = review
        self.chosen: int | None = None
        self._letters = {
            letter: index
            for index, option in enumerate(review.options)
            if (letter := _LETTERS.get(option.label.casefold()))
        }
        self.asked = TextPane("Asked", id="asked")
        self.asked.keep_seen()
        lines = (self._line(index) for index in range(len(review.options)))
        self.options = SeenOptions(*lines, id="options", markup=False)
        self.options.keep_seen()
        self.text = Editor(id="text", placeholder="Type here")

    def compose(self) -> ComposeResult:
        """Put the answers below what is asked, and the text of the chosen answer last."""
        yield self.asked
        yield self.options
        yield self.text

    def load(self, typed: JsonObject) -> None:
        """Show what is asked, and what was chosen and typed before."""
        self.fits = True
        self.asked.show_text(self.review.prompt)
        if not self.review.listed:
            self.asked.set_title("Asked", "the answers below are a guess; ctrl+t gives any other")
        text, chosen = typed.get("beside"), typed.get("chosen")
        self.text.show(text if isinstance(text, str) else "")
        known = isinstance(chosen, int) and 0 <= chosen < len(self.review.options)
        self._mark(chosen if known and isinstance(chosen, int) else None)

    def content(self) -> JsonObject:
        """Return what is chosen and typed."""
        return {"chosen": self.chosen, "beside": self.text.value}

    @property
    def length(self) -> int:
        """The length of the text."""
        return len(self.text.text)

    def decision(self) -> Choose:
        """Return the chosen answer. Raises NotReady."""
        if self.chosen is None:
            raise NotReady("Choose an answer: press its number, or enter on it.")
        option = self.review.options[self.chosen]
        text = self.text.value if option.text_key else ""
        if option.needs_text and not text:
            raise NotReady(f"“{one_line(option.label, 60)}” needs a text.")
        if self.unseen:
            raise self.not_seen("what is asked")
        return Choose(self.chosen, text or None)

    @property
    def unseen(self) -> int:
        """How many rows of what is asked, and of the answers, were not on the screen."""
        return self.asked.view.unseen + self.options.unseen

    def jump_to_end(self) -> None:
        """Show the end of what is asked and of the answers, and count all of both as seen."""
        self.asked.jump_to_end()
        self.options.count_as_seen()
        self.options.scroll_end(animate=False)

    def first_field(self) -> OptionList:
        """Return the answers."""
        return self.options

    # Choosing

    def index_of(self, key: str) -> int | None:
        """Return the answer that this key chooses; None if there is none."""
        index = int(key) - 1 if key.isdecimal() else self._letters.get(key)
        return index if index in range(len(self.review.options)) else None

    def choose(self, index: int) -> None:
        """Choose an answer; what was typed for another one is kept."""
        self._mark(index)
        if self.review.options[index].needs_text:
            self.text.focus()
        self.changed(guarded=True)

    @on(OptionList.OptionSelected)
    def choose_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose the answer under the cursor or the mouse."""
        event.stop()
        self.choose(event.option_index)

    def _mark(self, index: int | None) -> None:
        self.chosen = index
        for each in range(len(self.review.options)):
            self.options.replace_option_prompt_at_index(each, self._line(each))
        option = self.review.options[index] if index is not None else None
        self.set_class(bool(option and option.text_key), "-with-text")
        if index is not None:
            self.options.highlighted = index
        if option is not None:
            needed = "needed" if option.needs_text else "may be empty"
            self.text.set_title(f"{one_line(option.label, 60)}: {option.text_key} ({needed})")

    def _line(self, index: int) -> Content:
        letter = next((each for each, at in self._letters.items() if at == index), "")
        number = f"{index + 1} {letter}".rstrip() if index < _NUMBERED else " "
        chosen = index == self.chosen
        return Content.assemble(
            ("● " if chosen else "  ", "$accent"),
            (f"{number}  ", "$text-muted"),
            (
                one_line(self.review.options[index].label, 200),
                "bold $text-accent" if chosen else "",
            ),
        )


class ChoiceKeys(CardBody):
    """The keys that choose an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1",
            "choose(0)",
            "Choose",
            key_display=f"1–{_NUMBERED}",
            tooltip="Choose the answer with this number; the other digits do the same",
            id="choice.choose",
        ),
    ]

    def __init__(self, part: ChoicePart) -> None:
        super().__init__()
        self._part = part

    def on_key(self, event: events.Key) -> None:
        """Let the other numbers, and the first letters of yes and no, do what 1 does."""
        index = self._part.index_of(event.key)
        if index is not None and self.check_action("choose", (index,)):
            event.stop()
            self.action_choose(index)

    def action_choose(self, index: int) -> None:
        """Choose an answer."""
        self._part.choose(index)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the numbers of the answers while these are in view."""
        if action == "choose":
            known = parameters[0] in range(len(self._part.review.options))
            return known and self._part.in_use and not self._part.card.answered
        return True
