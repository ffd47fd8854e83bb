"""Standing rules: what a person wrote down beforehand about calls of one tool, and what it decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from hitl_engine.model.decision import Decision
from hitl_engine.model.json import JsonObject, JsonValue
from hitl_engine.model.outcome import OutcomeKind


class RuleAction(StrEnum):
    """What a rule does with a call that it matches."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class ExactArgument:
    """An argument must be this value: 1 is not 1.0, and not true."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class FittingArgument:
    """An argument must fit a schema, of the part of JSON Schema that rules may use."""

    schema: JsonObject
    """As it was written; but a pattern must fit a whole text."""


ArgumentTest: TypeAlias = ExactArgument | FittingArgument


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a file."""

    name: str
    do: RuleAction
    graph: str
    """The exact id of a graph."""
    tool: str
    """The exact name of a tool."""
    arguments: Mapping[str, ArgumentTest] | None
    """A test for each argument that a call must have; it must have no others. None, for a rule that
    rejects: whatever the arguments are."""
    until: datetime
    """From then on the rule does nothing; it has a time zone."""
    limit: int | None
    """How many calls it may answer in all; None, for a rule that rejects: any number."""
    target: str
    """The name or the URL of the only target that it is for; empty for every target."""
    message: str
    """What a rejected call is told, beside the name of the rule."""
    content: JsonObject
    """The rule as JSON, as it was written."""
    digest: str
    """The digest of the content: a rule that was changed is another rule."""


@dataclass(frozen=True, slots=True)
class RuleUse:
    """How many calls of one question a rule answers."""

    rule: Rule
    calls: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """What rules say about questions that are answered together."""

    action: RuleAction | None = None
    """None: they leave it to a person."""
    why: str = ""
    """Why they leave it to a person, if a rule matches one of the calls: a sentence, untrusted."""
    decisions: tuple[Decision, ...] = ()
    """One for each question."""
    uses: tuple[tuple[RuleUse, ...], ...] = ()
    """The rules that decide, for each question."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that decide, each once."""
        found = {use.rule.digest: use.rule for uses in self.uses for use in uses}
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule that answered calls of a question, as the journal keeps it."""

    name: str
    digest: str
    calls: int
    content: JsonObject
    """The rule as JSON, as it was when it was applied."""


@dataclass(frozen=True, slots=True)
class RuledAnswer:
    """What came of the rules for one item."""

    rules: tuple[str, ...] = ()
    """The names of the rules that answered; nothing if no answer was sent."""
    decision: str = ""
    """`approve`, or `reject`; several calls have one word each."""
    outcome: OutcomeKind | None = None
    """None for an answer whose outcome is not recorded."""
    why: str = ""
    """What proves the outcome, or why the item is left to a person: untrusted."""


@dataclass(frozen=True, slots=True)
class RuledItem:
    """What rules would do with an item that waits."""

    ruling: Ruling
    sent: RuledAnswer | None = None
    """What rules sent for this very item before: they never answer it again."""


def by_rules(names: Iterable[str]) -> str:
    """Return rules as they are named beside a person: `by rule a`, `by rules a, b`; or nothing."""
    given = tuple(names)
    return f"by {'rule' if len(given) == 1 else 'rules'} {', '.join(given)}" if given else ""
