"""The conversations in a thread's values, and which of their tool calls are asked about.

A thread may hold thousands of messages: each is understood when it is first shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import overload

from hitl_engine.model import (
    Conversation,
    Interrupt,
    JsonObject,
    JsonValue,
    Message,
    ThreadView,
    ToolCalls,
)
from hitl_engine.payloads import recognise
from hitl_engine.reading.message_shapes import answered_id, call_ids, is_message, message_of

_USUAL = "messages"
"""The key under which LangGraph's agents keep messages."""
_TURNS_BACK = 50
"""How many of the newest messages are searched for a call that is asked about."""


class Conversations:
    """Finds what was said on a thread."""

    def of(self, thread: ThreadView) -> tuple[Conversation, ...]:
        """Return the conversations in the values of a thread, `messages` first.

        None if its values hold no messages. Whatever the values are, nothing is raised.
        """
        asked = [item for item in thread.waiting if isinstance(item, Interrupt)]
        return tuple(_conversation(key, raw, asked) for key, raw in _lists(thread.values))


def _lists(values: JsonValue) -> Iterator[tuple[str, list[JsonValue]]]:
    """Yield each key that holds messages; a list is one if its first or last item is a message."""
    if isinstance(values, list) and _holds_messages(values):
        yield "", values
    if not isinstance(values, dict):
        return
    for key in sorted(values, key=lambda key: key != _USUAL):
        match values[key]:
            case [] as raw if key == _USUAL:
                yield key, raw
            case list(raw) if _holds_messages(raw):
                yield key, raw


def _holds_messages(raw: list[JsonValue]) -> bool:
    return bool(raw) and (is_message(raw[0]) or is_message(raw[-1]))


def _conversation(key: str, raw: list[JsonValue], asked: Sequence[Interrupt]) -> Conversation:
    results = _results(raw)
    found = _asked_calls(raw, results, asked) if asked else frozenset()
    return Conversation(
        key,
        _Messages(raw, results, found),
        frozenset(results.values()),
        max((index for index, _ in found), default=None),
    )


def _results(raw: list[JsonValue]) -> dict[tuple[int, str], int]:
    """Return which message has the result of a call: (message of the call, its id) -> index."""
    caller: dict[str, int] = {}
    results: dict[tuple[int, str], int] = {}
    for index, each in enumerate(raw):
        if (answered := answered_id(each)) in caller:
            results.setdefault((caller[answered], answered), index)
        for call_id in call_ids(each):
            caller[call_id] = index
    return results


def _asked_calls(
    raw: list[JsonValue], answered: Iterable[tuple[int, str]], asked: Sequence[Interrupt]
) -> frozenset[tuple[int, int]]:
    """Return the calls that are asked about, each as (message, number of its call).

    The newest calls without a result come first; of calls that are equal, each is taken once.
    """
    known = frozenset(answered)
    open_calls = [
        (index, number, call)
        for index in reversed(range(max(0, len(raw) - _TURNS_BACK), len(raw)))
        for number, call in enumerate(message_of(raw[index]).calls)
        if (index, call.call_id) not in known
    ]
    found: set[tuple[int, int]] = set()
    for call_id, name, args in (each for one in asked for each in _subjects(one)):
        for index, number, call in open_calls:
            same = call.call_id == call_id if call_id else (call.name, call.args) == (name, args)
            if same and (index, number) not in found:
                found.add((index, number))
                break
    return frozenset(found)


def _subjects(asked: Interrupt) -> Iterator[tuple[str, str, JsonObject]]:
    """Yield the calls that a question is about: the id of each if it is told, its name, its args."""
    match asked.payload:
        case {"tool_call_id": str(call_id)} if call_id:
            yield call_id, "", {}
            return
        case {"name": str(name), "args": dict(args)}:
            yield "", name, args
            return
    if asked.tool_call is not None:
        yield "", asked.tool_call.name, asked.tool_call.args
        return
    review = recognise(asked.payload, asked.response_schema)
    if isinstance(review, ToolCalls):
        for call in review.calls:
            yield "", call.name, call.args


class _Messages(Sequence[Message]):
    """The messages of a list, each understood once, when it is first asked for."""

    def __init__(
        self,
        raw: list[JsonValue],
        results: Mapping[tuple[int, str], int],
        asked: frozenset[tuple[int, int]],
    ) -> None:
        self._raw = raw
        self._results = results
        self._asked = asked
        self._understood: dict[int, Message] = {}

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Message, ...]: ...
    def __getitem__(self, index: int | slice) -> Message | tuple[Message, ...]:
        if isinstance(index, slice):
            return tuple(self[each] for each in range(*index.indices(len(self))))
        place = range(len(self))[index]
        if place not in self._understood:
            self._understood[place] = self._message(place)
        return self._understood[place]

    def _message(self, place: int) -> Message:
        message = message_of(self._raw[place])
        calls = (
            replace(
                call,
                asked=(place, number) in self._asked,
                result=self._results.get((place, call.call_id)),
            )
            for number, call in enumerate(message.calls)
        )
        return replace(message, calls=tuple(calls))
