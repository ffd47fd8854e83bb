"""Standing rules in plain words, and what they would do with what waits."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hitl_engine.model import (
    ArgumentTest,
    ExactArgument,
    JsonObject,
    JsonValue,
    Rule,
    RuleAction,
    RuledItem,
    Waiting,
    by_rules,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.fitting import counted
from hitl_tui.text.item_summary import item_line

if TYPE_CHECKING:
    from hitl_engine.deciding.reviews import Reviews

_LINE = 400


def checked_result(
    rules: Sequence[Rule],
    now: datetime,
    left: Mapping[str, int] | None = None,
    looked: Sequence[tuple[Waiting, RuledItem | None]] = (),
    reviews: "Reviews | None" = None,
) -> CommandResult:
    """Return what each rule does; and for a target, how much is `left` of it and what it would do."""
    document: JsonObject = {
        "rules": [_rule_document(rule, now, left) for rule in rules],
        "items": None
        if reviews is None
        else [_item_document(item, ruled, reviews) for item, ruled in looked],
    }
    lines = [line for rule in rules for line in _rule_lines(rule, now, left)]
    if reviews is not None:
        lines += ["", *_item_lines(looked, reviews)]
    return CommandResult(document, tuple(lines))


# Rules


def _rule_document(rule: Rule, now: datetime, left: Mapping[str, int] | None) -> JsonObject:
    return {
        **rule.content,
        "digest": rule.digest,
        "over": now >= rule.until,
        "left": left.get(rule.name) if left is not None else None,
        "words": [*_rule_lines(rule, now, left)],
    }


def _rule_lines(rule: Rule, now: datetime, left: Mapping[str, int] | None) -> Iterator[str]:
    does = "approves" if rule.do is RuleAction.APPROVE else "rejects"
    yield one_line(f"{rule.name}: {does} calls of {rule.tool} in the graph {rule.graph}", _LINE)
    yield from _argument_lines(rule)
    if rule.do is RuleAction.REJECT:
        yield "    all other calls that wait together with it are rejected too"
        told = f"Rejected by rule {rule.name}." + (f" {rule.message}" if rule.message else "")
        yield f"    the agent is told: {one_line(told, _LINE)}"
    if rule.target:
        yield f"    only on the target {one_line(rule.target)}"
    until = f"{rule.until.astimezone():%Y-%m-%d %H:%M:%S %Z}"
    yield f"    it ended at {until}" if now >= rule.until else f"    until {until}"
    yield f"    {_limit_words(rule, left)}"


def _argument_lines(rule: Rule) -> Iterator[str]:
    if rule.arguments is None:
        yield "    whatever its arguments are"
    elif not rule.arguments:
        yield "    without any arguments"
    else:
        yield "    if its arguments are these, and no others:"
        for name, test in rule.arguments.items():
            yield f"        {one_line(f'{name} {_test_words(test)}', _LINE)}"


def _test_words(test: ArgumentTest) -> str:
    if isinstance(test, ExactArgument):
        return f"is exactly {_json(test.value)}"
    return f"is {_schema_words(test.schema)}"


def _limit_words(rule: Rule, left: Mapping[str, int] | None) -> str:
    if rule.limit is None:
        return "any number of calls"
    words = f"{counted(rule.limit, 'call')} at most"
    return words if left is None else f"{words}; {left[rule.name]:,} left here"


def _schema_words(schema: JsonObject) -> str:
    """Return which values a schema takes, as the end of a sentence."""
    restricts = schema.keys() - {"type", "title", "description"}
    if restricts == {"const"}:
        return _json(schema["const"])
    if restricts == {"enum"} and isinstance(listed := schema["enum"], list):
        return f"one of {', '.join(map(_json, listed))}"
    given = schema.get("type", "value")
    kind = " or ".join(map(str, given)) if isinstance(given, list) else str(given)
    parts = [f"{_BOUNDS[word]} {_json(value)}" for word, value in schema.items() if word in _BOUNDS]
    if isinstance(pattern := schema.get("pattern"), str):
        parts.append(f"fits {pattern} from its beginning to its end")
    others = {word: value for word, value in schema.items() if word not in _IN_WORDS}
    if others:
        parts.append(f"fits the schema {_json(others)}")
    return f"any {kind}{' that ' if parts else ''}{' and '.join(parts)}"


_BOUNDS = {
    "minimum": "is at least",
    "maximum": "is at most",
    "exclusiveMinimum": "is more than",
    "exclusiveMaximum": "is less than",
    "multipleOf": "is a multiple of",
    "minLength": "has a length of at least",
    "maxLength": "has a length of at most",
    "minItems": "has a number of items of at least",
    "maxItems": "has a number of items of at most",
}
_IN_WORDS = frozenset(("type", "pattern", "title", "description", *_BOUNDS))
"""Keywords that need not be printed as JSON."""


def _json(value: JsonValue) -> str:
    return json_text(value, indent=None)


# Items


def _item_document(item: Waiting, ruled: RuledItem | None, reviews: "Reviews") -> JsonObject:
    shown = reviews.item(item)
    return {
        "thread_id": item.thread_id,
        "interrupt_id": getattr(item, "interrupt_id", None),
        "fingerprint": reviews.fingerprint_of(item),
        "summary": item_line(shown),
        "would": _would(ruled),
        "rules": [rule.name for rule in ruled.ruling.rules] if ruled else [],
        "why": (ruled.ruling.why or None) if ruled else None,
    }


def _would(ruled: RuledItem | None) -> str | None:
    if ruled is None or ruled.ruling.action is None:
        return None
    return ruled.ruling.action.value


def _item_lines(
    looked: Sequence[tuple[Waiting, RuledItem | None]], reviews: "Reviews"
) -> Iterator[str]:
    if not looked:
        yield "Nothing waits."
        return
    count = sum(_would(ruled) is not None for _, ruled in looked)
    yield f"{counted(len(looked), 'item')} waiting; the rules would answer {count:,}:"
    for item, ruled in looked:
        place = f"{item.thread_id}  {item.graph_id} ▸ {item.node}: {item_line(reviews.item(item))}"
        yield one_line(place, _LINE)
        yield f"    {one_line(_words(ruled), _LINE)}"


def _words(ruled: RuledItem | None) -> str:
    if ruled is None:
        return "left to a person: rules step past no breakpoint"
    if ruled.sent is not None:
        outcome = ruled.sent.outcome or "no outcome"
        return f"left to a person: it was answered {by_rules(ruled.sent.rules)} ({outcome})"
    action = ruled.ruling.action
    if action is None:
        return f"left to a person: {ruled.ruling.why or 'no rule matches it'}"
    verb = "approved" if action is RuleAction.APPROVE else "rejected"
    return f"would be {verb} {by_rules(rule.name for rule in ruled.ruling.rules)}"
