"""Checks in the messages of a thread whether tool calls did what was decided. Pure.

A rejected call can run all the same (the middleware asks its `when` once more on resuming), an
approved one can be dropped (JavaScript's middleware drops it where another is rejected), and an
edited one can be tried again as it was, in spite of the note in its result. Only what the messages
show is reported; nothing if they cannot be read, or if a call cannot be identified for certain.

Source: langchain 1.5.2 `agents/middleware/human_in_the_loop.py`, and the same of langchainjs 1.0.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from hitl_engine.model import Approve, Edit, Reject, Respond, ToolCall, ToolCalls, Verdict
from hitl_engine.reading.messages import (
    Message,
    calls_of,
    decision_in,
    messages_in,
    refusal_of,
    role_of,
    text_of,
)
from hitl_engine.reading.snapshot import Snapshot


def mismatches(
    review: ToolCalls, verdicts: Sequence[Verdict], before: Snapshot, after: Snapshot
) -> tuple[str, ...]:
    """Return a sentence for each call that did not run as decided, in the order of the calls.

    `before` and `after`: the thread when the answer was sent, and when its run had stopped. The
    sentences hold untrusted names and results.
    """
    turn = _turn(review.calls, _messages(before), _messages(after))
    if turn is None or len(verdicts) != len(review.calls):
        return ()
    # For an older request that was not accepted, each graph writes a result of its own.
    agreed = review.convention != "human interrupt"
    several = len(review.calls) > 1
    sentences: list[str] = []
    for number, (call, verdict) in enumerate(zip(review.calls, verdicts, strict=True), 1):
        name = _cut(call.name, 60)
        place = f"Call {number}, {name}" if several else name
        results = turn.results(turn.ids[number - 1])
        sentences += [
            f"{place}: {each}" for each in _call_mismatches(call, verdict, results, turn, agreed)
        ]
    return tuple(sentences)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A message that asks for tools, and what came after it."""

    ids: tuple[str, ...]
    """Of the calls that were decided on."""
    later: tuple[Message, ...]

    def results(self, call_id: str) -> list[Message]:
        """Return the results of a call. Some models use its id in a later turn again."""
        own = takewhile(lambda message: role_of(message) != "ai", self.later)
        return [each for each in own if role_of(each) == "tool" and each["tool_call_id"] == call_id]

    @property
    def next(self) -> Message | None:
        """The next message of the model."""
        return next((each for each in self.later if role_of(each) == "ai"), None)


def _call_mismatches(
    call: ToolCall, verdict: Verdict, results: Sequence[Message], turn: _Turn, agreed: bool
) -> Iterator[str]:
    if isinstance(verdict, Reject | Respond):
        done = "rejected" if isinstance(verdict, Reject) else "answered in the tool's place"
        for result in results if agreed else ():
            if not _is_own(result, call, verdict):
                yield f"{done}, but it has a result as if it had run: {_excerpt(result)}"
    elif turn.next is not None and not results:
        done = "approved" if isinstance(verdict, Approve) else "edited"
        yield f"{done}, but the agent continued without its result, as if it had not run."
    again = any(_asks_for(call, each) for each in calls_of(turn.next))
    if again and isinstance(verdict, Edit) and not _asks_for(call, _as_edited(call, verdict)):
        yield "edited, but the agent asks for it again with the original arguments."


def _as_edited(call: ToolCall, edit: Edit) -> Message:
    return {"name": edit.name or call.name, "args": edit.args}


def _is_own(result: Message, call: ToolCall, verdict: Reject | Respond) -> bool:
    """Whether a result is what the middleware writes in the tool's place.

    That is the message itself, or a refusal that may hold it; newer middleware also marks it.
    """
    if decision := decision_in(result):
        return decision == verdict.kind
    rejected = isinstance(verdict, Reject)
    status = "error" if rejected else "success"
    if (result.get("status") or status) != status:
        return False
    text = text_of(result)
    return text == verdict.message or rejected and text.startswith(refusal_of(call.name))


# Which message asked


def _turn(
    calls: Sequence[ToolCall], before: Sequence[Message], after: Sequence[Message]
) -> _Turn | None:
    """Find the message whose calls were decided on, and what came after it.

    It is the model's last one, and the calls have no results yet. Of a subgraph the messages show
    only when it has ended: then it is the first of those that are new.
    """
    last = [message for message in before if role_of(message) == "ai"][-1:]
    new = [each for each in after if calls_of(each) and _since(each, before) is None]
    for message in (*last, *new):
        ids = _ids(calls, calls_of(message))
        earlier = _since(message, before) or ()
        if ids is not None and not any(each.get("tool_call_id") in ids for each in earlier):
            later = _since(message, after)
            return None if later is None else _Turn(ids, later)
    return None


def _since(message: Message, messages: Sequence[Message]) -> tuple[Message, ...] | None:
    """Return what came after the message with this id, or None if it is not there."""
    for place, each in enumerate(messages):
        if message.get("id") and each.get("id") == message["id"]:
            return tuple(messages[place + 1 :])
    return None


def _ids(calls: Sequence[ToolCall], listed: Sequence[Message]) -> tuple[str, ...] | None:
    """Return the ids of calls among those of a message, or None if any is uncertain.

    A batch has no ids, and contains some of the calls, in their order: they are certain if there
    is only one way to match them.
    """
    first = _places(calls, listed)
    last = _places(calls[::-1], listed[::-1])
    if first is None or last is None:
        return None
    if first != [len(listed) - 1 - place for place in reversed(last)]:
        return None
    return tuple(listed[place]["id"] for place in first)


def _places(calls: Sequence[ToolCall], listed: Sequence[Message]) -> list[int] | None:
    """Return the indexes of the calls among those listed, taking the first that fits each time."""
    found: list[int] = []
    for call in calls:
        start = found[-1] + 1 if found else 0
        fits = (place for place in range(start, len(listed)) if _is(call, listed[place]))
        if (place := next(fits, None)) is None:
            return None
        found.append(place)
    return found


def _is(call: ToolCall, listed: Message) -> bool:
    known = call.extra.get("tool_call_id")
    return _asks_for(call, listed) and (known is None or known == listed["id"])


def _asks_for(call: ToolCall, listed: Message) -> bool:
    return bool(call.name == listed.get("name") and call.args == listed.get("args"))


# What messages are


def _messages(thread: Snapshot) -> list[Message]:
    """Return the messages of a thread, and of tasks that finished before their step did."""
    parts = [thread.values, *(task.result for task in thread.tasks)]
    return [message for each in parts for message in messages_in(each)]


def _excerpt(message: Message) -> str:
    text = " ".join(text_of(message).split())
    return f"“{_cut(text, 160)}”" if text else "an empty one"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"
