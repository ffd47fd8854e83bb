"""Which decisions need a reason or ticket for the log: the one place that checks it.

A reason is kept in the journal, and is never part of an answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from hitl_engine import payloads
from hitl_engine.configuration import LogReasonSettings
from hitl_engine.errors import ReasonMissing
from hitl_engine.model import (
    Breakpoint,
    Decision,
    Edit,
    Item,
    JsonObject,
    Question,
    ToolCalls,
    Verdict,
)
from hitl_engine.reading.wire import LOG_REASON

LONGEST = 2_000
"""Characters of a reason."""
_NAME, _NAMES = 60, 3
"""Characters of a name that are shown, and how many names."""
_ANSWER, _STEP = "answer", "step"


class LogReasons:
    """Tells which decisions need a reason, as the settings of a target have it."""

    def __init__(self, settings: LogReasonSettings) -> None:
        self._settings = settings

    def missing(self, item: Item, decision: Decision | None) -> str:
        """Return why a decision is not sent with the item's reason, in a sentence; empty if it is.

        Without a decision, the item is a breakpoint to step past.
        """
        if len(item.log_reason) > LONGEST:
            return f"A reason for the log has at most {LONGEST:,} characters."
        if any("\ud800" <= each <= "\udfff" for each in item.log_reason):
            return "The reason for the log has a character that is no text (a lone surrogate)."
        if item.log_reason.strip():
            return ""
        if isinstance(item, Breakpoint):
            return self.missing_for_step(item.graph_id)
        return self._missing_for(item, decision) if decision is not None else ""

    def _missing_for(self, question: Question, decision: Decision) -> str:
        needing = dict.fromkeys(
            tool for tool, kind in _decided_calls(question, decision) if self._names(tool, kind)
        )
        if needing:
            return f"A decision on {_short([*needing])} needs a reason or ticket for the log."
        graph = question.interrupt.graph_id
        kinds = _kinds(question, decision)
        if _fits(graph, self._settings.graphs) and any(map(self._is_reasoned, kinds)):
            return (
                f"A decision in the graph {_short([graph])} needs a reason or ticket for the log."
            )
        return ""

    def missing_for_step(self, graph_id: str) -> str:
        """Return why a step in a graph is not sent without a reason; empty if it is."""
        if _fits(graph_id, self._settings.graphs) and self._is_reasoned(_STEP):
            return f"A step in the graph {_short([graph_id])} needs a reason or ticket for the log."
        return ""

    def require(self, decided: Iterable[tuple[Item, Decision | None]]) -> None:
        """Refuse decisions without a reason that they need. Raises ReasonMissing."""
        for item, decision in decided:
            if why := self.missing(item, decision):
                raise ReasonMissing(why)

    def in_run(self, request: JsonObject, reasons: Sequence[str]) -> JsonObject:
        """Return the request of a run that carries these reasons, if that is configured."""
        given = "; ".join(dict.fromkeys(filter(None, reasons)))
        if not (given and self._settings.on_server):
            return request
        metadata = request.get("metadata")
        noted = metadata if isinstance(metadata, dict) else {}
        return {**request, "metadata": {**noted, LOG_REASON: given}}

    def _names(self, tool: str, kind: str) -> bool:
        return _fits(tool, self._settings.tools) and self._is_reasoned(kind)

    def _is_reasoned(self, kind: str) -> bool:
        """Whether decisions of a kind need a reason; an empty kind is not known, so it may be any."""
        return not kind or not self._settings.decisions or kind in self._settings.decisions


def _decided_calls(question: Question, decision: Decision) -> Iterator[tuple[str, str]]:
    """Yield the tool of each call that is decided, and the kind of the decision; empty if not known.

    Also the tool that an edit calls instead, and the one whose tool asks.
    """
    if (asking := question.interrupt.tool_call) is not None:
        yield asking.name, _ANSWER
    review = question.review
    if not isinstance(review, ToolCalls):
        return
    verdicts: Sequence[Verdict | None] = payloads.verdicts_on(review, decision)
    # An answer with a wrong count of verdicts is refused later, with what is wrong.
    for call, verdict in zip_longest(review.calls, verdicts[: len(review.calls)]):
        kind = verdict.kind.value if verdict else ""
        yield call.name, kind
        if isinstance(verdict, Edit) and verdict.name is not None:
            yield verdict.name, kind


def _kinds(question: Question, decision: Decision) -> list[str]:
    """Return the kinds of decisions in an answer; an empty one is not known."""
    if not isinstance(question.review, ToolCalls):
        return [_ANSWER]
    return [each.kind.value for each in payloads.verdicts_on(question.review, decision)] or [""]


def _fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a whole name is one of these, in which `*` is any text."""
    return any(_fits_one(name, each) for each in patterns)


def _fits_one(name: str, pattern: str) -> bool:
    """Compare without a regular expression: names are untrusted, and some would take it very long."""
    first, *others = pattern.split("*")
    if not others:
        return name == first
    if not name.startswith(first):
        return False
    *between, last = others
    place = len(first)
    for part in between:
        if (found := name.find(part, place)) < 0:
            return False
        place = found + len(part)
    return len(name) - len(last) >= place and name.endswith(last)


def _short(names: Sequence[str]) -> str:
    """Return the first names, each cut; they are untrusted."""
    shown = ", ".join(name if len(name) <= _NAME else f"{name[:_NAME]}…" for name in names[:_NAMES])
    left = len(names) - _NAMES
    return f"{shown} and {left:,} more" if left > 0 else shown
