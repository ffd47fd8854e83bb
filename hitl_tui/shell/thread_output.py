"""One thread as the result of `hitl-tui show`, and its interrupts as documents."""

from collections.abc import Iterable, Iterator, Sequence

from hitl_engine.model import Breakpoint, Interrupt, JsonObject, JsonValue, ThreadView, Waiting
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell import question_output
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.question_output import QuestionDetails
from hitl_tui.text.item_summary import breakpoint_line


def thread_result(thread: ThreadView, questions: Sequence[QuestionDetails]) -> CommandResult:
    """Return the state of a thread, and each of its questions with the answers that it takes."""
    document: JsonObject = {
        "thread_id": thread.thread_id,
        "graph": thread.graph_id,
        "status": thread.status.value,
        "values": thread.values,
        "next": list(thread.next),
        "interrupts": interrupt_documents(thread.waiting),
        "asks": [question_output.document(each) for each in questions],
        "checkpoint_id": thread.checkpoint_id,
        "error": thread.error,
    }
    return CommandResult(document, tuple(_lines(thread, questions)))


def interrupt_documents(waiting: Iterable[Waiting]) -> list[JsonValue]:
    """Return the interrupts among what waits on a thread, as JSON."""
    return [
        {"id": item.interrupt_id, "value": item.payload, "node": item.node}
        for item in waiting
        if isinstance(item, Interrupt)
    ]


def _lines(thread: ThreadView, questions: Sequence[QuestionDetails]) -> Iterator[str]:
    yield from _head_lines(thread)
    for number, each in enumerate(questions, 1):
        yield ""
        interrupt_id = one_line(each.question.interrupt.interrupt_id)
        yield f"Question {number} of {len(questions)}: {interrupt_id}"
        yield from question_output.lines(each)
    for item in thread.waiting:
        if isinstance(item, Breakpoint):
            yield ""
            yield f"Stopped {item.when} {one_line(item.node)}; {breakpoint_line(item)}"
            yield "  continue with hitl-tui step"
    yield ""
    yield "Values"
    yield from json_text(thread.values).split("\n")


def _head_lines(thread: ThreadView) -> Iterator[str]:
    yield f"Thread {one_line(thread.thread_id)} of {one_line(thread.graph_id) or 'no graph'}"
    yield f"  status     {thread.status}"
    if thread.next:
        yield f"  next       {', '.join(map(one_line, thread.next))}"
    yield f"  checkpoint {one_line(thread.checkpoint_id) or 'none'}"
    if thread.error:
        yield f"  error      {one_line(thread.error, 2000)}"
