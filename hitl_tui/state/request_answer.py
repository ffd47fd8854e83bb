"""What the user decided and typed for all tool calls of one request."""

from collections.abc import Iterable

from hitl_engine.model import Approve, DecisionKind, JsonValue, ToolCall, Verdict, Verdicts
from hitl_engine.visible import one_line
from hitl_tui.state.call_answer import CallAnswer
from hitl_tui.state.not_ready import NotReady

_NAMED = 3
"""How many undecided calls are named."""
_ALL_LISTED = 2
"""With so many calls or fewer, the list of calls shows all of them on every screen, none is named."""


class RequestAnswer:
    """The answers to all calls, in the order of the request."""

    def __init__(self, calls: tuple[ToolCall, ...], typed: JsonValue = None) -> None:
        records = (
            typed if isinstance(typed, list) and len(typed) == len(calls) else [None] * len(calls)
        )
        self.answers = [
            CallAnswer.restored(record, call) for record, call in zip(records, calls, strict=True)
        ]

    def record(self) -> list[JsonValue]:
        """Return the answers in the form of a draft."""
        return [answer.record() for answer in self.answers]

    @property
    def undecided(self) -> list[int]:
        """The indexes of the calls that have no verdict yet."""
        return [index for index, answer in enumerate(self.answers) if answer.verdict is None]

    def place(self, index: int) -> str:
        """Return which of several calls this is, and how many are undecided; nothing for one call."""
        count = len(self.answers)
        return f"call {index + 1} of {count}, {len(self.undecided)} undecided" if count > 1 else ""

    def next_undecided(self, after: int) -> int | None:
        """Return the next call without a verdict, from the start again; None if all have one."""
        undecided = self.undecided
        later = [index for index in undecided if index > after]
        return next(iter(later or undecided), None)

    def undecided_that_take(self, verdict: DecisionKind) -> list[int]:
        """Return the indexes of the calls that have no verdict and take this one."""
        return [index for index in self.undecided if verdict in self.answers[index].call.allowed]

    def give(self, verdict: DecisionKind, indices: Iterable[int]) -> None:
        """Give this verdict to these calls."""
        for index in indices:
            self.answers[index].verdict = verdict
            if verdict is DecisionKind.REJECT:
                self.answers[index].reason = ""

    @property
    def unchanged_edits(self) -> list[int]:
        """The indexes of the calls with an edit that changes nothing."""
        return [
            index
            for index, answer in enumerate(self.answers)
            if answer.verdict is DecisionKind.EDIT and answer.changes_nothing
        ]

    def unchanged(self) -> str:
        """Return which edits change nothing, or an empty text."""
        same = [str(index + 1) for index in self.unchanged_edits]
        if not same:
            return ""
        calls = "" if len(self.answers) == 1 else f"call {', '.join(same)}: "
        return f"{calls}the arguments are unchanged"

    def decision(self) -> Verdicts:
        """Return one verdict for each call. Raises NotReady, which names what is missing first."""
        return Verdicts(tuple(map(self._verdict, range(len(self.answers)))))

    def _verdict(self, index: int) -> Verdict:
        answer, several = self.answers[index], len(self.answers) > 1
        if several and answer.verdict is None and answer.call.allowed:
            raise NotReady(self._undecided_words())
        name = one_line(answer.call.name, 60)
        return answer.decision(f"Call {index + 1}, {name}. " if several else "")

    def _undecided_words(self) -> str:
        undecided, count = self.undecided, len(self.answers)
        if count <= _ALL_LISTED:
            return f"{len(undecided)} of {count} calls undecided."
        named = self.named(undecided[:_NAMED])
        more = f" and {len(undecided) - _NAMED:,} more" if len(undecided) > _NAMED else ""
        return f"{len(undecided):,} of {count:,} calls undecided: {named}{more}."

    def decision_on(self, shown: int) -> Verdicts | None:
        """Return the verdict on one call, with all others approved; None if it has none yet."""
        try:
            verdict = self.answers[shown].decision()
        except NotReady:
            return None
        return Verdicts(
            tuple(verdict if index == shown else Approve() for index in range(len(self.answers)))
        )

    def named(self, indices: Iterable[int]) -> str:
        """Return the numbers and names of calls."""
        return ", ".join(
            f"{index + 1} {one_line(self.answers[index].call.name, 40)}" for index in indices
        )
