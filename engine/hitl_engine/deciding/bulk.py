"""Many items at once: which decisions all of them take, and what is sent for each. Pure.

Each item still gets a decision of its own; nothing here is sent. Requests of programs and stuck
questions are never part of a bulk decision: a person must look at each alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from hitl_engine.deciding.task_groups import group_by_task
from hitl_engine.errors import NotTaken
from hitl_engine.fingerprint import canonical_json
from hitl_engine.model import (
    AnyJson,
    Approve,
    Breakpoint,
    BulkWay,
    Choices,
    CommonWays,
    Decision,
    DecisionKind,
    FormToFill,
    Item,
    JsonValue,
    MachineRequest,
    PlannedDecision,
    Question,
    Questions,
    Reject,
    Respond,
    Review,
    SameDecision,
    TextToRevise,
    ToolCalls,
    Verdicts,
    WithheldWay,
)

AnswerOf: TypeAlias = Callable[[Question, Decision], JsonValue]
Cautions: TypeAlias = Callable[[Question, Decision], tuple[str, ...]]
SendGroup: TypeAlias = tuple[int, ...]
"""Indexes of items that are sent together, in one request."""

_VERDICTS = {
    BulkWay.APPROVE: DecisionKind.APPROVE,
    BulkWay.REJECT: DecisionKind.REJECT,
    BulkWay.RESPOND: DecisionKind.RESPOND,
}
_ASKS = {
    "text": "asks for a text",
    "tool_calls": "asks for verdicts on tool calls",
    "choices": "asks to choose",
    "form": "asks for a form to be filled in",
    "questions": "asks questions",
    "json": "asks something of unknown kind",
}


def common_ways(items: Sequence[Item]) -> CommonWays:
    """Return the ways to decide that all items take, and which item prevents each other way."""
    refusals = {way: _first_refusal(way, items) for way in BulkWay}
    ways = tuple(way for way, refusal in refusals.items() if refusal is None and items)
    first = items[0].review if items and isinstance(items[0], Question) else None
    return CommonWays(
        ways=ways,
        withheld=tuple(refusal for refusal in refusals.values() if refusal is not None),
        options=first.options if isinstance(first, Choices) and BulkWay.CHOOSE in ways else (),
        form=first.form if isinstance(first, FormToFill) and BulkWay.FILL in ways else None,
        payloads=len({_asked(item) for item in items} - {""}),
    )


def same_kind(chosen: Item, others: Iterable[Item]) -> tuple[Item, ...]:
    """Return those of `others` that ask the same kind of thing and take the same answers."""
    kind = _kind(chosen)
    return () if kind is None else tuple(item for item in others if _kind(item) == kind)


def plan(
    items: Iterable[Item], same: SameDecision, answer_of: AnswerOf, cautions: Cautions
) -> tuple[PlannedDecision, ...]:
    """Return what is sent for each item when the same is decided for all of them.

    `answer_of` must depend only on what is asked: it is called once for each payload.
    """
    known: dict[str, PlannedDecision] = {}
    planned: list[PlannedDecision] = []
    for item in items:
        asked = _asked(item)
        if asked not in known:
            known[asked] = _planned(item, same, answer_of)
        its = replace(known[asked], item=item)
        planned.append(replace(its, cautions=_cautions_of(its, cautions)))
    return tuple(planned)


def send_groups(items: Sequence[Item]) -> tuple[tuple[SendGroup, ...], ...]:
    """Return the indexes of all items: by thread, and within a thread by what is sent together.

    Threads of several targets may have the same id.

    The questions of one task are answered in one request: each request runs their node again.
    """
    threads: dict[tuple[str, str], list[int]] = {}
    for place, item in enumerate(items):
        threads.setdefault(_thread(item), []).append(place)
    return tuple(_send_groups_of(places, items) for places in threads.values())


# What an item takes


def _first_refusal(way: BulkWay, items: Sequence[Item]) -> WithheldWay | None:
    for place, item in enumerate(items):
        if why := _why_not(way, item, items[0]):
            return WithheldWay(way, place, why)
    return None


def _why_not(way: BulkWay, item: Item, first: Item) -> str:
    """Return why an item does not take this way, or nothing where it does."""
    if isinstance(item, Breakpoint):
        return "" if way is BulkWay.STEP else "it is a breakpoint, which takes no answer"
    if way is BulkWay.STEP:
        return "it asks a question, which cannot be stepped past"
    if never := _never(item):
        return never
    if isinstance(first, Question) and first.review.kind != item.review.kind:
        return f"it {_ASKS[item.review.kind]}; the first one {_ASKS[first.review.kind]}"
    return _refused_by(way, item.review, first)


def _never(question: Question) -> str:
    """Return why a question cannot be part of a bulk decision, or nothing."""
    if isinstance(question.review, MachineRequest):
        return "a program asks its own client, not a person"
    if question.interrupt.task_error is not None:
        return "an earlier answer made its node fail; decide on it alone"
    return ""


def _refused_by(way: BulkWay, review: Review, first: Item) -> str:
    asks = f"it {_ASKS[review.kind]}"
    match way, review:
        case (BulkWay.JSON, _) | (BulkWay.TEXT, TextToRevise() | AnyJson() | Choices(listed=False)):
            return ""
        case ((BulkWay.APPROVE | BulkWay.REJECT | BulkWay.RESPOND), ToolCalls()):
            return _not_allowed(_VERDICTS[way], review)
        case (BulkWay.CHOOSE, Choices()) | (BulkWay.FILL, FormToFill()):
            same = isinstance(first, Question) and _takes(first.review) == _takes(review)
            return "" if same else f"{asks}, but not the same as the first one"
        case _:
            return asks


def _not_allowed(kind: DecisionKind, review: ToolCalls) -> str:
    for number, call in enumerate(review.calls, 1):
        if kind not in call.allowed:
            place = f"call {number}, {call.name}" if len(review.calls) > 1 else call.name
            return f"{place} does not allow it. {call.why_not}".strip()
    return ""


def _kind(item: Item) -> tuple[str, str] | None:
    """Return what makes items the same kind; None for what cannot be decided on in bulk."""
    if isinstance(item, Breakpoint):
        return "breakpoint", ""
    return None if _never(item) else (item.review.kind, _takes(item.review))


def _takes(review: Review) -> str:
    """Return which answers a review takes, as canonical JSON."""
    match review:
        case ToolCalls(calls=calls):
            every = set(DecisionKind).intersection(*(call.allowed for call in calls))
            return canonical_json([*sorted(every)])
        case Choices(options=options):
            listed: list[JsonValue] = [
                [option.label, option.answer, option.text_key, option.needs_text]
                for option in options
            ]
            return canonical_json(listed)
        case FormToFill():
            return canonical_json([review.schema, review.convention, review.can_decline])
        case Questions(questions=questions):
            return canonical_json(
                [[each.text, each.answered_by, *each.choices] for each in questions]
            )
        case _:
            return ""


def _asked(item: Item) -> str:
    """Return what is asked, as canonical JSON."""
    if isinstance(item, Breakpoint):
        return ""
    return canonical_json(item.interrupt.asked)


# What is sent for an item


def _planned(item: Item, same: SameDecision, answer_of: AnswerOf) -> PlannedDecision:
    match item, same:
        case Breakpoint(), None:
            return PlannedDecision(item, None)
        case Breakpoint(), _:
            return PlannedDecision(item, None, fault="A breakpoint takes no answer.")
        case _, None:
            return PlannedDecision(item, None, fault="A question cannot be stepped past.")
        case Question(), _:
            decision = _decision(item, same)
            try:
                answer = answer_of(item, decision)
            except NotTaken as refusal:
                return PlannedDecision(item, decision, fault=str(refusal))
            return PlannedDecision(item, decision, answer)


def _cautions_of(planned: PlannedDecision, cautions: Cautions) -> tuple[str, ...]:
    """Return the cautions for this item: they can differ between items that ask the same."""
    match planned:
        case PlannedDecision(item=Breakpoint(error=error, caution=caution), fault=""):
            lost = "The last step did not end: some nodes may run twice."
            return (*([f"{lost} {error}"] if error else []), *([caution] if caution else []))
        case PlannedDecision(item=Question() as question, decision=decision, fault="") if decision:
            return cautions(question, decision)
        case _:
            return ()


def _decision(question: Question, same: Approve | Reject | Respond | Decision) -> Decision:
    if isinstance(same, Approve | Reject | Respond):
        calls = question.review.calls if isinstance(question.review, ToolCalls) else ()
        return Verdicts((same,) * len(calls))
    return same


def _send_groups_of(places: Sequence[int], items: Sequence[Item]) -> tuple[SendGroup, ...]:
    """Group the items of one thread, which has either questions or one breakpoint."""
    asked = {
        id(item.interrupt): place for place in places if isinstance(item := items[place], Question)
    }
    if not asked:
        return tuple((place,) for place in places)
    groups = group_by_task(
        item.interrupt for place in places if isinstance(item := items[place], Question)
    )
    return tuple(tuple(asked[id(interrupt)] for interrupt in group) for group in groups)


def _thread(item: Item) -> tuple[str, str]:
    waiting = item if isinstance(item, Breakpoint) else item.interrupt
    return waiting.target, waiting.thread_id
