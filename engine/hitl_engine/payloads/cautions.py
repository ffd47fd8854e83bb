"""What a person should confirm before an edited tool call is sent: it fits, but is it intended?

In a batch LangChain checks neither the keys nor the types of edited arguments, and runs another
tool in place of the requested one without applying that tool's own approval policy.
"""

from collections.abc import Iterator

from hitl_engine.forms.schema_fields import TYPES, json_type
from hitl_engine.model import (
    Decision,
    Edit,
    JsonValue,
    Path,
    Review,
    ToolCalls,
    Verdicts,
    json_path,
)


def cautions(review: Review, decision: Decision) -> tuple[str, ...]:
    """Return one sentence for each thing to confirm, in the order of the calls."""
    if not isinstance(review, ToolCalls) or not isinstance(decision, Verdicts):
        return ()
    found: list[str] = []
    several = len(review.calls) > 1
    for number, (call, verdict) in enumerate(zip(review.calls, decision.verdicts, strict=False), 1):
        if not isinstance(verdict, Edit):
            continue
        place = f"Call {number}, {call.name}: " if several else f"{call.name}: "
        if verdict.name not in (None, call.name):
            found.append(f"{place}another tool runs instead, {verdict.name}.")
        found += [f"{place}{change}" for change in _changes(call.args, verdict.args, ())]
    return tuple(found)


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
