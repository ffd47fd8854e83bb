"""The card for a choice: answers that are offered ready-made, one of which is sent."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList

from hitl_engine.model import Choices, Choose, JsonObject, Option, Question
from hitl_engine.visible import one_line
from hitl_tui.state.not_ready import NotReady
from hitl_tui.widgets.cards.question_card import AnswerOf, QuestionCard
from hitl_tui.widgets.editor import Editor
from hitl_tui.widgets.text_view import TextPane

_BY_NUMBER = 9
"""Options that have a key of their own."""
_LETTERS = {"yes": "y", "no": "n"}
"""Answers that have a letter besides."""


class ChoiceCard(QuestionCard):
    """Shows what is asked and what can be chosen; nothing is chosen until a person does."""

    DEFAULT_CSS = """
    ChoiceCard {
        #asked { height: 1fr; min-height: 3; }
        #options { height: auto; max-height: 50%; border: none; padding: 0; background: $surface; }
        #options > .option-list--option-highlighted { background: $primary 25%; color: $foreground; }
        #beside { display: none; height: 5; }
        &.-with-text #beside { display: block; }
    }
    """
    HELP = """\
    ### A choice
    Press a number, or go to an answer and press **enter**; then **ctrl+s** sends it. Some answers
    take a text. **ctrl+t** answers with JSON, a text, or yes or no instead.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1",
            "choose(0)",
            "Choose",
            key_display=f"1–{_BY_NUMBER}",
            tooltip="Choose the answer with this number",
            id="choice.choose",
        ),
    ]

    def __init__(
        self, question: Question, answer_of: AnswerOf, typed: JsonObject | None = None
    ) -> None:
        super().__init__(question, answer_of, typed)
        assert isinstance(question.review, Choices), "a choice card is for a choice"
        self.review = question.review
        self.chosen: int | None = None
        self._letters = {
            letter: index
            for index, option in enumerate(self.review.options)
            if (letter := _LETTERS.get(option.label.casefold()))
        }
        self.asked = TextPane("Asked", id="asked")
        self.options = OptionList(
            *(self._line(index) for index in range(len(self.review.options))),
            id="options",
            markup=False,
        )
        self.beside = Editor(id="beside", placeholder="Type here")

    def compose_form(self) -> ComposeResult:
        """Put the answers below what is asked, and a text beside them where one is taken."""
        yield self.asked
        yield self.options
        yield self.beside

    def load(self) -> None:
        """Show what is asked."""
        self.asked.show_text(self.review.prompt)
        if not self.review.listed:
            self.asked.set_title("Asked", "the answers below are a guess; ctrl+t gives any other")

    def restore(self, typed: JsonObject) -> None:
        """Take up what was chosen and typed."""
        super().restore(typed)
        beside, chosen = typed.get("beside"), typed.get("chosen")
        self.beside.show(beside if isinstance(beside, str) else "")
        known = isinstance(chosen, int) and 0 <= chosen < len(self.review.options)
        self._mark(chosen if known and isinstance(chosen, int) else None)

    def form_content(self) -> JsonObject:
        """Return what is chosen and typed."""
        return {"chosen": self.chosen, "beside": self.beside.value}

    def decision(self) -> Choose:
        """Return the option that is chosen."""
        if self.chosen is None:
            raise NotReady("Choose an answer: press its number, or enter on it.")
        option = self.review.options[self.chosen]
        text = self.beside.value if option.text_key else ""
        if option.needs_text and not text:
            raise NotReady(f"“{one_line(option.label, 60)}” needs a text.")
        return Choose(self.chosen, text or None)

    def size_of_form(self) -> int:
        """Return how long the text is."""
        return len(self.beside.text)

    def first_field(self) -> OptionList:
        """Begin in the answers."""
        return self.options

    # Choosing

    def on_key(self, event: events.Key) -> None:
        """Let the other numbers, and the first letters of yes and no, do what 1 does."""
        index = int(event.key) - 1 if event.key.isdecimal() else self._letters.get(event.key)
        if index is not None and self.check_action("choose", (index,)):
            event.stop()
            self.action_choose(index)

    @on(OptionList.OptionSelected)
    def choose_here(self, event: OptionList.OptionSelected) -> None:
        """Choose the answer under the cursor or the mouse."""
        event.stop()
        self.action_choose(event.option_index)

    def action_choose(self, index: int) -> None:
        """Choose an answer; what was typed beside another one stays."""
        self._mark(index)
        if self.review.options[index].needs_text:
            self.beside.focus()
        self.guard.restart()
        self.changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer numbers as far as there are answers, while they are in view."""
        if action == "choose":
            count = len(self.review.options)
            return self.in_form and not self.answered and parameters[0] in range(count)
        return super().check_action(action, parameters)

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
            self.beside.set_title(f"{one_line(option.label, 60)}: {option.text_key} ({needed})")

    def _line(self, index: int) -> Content:
        option: Option = self.review.options[index]
        letter = next((each for each, at in self._letters.items() if at == index), "")
        number = f"{index + 1} {letter}".rstrip() if index < _BY_NUMBER else " "
        here = index == self.chosen
        return Content.assemble(
            ("● " if here else "  ", "$accent"),
            (f"{number}  ", "$text-muted"),
            (one_line(option.label, 200), "bold $text-accent" if here else ""),
        )
