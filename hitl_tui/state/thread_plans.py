"""The plans for what is decided on one thread: made from its state, confirmed before sending."""

from typing import TYPE_CHECKING

from hitl_engine.errors import NotTaken
from hitl_engine.model import Decision, JsonObject, Question, Verdicts
from hitl_tui.state.plan import Plan, plan_of_one, plan_of_several
from hitl_tui.state.thread_state import ThreadState

if TYPE_CHECKING:
    from hitl_engine.deciding.reviews import Reviews


def plan_of_decision(
    reviews: "Reviews", question: Question, decision: Decision, *, always: bool = False
) -> Plan | None:
    """Return what to confirm before this decision is sent; None if nothing needs confirmation.

    `always`: everything needs it.
    """
    cautions = reviews.cautions(question, decision)
    several_verdicts = isinstance(decision, Verdicts) and len(decision.verdicts) > 1
    if not (always or cautions or several_verdicts):
        return None
    return plan_of_one(question, decision, reviews.answer_of(question, decision), cautions)


def plan_of_decisions(thread: ThreadState) -> Plan:
    """Return what to confirm before all decisions on a thread are sent in one request."""
    assert thread.view is not None, "decisions are made on a thread that was read"
    reviews = thread.reviews
    decided = thread.decisions.decided(thread.waiting)
    answers: JsonObject = {}
    why_not = ""
    try:
        answers = reviews.resume_of(thread.waiting, decided)
    except NotTaken as refusal:
        why_not = str(refusal)
    cautions = tuple(
        f"{thread.place_of(question.interrupt)}: {caution}"
        for question, decision in decided
        for caution in reviews.cautions(question, decision)
    )
    effect = reviews.effect(thread.view, [question for question, _ in decided])
    return plan_of_several(
        decided, thread.undecided, thread.place_of, effect, answers, cautions, why_not
    )
