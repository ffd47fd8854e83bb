"""What rules say about tool calls that wait. Pure: how much the rules were used is given.

- A rule that rejects wins: if one matches any of the calls, all of them are rejected.
- Every call must match a rule that approves; else nothing is approved.
- What a person would be told or asked before an approval is left to a person: text that is hidden or
  misleads, values that JSON cannot carry, a deadline that passed, and all else that has a note.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hitl_engine.characters.misleading import misleading_parts
from hitl_engine.fingerprint import canonical_json
from hitl_engine.forms.validation import fits
from hitl_engine.model import (
    Approve,
    ArgumentTest,
    Decision,
    DecisionKind,
    ExactArgument,
    JsonValue,
    Question,
    Reject,
    Rule,
    RuleAction,
    RuleUse,
    Ruling,
    ToolCall,
    ToolCalls,
    Verdict,
    Verdicts,
)
from hitl_engine.payloads.deadlines import DEADLINE_KEYS
from hitl_engine.rules.argument_schemas import narrowed
from hitl_engine.visible import hidden_count

_BESIDE = DEADLINE_KEYS | {"id", "tool_call_id", "toolCallId"}
"""Keys of a request beside its tool and arguments that say nothing about what runs."""
_KINDS = {RuleAction.APPROVE: DecisionKind.APPROVE, RuleAction.REJECT: DecisionKind.REJECT}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a ruling depends on beside the rules and the calls."""

    now: datetime
    targets: frozenset[str]
    """The name of the target in use, and its URL."""
    used: Mapping[str, int]
    """How many calls each rule has answered, by its digest."""
    cautions: Callable[[Question, Decision], Sequence[str]]
    """Returns what a person would have to confirm before a decision."""

    def left(self, rule: Rule) -> float:
        """Return how many more calls a rule may answer."""
        return float("inf") if rule.limit is None else rule.limit - self.used.get(rule.digest, 0)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One call."""

    question: int
    """The index of the question that asks about it."""
    call: ToolCall
    rules: tuple[Rule, ...]
    """The rules that match it, in their order."""

    def rules_that(self, do: RuleAction) -> tuple[Rule, ...]:
        """Return those with this action."""
        return tuple(rule for rule in self.rules if rule.do is do)


def in_force(rules: Sequence[Rule], situation: Situation) -> tuple[Rule, ...]:
    """Return the rules that are for this target, and whose time has not passed."""
    return tuple(
        rule
        for rule in rules
        if situation.now < rule.until
        and (not rule.target or rule.target.rstrip("/") in situation.targets)
    )


def ruling_of(rules: Sequence[Rule], questions: Sequence[Question], situation: Situation) -> Ruling:
    """Return what rules say about questions that are answered together. Never fails."""
    valid = in_force(rules, situation)
    asked = [
        _Asked(index, call, tuple(rule for rule in valid if matches(rule, question, call)))
        for index, question in enumerate(questions)
        if isinstance(question.review, ToolCalls)
        for call in question.review.calls
    ]
    if not any(each.rules for each in asked):
        return Ruling()
    if any(each.rules_that(RuleAction.REJECT) for each in asked):
        return _rejected(questions, asked, situation)
    return _approved(questions, asked, situation)


def matches(rule: Rule, question: Question, call: ToolCall) -> bool:
    """Whether a call is what a rule names: its graph, its tool, and each of its arguments."""
    if (rule.graph, rule.tool) != (question.interrupt.graph_id, call.name):
        return False
    if rule.arguments is None:
        return True
    return rule.arguments.keys() == call.args.keys() and all(
        _passes(test, call.args[name]) for name, test in rule.arguments.items()
    )


def _passes(test: ArgumentTest, given: JsonValue) -> bool:
    try:
        if isinstance(test, ExactArgument):
            return canonical_json(test.value) == canonical_json(given)
        return fits(narrowed(test.schema), given)
    except (RecursionError, ValueError):
        return False


def _rejected(
    questions: Sequence[Question], asked: Sequence[_Asked], situation: Situation
) -> Ruling:
    """Reject all calls by the rules that match some of them."""
    chosen = [
        (each.question, rule) for each in asked for rule in each.rules_that(RuleAction.REJECT)[:1]
    ]
    first = chosen[0][1]
    counts = Counter(rule.digest for _, rule in chosen)
    if any(counts[rule.digest] > situation.left(rule) for _, rule in chosen):
        return Ruling(why=f"rule {first.name} rejects it, and its limit is reached.")
    by_name = {rule.name: rule for _, rule in chosen}
    message = " ".join(_words(rule) for rule in by_name.values())
    verdicts = [
        (each.question, Reject(message if each.call.takes_reason else None)) for each in asked
    ]
    decisions = _decisions(questions, verdicts)
    for obstacle in _obstacles(RuleAction.REJECT, questions, asked, decisions, situation):
        return Ruling(why=f"rule {first.name} rejects it, but {obstacle}")
    # Questions without a call that matches are rejected by the same rules.
    uses = [
        uses or tuple(RuleUse(rule, 0) for rule in by_name.values())
        for uses in _uses(questions, chosen)
    ]
    return Ruling(RuleAction.REJECT, "", decisions, tuple(uses))


def _approved(
    questions: Sequence[Question], asked: Sequence[_Asked], situation: Situation
) -> Ruling:
    """Approve all calls, if each matches a rule that may still approve one."""
    first = next(rule for each in asked for rule in each.rules)
    if unmatched := [each.call.name for each in asked if not each.rules]:
        return Ruling(
            why=f"rule {first.name} matches a part of it, and no rule its call of {unmatched[0]}."
        )
    chosen: list[tuple[int, Rule]] = []
    taken: Counter[str] = Counter()
    for each in asked:
        left = (rule for rule in each.rules if taken[rule.digest] < situation.left(rule))
        rule = next(left, None)
        if rule is None:
            return Ruling(why=f"rule {each.rules[0].name} matches it, and its limit is reached.")
        taken[rule.digest] += 1
        chosen.append((each.question, rule))
    decisions = _decisions(questions, [(each.question, Approve()) for each in asked])
    for obstacle in _obstacles(RuleAction.APPROVE, questions, asked, decisions, situation):
        return Ruling(why=f"rule {first.name} matches it, but {obstacle}")
    for doubt in _doubts(questions):
        return Ruling(why=f"rule {first.name} matches it, but {doubt}")
    return Ruling(RuleAction.APPROVE, "", decisions, _uses(questions, chosen))


def _decisions(
    questions: Sequence[Question], verdicts: Sequence[tuple[int, Verdict]]
) -> tuple[Decision, ...]:
    """Return the verdicts of each question, in the order of its calls."""
    return tuple(
        Verdicts(tuple(verdict for at, verdict in verdicts if at == index))
        for index in range(len(questions))
    )


def _uses(
    questions: Sequence[Question], chosen: Sequence[tuple[int, Rule]]
) -> tuple[tuple[RuleUse, ...], ...]:
    """Return for each question which rules answer its calls, and how many."""
    by_digest = {rule.digest: rule for _, rule in chosen}
    counts = [
        Counter(rule.digest for at, rule in chosen if at == index)
        for index in range(len(questions))
    ]
    return tuple(
        tuple(RuleUse(by_digest[digest], calls) for digest, calls in each.items())
        for each in counts
    )


def _obstacles(
    do: RuleAction,
    questions: Sequence[Question],
    asked: Sequence[_Asked],
    decisions: Sequence[Decision],
    situation: Situation,
) -> Iterator[str]:
    """Yield why this cannot be decided, or what a person would have to confirm."""
    with_calls = {each.question for each in asked}
    if len(with_calls) < len(questions):
        yield "something that is no tool call has to be answered with it."
    for each in asked:
        if _KINDS[do] not in each.call.allowed:
            yield f"its call of {each.call.name} does not allow that: {each.call.why_not}"
    for question, decision in zip(questions, decisions, strict=True):
        for caution in situation.cautions(question, decision):
            yield f"a person has to confirm it: {caution}"


def _doubts(questions: Sequence[Question]) -> Iterator[str]:
    """Yield why calls are not approved although rules match all of them."""
    for question in questions:
        asked, review = question.interrupt, question.review
        assert isinstance(review, ToolCalls), "each question has calls"
        calls: list[JsonValue] = [[call.name, call.args] for call in review.calls]
        shown: JsonValue = [asked.payload, calls]  # a payload may hold the calls as one text
        if hidden_count(shown):
            yield "it contains characters that are invisible or that a terminal could interpret."
        for misleading in misleading_parts(shown):
            yield f"it contains what looks like something else. {misleading}"
        if asked.exact_values:
            yield "it contains a value that JSON cannot carry."
        others = {*review.extra, *(key for call in review.calls for key in call.extra)} - _BESIDE
        if others:
            yield f"it has more than tools and arguments: {', '.join(sorted(others))}."
        if asked.remark or asked.may_be_lost or asked.task_error is not None:
            yield f"there is more to know about it. {asked.remark}".strip()
        for note in review.notes:
            yield f"there is more to know about it. {note}"


def _words(rule: Rule) -> str:
    return f"Rejected by rule {rule.name}." + (f" {rule.message}" if rule.message else "")
