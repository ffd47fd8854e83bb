"""What is told of a question that needs the same answer from two reviewers."""

from datetime import UTC, datetime

from hitl_engine.model import Interrupt, TwoReviewers, in_utc
from hitl_engine.visible import json_text, one_line

_LONGEST = 300
"""Characters of an answer."""


def two_reviewers_words(asked: Interrupt) -> str:
    """Return that a question needs two reviewers, or what the first answered; nothing if it needs one."""
    needed = asked.two_reviewers
    if needed is None:
        return ""
    first = needed.first
    if first is None:
        return f"Needs two reviewers ({_rules(needed)}), who send the same answer."
    answer = one_line(json_text(first.to(asked.interrupt_id), indent=None), _LONGEST)
    time = _time(first.at)
    if first.is_own:
        return (
            f"You answered {answer} at {time}. It waits for a second reviewer ({_rules(needed)})."
        )
    return (
        f"{one_line(first.name, 80)} answered {answer} at {time}. Yours is the second: the same answer is "
        f"carried out, another one starts anew ({_rules(needed)})."
    )


def how_many(needed: TwoReviewers | None) -> str:
    """Return how many of the two have answered, for a row of a list; nothing if it needs one."""
    return "" if needed is None else "(1 of 2)" if needed.first else "(0 of 2)"


def _rules(needed: TwoReviewers) -> str:
    names = ", ".join(one_line(name, 80) for name in needed.rules)
    return f"{'rule' if len(needed.rules) == 1 else 'rules'} {names}"


def _time(at: datetime | None) -> str:
    if at is None:
        return "an unknown time"
    is_today = in_utc(at).astimezone().date() == datetime.now(UTC).astimezone().date()
    return in_utc(at).astimezone().strftime("%H:%M" if is_today else "%d %b %H:%M")
