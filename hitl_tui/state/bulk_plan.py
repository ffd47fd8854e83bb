"""The plan for many items: every call of every item, with what happens to it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from hitl_engine.model import (
    Breakpoint,
    Draft,
    PlannedDecision,
    Question,
    ToolCall,
    ToolCalls,
    Verdict,
    Verdicts,
)
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.state.plan import (
    CAUTION,
    Plan,
    decision_words,
    log_reason_lines,
    verdict_words,
)
from hitl_tui.text.argument_lines import lines_of
from hitl_tui.text.fitting import counted
from hitl_tui.text.literal import short_id


def plan_of_bulk(planned: Sequence[PlannedDecision], drafts: Sequence[Draft | None]) -> Plan:
    """Return what happens to each item, in full: nothing is cut or folded.

    `drafts` has what was typed for each item alone, or None; it is not sent.
    """
    lines: list[str] = [*_summary(planned), *_passed_over(drafts)]
    lines += log_reason_lines(each.item.log_reason for each in planned)
    parts: list[range] = []
    for number, (each, draft) in enumerate(zip(planned, drafts, strict=True), 1):
        lines.append("")
        start = len(lines)
        lines += _item_lines(number, len(planned), each, draft)
        parts.append(range(start, len(lines)))
    count = len(planned)
    return Plan(
        f"Send {counted(count, 'decision')}?" if count > 1 else "Send this decision?",
        tuple(lines),
        shows_answer=False,
        note=f"to {counted(count, 'item')}, a decision each, as listed above",
        parts=tuple(parts),
    )


def _summary(planned: Sequence[PlannedDecision]) -> Iterator[str]:
    """Count what happens: `approve: 12 calls of send_email`."""
    counts = Counter(
        (verdict_words(verdict, call), one_line(call.name, 60))
        for each in planned
        for call, verdict in _calls(each)
    )
    for (words, tool), count in counts.most_common():
        yield f"{words}: {counted(count, 'call')} of {tool}"
    others = sum(not _calls(each) for each in planned)
    if others:
        yield f"{counted(others, 'item')} without tool calls"


def _passed_over(drafts: Sequence[Draft | None]) -> Iterator[str]:
    places = [str(number) for number, draft in enumerate(drafts, 1) if draft is not None]
    if places:
        items = f"item{'s' if len(places) > 1 else ''} {', '.join(places)}"
        drafts_of = "Your draft" if len(places) == 1 else f"Your {len(places)} drafts"
        are = "is" if len(places) == 1 else "are"
        yield f"{CAUTION}{drafts_of} for {items} {are} not sent."


def _item_lines(
    number: int, count: int, planned: PlannedDecision, draft: Draft | None
) -> Iterator[str]:
    asked = planned.item if isinstance(planned.item, Breakpoint) else planned.item.interrupt
    place = f"{one_line(asked.graph_id, 200)} ▸ {one_line(asked.node, 200)}"
    target = f"{one_line(asked.target, 200)}: " if asked.target else ""
    yield f"{number} of {count}  {target}{place}  {short_id(asked.thread_id)}"
    yield from _what_happens(planned)
    if isinstance(planned.item, Question):
        yield from (f"  note: {one_line(note, 1_000)}" for note in planned.item.review.notes)
    for caution in planned.cautions:
        yield f"{CAUTION}Item {number}: {one_line(caution, 1_000)}"
    if draft is not None:
        saved = draft.saved.astimezone().strftime("%d %b %H:%M")
        yield (
            f"{CAUTION}Item {number}: your draft of {saved} is not sent. It is deleted once this"
            " decision is applied."
        )


def _what_happens(planned: PlannedDecision) -> Iterator[str]:
    match planned:
        case PlannedDecision(item=Breakpoint() as stop):
            yield f"  step past {one_line(stop.node, 200)}, with no input"
            return
        case PlannedDecision(item=Question(review=ToolCalls()), decision=Verdicts()):
            for call, verdict in _calls(planned):
                yield f"  {_whole(call.name)}: {verdict_words(verdict, call)}"
                yield from _indented(_arguments(call))
        case PlannedDecision(item=Question() as question, decision=decision) if decision:
            yield f"  {decision_words(question, decision)}, in answer to"
            yield from _indented(json_text(question.interrupt.payload).split("\n"))
    yield f"  sends {json_text(planned.answer, indent=None)}"


def _calls(planned: PlannedDecision) -> list[tuple[ToolCall, Verdict]]:
    match planned:
        case PlannedDecision(
            item=Question(review=ToolCalls(calls=calls)), decision=Verdicts(verdicts=verdicts)
        ):
            return list(zip(calls, verdicts, strict=True))
        case _:
            return []


def _arguments(call: ToolCall) -> list[str]:
    """Return the lines of all arguments, as the card of one item shows them, nothing folded.

    Without arguments, the agent's description is all that is known about a call.
    """
    lines = [f"{line.gutter}{line.text}" for line in lines_of(call.args)]
    if not lines and call.description:
        described = visible(call.description).split("\n")
        lines = ["  no arguments; the agent's description:", *(f"    {each}" for each in described)]
    return lines or ["  no arguments"]


def _whole(name: str) -> str:
    """Return a name on one line, never cut: an escape has up to ten characters."""
    return one_line(name, 10 * len(name))


def _indented(lines: Sequence[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
