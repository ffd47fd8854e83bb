"""Which card shows which review."""

from hitl_engine.model import (
    Choices,
    FormToFill,
    JsonObject,
    MachineRequest,
    Question,
    Questions,
    TextToRevise,
    ToolCalls,
)
from hitl_tui.widgets.cards.choice_card import ChoiceCard
from hitl_tui.widgets.cards.form_card import FormCard
from hitl_tui.widgets.cards.json_card import JsonCard
from hitl_tui.widgets.cards.machine_card import MachineCard
from hitl_tui.widgets.cards.question_card import AnswerOf, QuestionCard
from hitl_tui.widgets.cards.questions_card import QuestionsCard
from hitl_tui.widgets.cards.text_card import TextCard
from hitl_tui.widgets.tool_calls.tool_calls_card import CautionsOf, ToolCallsCard, no_cautions


def card_for(
    question: Question,
    answer_of: AnswerOf,
    typed: JsonObject | None = None,
    cautions_of: CautionsOf = no_cautions,
) -> QuestionCard:
    """Return the card that shows this question, with what was typed before.

    `cautions_of` says what a decision has to be confirmed for.
    """
    match question.review:
        case TextToRevise():
            return TextCard(question, answer_of, typed)
        case ToolCalls():
            return ToolCallsCard(question, answer_of, typed, cautions_of)
        case Choices():
            return ChoiceCard(question, answer_of, typed)
        case FormToFill():
            return FormCard(question, answer_of, typed)
        case Questions():
            return QuestionsCard(question, answer_of, typed)
        case MachineRequest():
            return MachineCard(question, answer_of, typed)
        case _:
            return JsonCard(question, answer_of, typed)
