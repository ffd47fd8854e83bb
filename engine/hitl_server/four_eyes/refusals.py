"""What is told about questions that need two reviewers: 403 for what is refused, 409 for a first answer."""

from collections.abc import Collection, Iterable
from typing import Any

from hitl_server.refusals import Refusal
from hitl_server.tables.four_eyes_tables import Approval

NEEDED = 2


def only_answers(rules: Collection[str]) -> Refusal:
    """Something else than an answer was sent while a protected question waits."""
    detail = (
        f"A question that needs two reviewers waits on this thread ({_rules(rules)}): it can only be "
        "answered. Nothing was changed."
    )
    return _refused(403, detail, rules)


def asked_before() -> Refusal:
    """A run or a change of the state was to begin at an older checkpoint of a protected thread."""
    detail = (
        "A question that needs two reviewers was asked on this thread: nothing can begin at an older "
        "checkpoint of it. Nothing was changed."
    )
    return _refused(403, detail, ())


def nobody(rules: Collection[str]) -> Refusal:
    """The sender is not a person whose name the server knows."""
    detail = (
        f"This question needs the same answer from two named reviewers ({_rules(rules)}). Your token "
        "has no name, so that your answer does not count, and was not recorded. Send it with a token "
        "that has a name (--tokens)."
    )
    return _refused(403, detail, rules)


def by_standing_rule(rules: Collection[str]) -> Refusal:
    """A standing rule answered, and not a person."""
    detail = (
        f"This question needs the same answer from two persons ({_rules(rules)}). An answer by a "
        "standing rule does not count, and was not recorded."
    )
    return _refused(403, detail, rules)


def by_starter(name: str, rules: Collection[str]) -> Refusal:
    """The sender has started what asks now."""
    detail = (
        f"This question needs the same answer from two reviewers ({_rules(rules)}) who have not started "
        f"or stepped a run of its thread, or written into its state. {name} has. The answer was not "
        "recorded."
    )
    return _refused(403, detail, rules)


def another_first(first: Approval, rules: Collection[str]) -> Refusal:
    """The answer would replace another first one, which its sender has not seen."""
    detail = (
        f"{first.name} answered something else at {first.at}, which you had not seen. Your answer was not "
        "recorded: sent again, it is recorded in place of that one."
    )
    return _refused(409, detail, rules, recorded=False, approvals=[first.shown])


def first_of_two(first: Approval, rules: Collection[str], *, replaced: str | None) -> Refusal:
    """The answer is recorded, and not carried out; `replaced`: whose other answer it replaces."""
    instead = f" It replaces another answer, of {replaced}." if replaced else ""
    detail = (
        f"Recorded, and not carried out: {_rules(rules)} needs the same answer from a second reviewer."
        f"{instead} {first.name} answered at {first.at}. Nothing was run."
    )
    more = {"recorded": True, "replaced": replaced, "approvals": [first.shown]}
    return _refused(409, detail, rules, **more)


def _refused(status: int, detail: str, rules: Iterable[str], **more: Any) -> Refusal:
    return Refusal(status, detail, four_eyes={"needed": NEEDED, "rules": list(rules), **more})


def _rules(names: Collection[str]) -> str:
    return f"{'rule' if len(names) == 1 else 'rules'} {', '.join(names)}"
