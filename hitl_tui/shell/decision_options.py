"""From the options of `hitl-tui answer` to the decision on a question. Pure."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hitl_engine.errors import BadInput, NotTaken
from hitl_engine.model import (
    Answer,
    Approve,
    Choose,
    Decision,
    Decline,
    Edit,
    Fault,
    JsonValue,
    Question,
    Questions,
    Reject,
    Replies,
    Reply,
    Respond,
    Revise,
    ToolCalls,
    Verdict,
    Verdicts,
)
from hitl_tui.options import given_text, json_value, tool_arguments

ABSENT = object()
"""An option that was not given, where `null` and no message are values too."""

_NOTHING = "Nothing was sent."


# Types of arguments


def asked_and_answer(text: str) -> tuple[str, JsonValue | object]:
    """Read `ID` or `ID=JSON`."""
    interrupt_id, equals, answer = text.partition("=")
    if not interrupt_id.strip():
        raise ArgumentTypeError("the id of the interrupt is empty")
    return interrupt_id, json_value(answer) if equals else ABSENT


def numbered_verdict(text: str) -> tuple[int, Verdict]:
    """Read `N=approve`, `N=reject[:REASON]`, `N=respond:TEXT` or `N=edit:JSON`."""
    number, verdict = _numbered(text, "N=approve, N=reject:REASON, N=respond:TEXT or N=edit:JSON")
    kind, colon, rest = verdict.partition(":")
    match kind, colon:
        case "approve", "":
            return number, Approve()
        case "reject", _:
            return number, Reject(rest if colon else None)
        case "respond", ":":
            return number, Respond(rest)
        case "edit", ":":
            return number, Edit(tool_arguments(rest))
        case _:
            raise ArgumentTypeError(
                f"{verdict!r} is not approve, reject[:REASON], respond:TEXT or edit:JSON"
            )


def numbered_text(text: str) -> tuple[int, str]:
    """Read `N=TEXT`."""
    return _numbered(text, "N=TEXT")


def numbered_name(text: str) -> tuple[int, str]:
    """Read `N=NAME`."""
    number, name = _numbered(text, "N=NAME")
    return number, given_text(name)


def choice(text: str) -> Choose:
    """Read `N` or `N:TEXT`."""
    number, colon, extra = text.partition(":")
    return Choose(_number(number, "N or N:TEXT") - 1, extra if colon else None)


def _numbered(text: str, shape: str) -> tuple[int, str]:
    number, equals, rest = text.partition("=")
    if not equals:
        raise ArgumentTypeError(f"{text!r} is not {shape}")
    return _number(number, shape), rest


def _number(text: str, shape: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 10 and int(text)):
        raise ArgumentTypeError(f"{text!r} has no number from 1 up; expected {shape}")
    return int(text)


# Decisions


def decides(args: Namespace) -> bool:
    """Return whether an option answers one interrupt."""
    texts = (args.text, args.edit, args.respond, args.choose)
    return (
        any(given is not None for given in texts)
        or args.value is not ABSENT
        or args.reject is not ABSENT
        or bool(args.approve or args.decline or args.decision or args.reply)
    )


def decision_on(question: Question, args: Namespace) -> Decision:
    """Return the decision on `question`. Raises BadInput, NotTaken."""
    if args.text is not None:
        return Revise(args.text)
    if args.value is not ABSENT:
        return Answer(args.value)
    if args.choose is not None:
        chosen: Choose = args.choose
        return chosen
    if args.decline:
        return Decline()
    if args.reply:
        return _replies(question, args.reply)
    return Verdicts(_renamed(_verdicts(question, args), args.tool))


def _verdicts(question: Question, args: Namespace) -> tuple[Verdict, ...]:
    """Return a verdict for each call; `--approve` and `--reject` apply to all of them."""
    calls = question.review.calls if isinstance(question.review, ToolCalls) else ()
    count = max(len(calls), 1)
    if args.decision:
        return _one_each(args.decision, count)
    if args.approve:
        return (Approve(),) * count
    if args.reject is not ABSENT:
        return (Reject(args.reject),) * count
    if count > 1:
        raise BadInput(
            f"This request has {count} tool calls, so it is not clear which one is meant.",
            kept=_NOTHING,
            hint="Give a decision for each: --decision 1=approve --decision 2=edit:JSON …",
        )
    if args.respond is not None:
        return (Respond(args.respond),)
    return (Edit(args.edit),)


def _one_each(decided: Sequence[tuple[int, Verdict]], count: int) -> tuple[Verdict, ...]:
    """Order the verdicts by the numbers of their calls. Raises unless each call has one."""
    by_number = dict(decided)
    if len(by_number) < len(decided):
        raise BadInput("One call was decided twice.", kept=_NOTHING)
    numbers = range(1, count + 1)
    faults = [
        *(
            Fault(("decisions", number - 1), "is not decided")
            for number in numbers
            if number not in by_number
        ),
        *(
            Fault(("decisions", number - 1), f"there is no call {number}")
            for number in sorted(by_number)
            if number > count
        ),
    ]
    if faults:
        calls = "1 call needs" if count == 1 else f"{count} calls need"
        raise NotTaken(
            f"{calls} one decision each. {'; '.join(map(str, faults))}.",
            hint="Give --decision N=… for each, or --approve or --reject for all.",
            faults=tuple(faults),
        )
    return tuple(by_number[number] for number in numbers)


def _renamed(
    verdicts: tuple[Verdict, ...], tools: Iterable[tuple[int, str]]
) -> tuple[Verdict, ...]:
    """Let edited calls run another tool."""
    changed = list(verdicts)
    for number, name in tools:
        edit = changed[number - 1] if number <= len(changed) else None
        if not isinstance(edit, Edit):
            raise BadInput(
                f"Call {number} is not edited, so it keeps its tool.",
                kept=_NOTHING,
                hint=f"Give its arguments too: --decision {number}=edit:JSON.",
            )
        changed[number - 1] = replace(edit, name=name)
    return tuple(changed)


def _replies(question: Question, given: Sequence[tuple[int, str]]) -> Replies:
    """Return one reply to each question: a text that is one of its choices chooses it."""
    if not isinstance(question.review, Questions):
        raise NotTaken(
            "This interrupt asks no questions, so --reply does not fit.",
            hint="hitl-tui show prints what it asks.",
        )
    asked = question.review.questions
    if beyond := [number for number, _ in given if number > len(asked)]:
        words = f"there is no question {beyond[0]}"
        raise NotTaken(
            f"There are {len(asked)} questions; {words}.",
            faults=(Fault(("answers", beyond[0] - 1), words),),
        )
    replies = []
    for number, each in enumerate(asked, 1):
        texts = [text for to, text in given if to == number]
        own = [text for text in texts if text not in each.choices]
        if len(own) > 1:
            raise BadInput(f"Question {number} takes only one text of your own.", kept=_NOTHING)
        chosen = tuple(text for text in texts if text in each.choices)
        replies.append(Reply(own[0] if own else "", chosen))
    return Replies(tuple(replies))
