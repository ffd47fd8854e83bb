"""Which part shows which kind of review."""

from collections.abc import Callable
from functools import partial

from hitl_engine.model import (
    Choices,
    Decision,
    FormToFill,
    JsonObject,
    JsonValue,
    MachineRequest,
    Question,
    Questions,
    TextToRevise,
    ToolCalls,
)
from hitl_tui.widgets.cards.card_body import CardBody
from hitl_tui.widgets.cards.choice_part import ChoiceKeys, ChoicePart
from hitl_tui.widgets.cards.declinable import DeclineKeys
from hitl_tui.widgets.cards.form_part import FormPart
from hitl_tui.widgets.cards.json_part import JsonPart
from hitl_tui.widgets.cards.machine_part import MachinePart
from hitl_tui.widgets.cards.question_card import QuestionCard
from hitl_tui.widgets.cards.question_part import AnswerTo, QuestionPart
from hitl_tui.widgets.cards.questions_part import QuestionsPart
from hitl_tui.widgets.cards.text_part import TextPart
from hitl_tui.widgets.reason_field import ReasonsOffered, no_reasons
from hitl_tui.widgets.tool_calls.call_keys import CallKeys
from hitl_tui.widgets.tool_calls.tool_calls_part import CautionsAbout, ToolCallsPart

AnswerOf = Callable[[Question, Decision], JsonValue]
"""Returns the JSON of a decision on a question. Raises NotTaken."""
CautionsOf = Callable[[Question, Decision], tuple[str, ...]]
"""Returns what has to be confirmed before a decision on a question is sent."""


def no_cautions(question: Question, decision: Decision) -> tuple[str, ...]:
    """Return nothing: nothing has to be confirmed."""
    return ()


def card_for(
    question: Question,
    answer_of: AnswerOf,
    typed: JsonObject | None = None,
    cautions_of: CautionsOf = no_cautions,
    reasons: ReasonsOffered = no_reasons,
) -> QuestionCard:
    """Return the card that shows this question, with what was typed before."""
    answer_to = partial(answer_of, question)
    part, body = _part_and_body(question, answer_to, partial(cautions_of, question), reasons)
    return QuestionCard(question, part, body, answer_to, typed)


def _part_and_body(
    question: Question,
    answer_to: AnswerTo,
    cautions_about: CautionsAbout,
    reasons: ReasonsOffered,
) -> tuple[QuestionPart, CardBody]:
    match question.review:
        case ToolCalls() as review:
            calls = ToolCallsPart(review, cautions_about, reasons)
            return calls, CallKeys(calls)
        case Choices() as review:
            choice = ChoicePart(review)
            return choice, ChoiceKeys(choice)
        case FormToFill() as review:
            form = FormPart(review, answer_to)
            return form, DeclineKeys(form, form.fields)
        case Questions() as review:
            questions = QuestionsPart(review)
            return questions, DeclineKeys(questions, questions.fields)
        case TextToRevise() as review:
            return TextPart(review), CardBody()
        case MachineRequest() as review:
            return MachinePart(review), CardBody()
        case _:
            return JsonPart(), CardBody()
