"""What a person should confirm before an answer is sent: it fits, but is it intended?

In a batch LangChain checks neither the keys nor the types of edited arguments, and runs another
tool in place of the requested one without applying that tool's own approval policy. Outside of a
protocol, nodes often test an answer with `if`, where every text and every object that is not empty
means yes, also `"no"`.
"""

import json
from collections.abc import Iterator, Sequence

from hitl_engine.forms.schema_fields import TYPES, json_type
from hitl_engine.model import (
    Answer,
    AnyJson,
    Choices,
    Choose,
    Decision,
    Edit,
    JsonValue,
    Option,
    Path,
    Review,
    Revise,
    TextToRevise,
    ToolCalls,
    Verdict,
    json_path,
)
from hitl_engine.payloads.spelled_values import is_refusal, spelled_by
from hitl_engine.payloads.tool_calls import verdicts_on

_SHOWN = 60
"""Characters of a text that a sentence quotes."""


def cautions(review: Review, decision: Decision) -> tuple[str, ...]:
    """Return one sentence for each thing to confirm, in the order of the calls."""
    match review, decision:
        case ToolCalls(), _:
            return tuple(_of_edits(review, verdicts_on(review, decision)))
        case TextToRevise() | Choices() | AnyJson(), _:
            found = _of_answer(review, decision)
            return (found,) if found else ()
        case _:
            return ()


def _of_edits(review: ToolCalls, verdicts: Sequence[Verdict]) -> Iterator[str]:
    several = len(review.calls) > 1
    for number, (call, verdict) in enumerate(zip(review.calls, verdicts, strict=False), 1):
        if not isinstance(verdict, Edit):
            continue
        place = f"Call {number}, {call.name}: " if several else f"{call.name}: "
        if verdict.name not in (None, call.name):
            yield f"{place}another tool runs instead, {verdict.name}."
        yield from (f"{place}{change}" for change in _changes(call.args, verdict.args, ()))


def _changes(before: JsonValue, after: JsonValue, path: Path) -> Iterator[str]:
    """Yield where a key was dropped or added, or a value has another type."""
    was, now = json_type(before), json_type(after)
    if was != now:
        yield f"{json_path(path)} was {TYPES[was]} and is {TYPES[now]} now."
        return
    match before, after:
        case dict(), dict():
            for key in sorted(before.keys() - after.keys()):
                yield f"{json_path((*path, key))} is left out."
            for key in sorted(after.keys() - before.keys()):
                yield f"{json_path((*path, key))} is added."
            for key in sorted(before.keys() & after.keys()):
                yield from _changes(before[key], after[key], (*path, key))
        case list(), list():
            for place, (one, other) in enumerate(zip(before, after, strict=False)):
                yield from _changes(one, other, (*path, place))


# Answers that a node may take for something else


def _of_answer(review: TextToRevise | Choices | AnyJson, decision: Decision) -> str:
    """Return what a node may take the answer for, or nothing."""
    option = _option(review, decision)
    if option is not None and option.taken_for_yes and not isinstance(option.answer, str):
        sent = json.dumps(option.answer, ensure_ascii=False)
        return (
            f"The shape of this answer is a guess. A node's `if` takes {sent} for yes; "
            "JSON false would be no."
        )
    match option.answer if option else decision:
        case Revise(text=str(text)) | Answer(value=str(text)) | str(text):
            return "" if _is_asked_for(text, review) else _of_text(text, review)
        case _:
            return ""


def _option(review: Review, decision: Decision) -> Option | None:
    if not isinstance(review, Choices) or not isinstance(decision, Choose):
        return None
    known = decision.index in range(len(review.options))
    return review.options[decision.index] if known else None


def _is_asked_for(text: str, review: TextToRevise | Choices | AnyJson) -> bool:
    """Return whether the payload itself lists this text, or contains one of its kind to revise."""
    match review:
        case Choices(listed=True, options=options):
            return any(text == option.answer for option in options)
        case TextToRevise(text=original):
            return spelled_by(text) is not None and spelled_by(original) == spelled_by(text)
        case _:
            return False


def _of_text(text: str, review: Review) -> str:
    match spelled_by(text):
        case "no":
            return _arrives(text, "which a node's `if` takes for yes; JSON false would be no")
        case "yes":
            return _arrives(text, "not the JSON value true, which some nodes expect")
        case "null":
            return _arrives(text, "which a node's `if` takes for yes; JSON null would be nothing")
        case "number":
            return _arrives(text, "not a number; as JSON it would be one")
        case None if isinstance(review, Choices) and is_refusal(text):
            return _arrives(text, "which a node's `if` takes for yes; JSON false would be no")
        case _:
            return ""


def _arrives(text: str, meaning: str) -> str:
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"The graph receives the text “{text}”, {meaning}."
