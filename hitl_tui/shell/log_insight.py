"""What the decisions of the journal tell together: how many, how fast, by whom."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from hitl_engine.model import JsonObject, JsonValue, LogEntry
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.state.approval_pace import MANY, WITHIN
from hitl_tui.text.durations import duration
from hitl_tui.text.fitting import counted

_READABLE = 60.0
"""Characters a second; a fast reader reads about half as many."""
_LEAST = 120
"""Characters from which that is asked: less is read at a glance."""


def insight_result(entries: Sequence[LogEntry], *, filtered: bool = False) -> CommandResult:
    """Sum up answers; `entries` are newest first. `filtered`: others may not have fitted."""
    answers = [entry for entry in reversed(entries) if entry.event == "answer"]
    if not answers:
        none = "No answer fits these filters." if filtered else "No answers yet."
        return CommandResult({"answers": 0}, (none,))
    since = answers[0].at
    by = Counter(entry.who for entry in answers)
    waited = _Spread.of(
        max(0.0, (entry.at - entry.asked_at).total_seconds())
        for entry in answers
        if entry.asked_at is not None
    )
    shown = _Spread.of(entry.seconds for entry in answers if entry.seconds is not None)
    jumped = sum(entry.unseen > 0 for entry in answers)
    reasoned = Counter(bool(entry.log_reason) for entry in answers if not entry.rules)
    tools = _by_tool(answers)
    unread = [entry for entry in answers if _faster_than_reading(entry)]
    burst = _most_at_once(entry for entry in answers if not entry.rules)
    rules = Counter(rule.name for entry in answers for rule in entry.rules)
    document: JsonObject = {
        "answers": len(answers),
        "since": since.isoformat(),
        "by": dict(by),
        "waited_seconds": waited.document(),
        "on_screen_seconds": shown.document(),
        "jumped_to_the_end": jumped,
        "with_log_reason": reasoned[True],
        "without_log_reason": reasoned[False],
        "tools": {name: {"calls": of.total(), "approved": of[True]} for name, of in tools.items()},
        "by_rules": dict(rules),
        "faster_than_reading": [entry.decision_id for entry in unread],
        "most_approvals_within_60_seconds": burst,
    }
    names = ", ".join(f"{one_line(who, 60)} {count:,}" for who, count in by.most_common())
    lines = [
        f"{counted(len(answers), 'answer')} since {since.astimezone():%Y-%m-%d %H:%M}: {names}",
        f"waited before the answer: {waited}",
        f"open on the screen: {shown}",
        f"jumped to the end: {jumped:,}",
        *(
            [f"with a reason for the log: {reasoned[True]:,}, without: {reasoned[False]:,}"]
            if reasoned[True]
            else []
        ),
        *(_tool_line(name, of) for name, of in tools.items()),
        *(
            f"by rule {one_line(name, 60)}: {counted(of, 'answer')}"
            for name, of in rules.most_common()
        ),
    ]
    if unread:
        lines.append(f"approved faster than one can read: {len(unread):,}")
        lines += (f"    {_unread_line(entry)}" for entry in unread)
    if burst >= MANY:
        lines.append(f"{burst:,} approvals within 60 seconds: were they read?")
    return CommandResult(document, tuple(lines))


@dataclass(frozen=True, slots=True)
class _Spread:
    """How seconds are spread; None if there are none."""

    half: float | None = None
    nine_of_ten: float | None = None

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "_Spread":
        ordered = sorted(seconds)
        if not ordered:
            return cls()
        return cls(median(ordered), ordered[math.ceil(0.9 * len(ordered)) - 1])

    def document(self) -> JsonValue:
        if self.half is None or self.nine_of_ten is None:
            return None
        return {"half": round(self.half, 1), "nine_of_ten": round(self.nine_of_ten, 1)}

    def __str__(self) -> str:
        if self.half is None or self.nine_of_ten is None:
            return "not known"
        return f"half within {duration(self.half)}, nine of ten within {duration(self.nine_of_ten)}"


def _tool_line(name: str, approved: Counter[bool]) -> str:
    share = approved[True] / approved.total()
    return f"{one_line(name, 60)}: {counted(approved.total(), 'call')}, {share:.0%} approved"


def _unread_line(entry: LogEntry) -> str:
    seconds = duration(entry.seconds or 0)
    place = f"{entry.graph_id} ▸ {entry.node}, thread {entry.thread_id}"
    return one_line(f"{counted(entry.characters, 'character')} in {seconds}: {place}", 400)


def _is_approval(entry: LogEntry) -> bool:
    return all(verdict == "approve" for verdict in _verdicts(entry))


def _verdicts(entry: LogEntry) -> list[str]:
    """Return what was decided on each call: `approve`, `edit to another tool`, …"""
    return [each.strip() for each in entry.decision.split(",")]


def _faster_than_reading(entry: LogEntry) -> bool:
    return (
        _is_approval(entry)
        and entry.seconds is not None
        and entry.characters >= _LEAST
        and entry.characters > _READABLE * entry.seconds
    )


def _most_at_once(answers: Iterable[LogEntry]) -> int:
    """Return the most approvals within `WITHIN`."""
    times = [entry.at for entry in answers if _is_approval(entry)]
    most = first = 0
    for last, at in enumerate(times):
        while (at - times[first]).total_seconds() > WITHIN:
            first += 1
        most = max(most, last - first + 1)
    return most


def _by_tool(answers: Iterable[LogEntry]) -> dict[str, Counter[bool]]:
    """Return for each tool how often its calls were approved, and not; the most frequent first.

    An answer in no known shape is no approval of any of its calls.
    """
    tools: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for entry in answers:
        verdicts = _verdicts(entry)
        known = (
            verdicts if len(verdicts) == len(entry.tools) else [entry.decision] * len(entry.tools)
        )
        for name, verdict in zip(entry.tools, known, strict=True):
            tools[name][verdict == "approve"] += 1
    return dict(sorted(tools.items(), key=lambda each: (-each[1].total(), each[0])))
