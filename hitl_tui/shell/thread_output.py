"""One thread as the result of `hitl-tui show`, and its interrupts as documents."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from hitl_engine.model import (
    Breakpoint,
    Interrupt,
    JsonObject,
    JsonValue,
    Presence,
    ThreadView,
    Waiting,
    busy_remark,
)
from hitl_engine.visible import json_text, one_line, visible
from hitl_tui.shell import question_output
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.question_output import QuestionDetails
from hitl_tui.text.item_summary import NO_ANSWER, breakpoint_line
from hitl_tui.text.presence_words import presence_document, presence_lines

FingerprintOf = Callable[[Waiting], str]
"""Returns the fingerprint of what waits: `Desk.reviews.fingerprint_of`."""


def thread_result(
    thread: ThreadView,
    questions: Sequence[QuestionDetails],
    fingerprint_of: FingerprintOf,
    presence: Presence,
) -> CommandResult:
    """Return the state of a thread, and each of its questions with the answers that it takes.

    `presence`: who is on it.
    """
    document: JsonObject = {
        "thread_id": thread.thread_id,
        "graph": thread.graph_id,
        "status": thread.status.value,
        "values": thread.values,
        "next": list(thread.next),
        **waiting_documents(thread.waiting, fingerprint_of),
        "asks": [question_output.document(each) for each in questions],
        "checkpoint_id": thread.checkpoint_id,
        "error": thread.error,
        "traceback": thread.traceback or None,
        "code_changed": thread.code_changed or None,
        "presence": presence_document(presence),
    }
    lines = _lines(thread, questions, fingerprint_of, presence)
    return CommandResult(document, tuple(lines))


def waiting_documents(waiting: Iterable[Waiting], fingerprint_of: FingerprintOf) -> JsonObject:
    """Return what waits on a thread, as JSON: a list of interrupts, and a breakpoint or null."""
    interrupts: list[JsonValue] = []
    breakpoint: JsonValue = None
    for item in waiting:
        its: JsonObject = {"node": item.node, "fingerprint": fingerprint_of(item)}
        if isinstance(item, Interrupt):
            interrupts.append(
                {"id": item.interrupt_id, "value": item.payload, **_inexact(item), **its}
            )
        else:
            stop: JsonObject = {"when": item.when, "next": list(item.next)}
            breakpoint = {**stop, "reason": item.reason or None, **its}
    return {"interrupts": interrupts, "breakpoint": breakpoint}


def _inexact(interrupt: Interrupt) -> JsonObject:
    """Return what the JSON of the payload cannot carry, if there is anything."""
    exact: list[JsonValue] = [
        {"path": list(one.path), "value": one.value} for one in interrupt.exact_values
    ]
    return {"exact_values": exact} if exact else {}


def _lines(
    thread: ThreadView,
    questions: Sequence[QuestionDetails],
    fingerprint_of: FingerprintOf,
    presence: Presence,
) -> Iterator[str]:
    yield from _head_lines(thread)
    yield from (f"  people     {words}" for words in presence_lines(presence))
    for number, each in enumerate(questions, 1):
        yield ""
        interrupt_id = one_line(each.question.interrupt.interrupt_id)
        yield f"Question {number} of {len(questions)}: {interrupt_id}"
        yield from question_output.lines(each)
    for item in thread.waiting:
        if isinstance(item, Breakpoint):
            yield ""
            yield f"Stopped {item.when} {one_line(item.node)}; {breakpoint_line(item)}"
            yield f"  fingerprint {fingerprint_of(item)}"
            if item.remark:
                yield f"  remark      {one_line(item.remark, 400)}"
            if item.caution:
                yield f"  caution     {one_line(item.caution, 400)} A step needs --yes."
            yield from _ways_on(item)
    yield ""
    yield "Values"
    yield from json_text(thread.values).split("\n")


def _ways_on(stop: Breakpoint) -> Iterator[str]:
    if stop.when == "in":
        yield f"  {NO_ANSWER}"
        yield "  run it again with hitl-tui step, after the state was changed"
    else:
        yield "  continue with hitl-tui step"


def _head_lines(thread: ThreadView) -> Iterator[str]:
    yield f"Thread {one_line(thread.thread_id)} of {one_line(thread.graph_id) or 'no graph'}"
    busy = busy_remark(thread.busy_since, datetime.now(UTC))
    yield f"  status     {thread.status}{f'. {busy}' if busy else ''}"
    if thread.next:
        yield f"  next       {', '.join(map(one_line, thread.next))}"
    yield f"  checkpoint {one_line(thread.checkpoint_id) or 'none'}"
    if thread.error:
        yield f"  error      {one_line(thread.error, 2000)}"
    if thread.traceback:
        yield from (f"  {visible(line)}" for line in thread.traceback.splitlines())
    if thread.code_changed:
        yield f"  code       {one_line(thread.code_changed, 2000)}"
