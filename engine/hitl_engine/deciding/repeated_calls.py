"""Calls that an agent asks for again after they were rejected: what a person should know. Pure."""

from collections.abc import Iterator, Sequence

from hitl_engine.model import DecisionKind, RejectedCall, Review, ToolCall, ToolCalls


def rejected_notes(review: Review, rejected: Sequence[RejectedCall]) -> tuple[str, ...]:
    """Return a sentence for each call of the review that was rejected before, with the ways out."""
    if not isinstance(review, ToolCalls):
        return ()
    return tuple(_notes(review.calls, rejected))


def _notes(calls: Sequence[ToolCall], rejected: Sequence[RejectedCall]) -> Iterator[str]:
    for number, call in enumerate(calls, 1):
        place = f"Call {number}, {call.name}" if len(calls) > 1 else call.name
        for earlier in rejected:
            if (earlier.name, earlier.args) == (call.name, call.args):
                times = "once" if earlier.count == 1 else f"{earlier.count} times"
                yield f"{place}: the same call, rejected {times} here. {_ways_out(call)}"


def _ways_out(call: ToolCall) -> str:
    if DecisionKind.RESPOND in call.allowed:
        return (
            "To end this, respond in the tool's place with what the agent should do, or leave it."
        )
    return "To end this, reject it with a reason that tells what the agent should do, or leave it."
