"""The JSON that decisions send: checked against what each question takes, by interrupt id."""

from collections.abc import Sequence
from dataclasses import replace

from hitl_engine import payloads
from hitl_engine.deciding.preconditions import names_of, refuse_in_part
from hitl_engine.errors import NotTaken
from hitl_engine.model import Decision, Interrupt, JsonObject, JsonValue, Question
from hitl_engine.strict_json import unwritable


def answer_of(question: Question, decision: Decision) -> JsonValue:
    """Return the exact JSON that answers. Raises NotTaken, with every fault at its place."""
    asked = question.interrupt
    answer = payloads.encode(asked.payload, decision, asked.response_schema)
    if fault := unwritable(answer):
        raise NotTaken(f"The answer cannot be written as JSON: {fault}.")
    return answer


def resume_of(
    decided: Sequence[tuple[Question, Decision]], pending: Sequence[Interrupt]
) -> JsonObject:
    """Return the exact resume map: id of a question -> its answer. Raises NotTaken."""
    refuse_in_part([question.interrupt for question, _ in decided], pending)
    return answers_of(decided)


def answers_of(decided: Sequence[tuple[Question, Decision]]) -> JsonObject:
    """Return the answers by interrupt id. Raises NotTaken, which names each that does not fit."""
    answers: JsonObject = {}
    misfits: list[tuple[Question, NotTaken]] = []
    for question, decision in decided:
        try:
            answers[question.interrupt.interrupt_id] = answer_of(question, decision)
        except NotTaken as error:
            misfits.append((question, error))
    if not misfits:
        return answers
    if len(decided) == 1:
        raise misfits[0][1]
    raise NotTaken(
        " ".join(f"{names_of([question.interrupt])}: {error.what}" for question, error in misfits),
        hint=" ".join(dict.fromkeys(error.hint for _, error in misfits if error.hint)),
        faults=tuple(
            replace(fault, path=(question.interrupt.interrupt_id, *fault.path))
            for question, error in misfits
            for fault in error.faults
        ),
    )
