"""What the messages of a thread tell about its questions: which tool call asks, and what came before.

An agent runs each tool call as a task of its own; a tool that runs another agent asks under the name
of the node, `tools`, whoever asks. Source: langchain 1.4.7, `agents/factory.py` (one `Send` for each
call that has no result, in their order).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from hitl_engine.model import Interrupt, RejectedCall, RunningCall
from hitl_engine.reading.messages import (
    Message,
    calls_of,
    decision_in,
    messages_in,
    refusal_of,
    role_of,
    text_of,
)
from hitl_engine.reading.wire import WireTask

_PUSHED = "__pregel_push"


def in_context(
    asked: tuple[Interrupt, ...], values: object, tasks: Sequence[WireTask]
) -> tuple[Interrupt, ...]:
    """Return questions with the tool calls that run them, and with the calls rejected before."""
    turns = tuple(_turns(messages_in(values)))
    if not asked or not turns:
        return asked
    running = _running(turns[-1], tasks)
    rejected = tuple(_rejected(turns))
    return tuple(
        replace(each, tool_call=_of_another(each, running.get(each.task_id)), rejected=rejected)
        for each in asked
    )


def asks_in_a_tool(tasks: Iterable[WireTask]) -> bool:
    """Return whether only the messages show which tool call asks: several tasks run tools.

    A question for the approval of a call names it itself.
    """
    running = [task for task in tasks if _runs_tools(task)]
    return len(running) > 1 and any(
        not (isinstance(asked.value, dict) and "name" in asked.value and "args" in asked.value)
        for task in running
        for asked in task.interrupts
    )


def _runs_tools(task: WireTask) -> bool:
    return "tool" in task.name.casefold()


def _of_another(asked: Interrupt, call: RunningCall | None) -> RunningCall | None:
    """Return the call, unless the question is for the approval of this very call."""
    match asked.payload:
        case {"name": str(name), "args": dict(args)} if call == RunningCall(name, args):
            return None
        case _:
            return call


def _turns(messages: Iterable[Message]) -> Iterator[tuple[Message, list[Message]]]:
    """Yield each message of the model, with the results that follow it."""
    turn: tuple[Message, list[Message]] | None = None
    for message in messages:
        role = role_of(message)
        if role == "ai":
            if turn is not None:
                yield turn
            turn = message, []
        elif role == "tool" and turn is not None:
            turn[1].append(message)
    if turn is not None:
        yield turn


def _running(
    turn: tuple[Message, list[Message]], tasks: Iterable[WireTask]
) -> dict[str, RunningCall]:
    """Return the call that each task runs; nothing unless all can be paired for certain."""
    message, results = turn
    # The values contain results of this step's own tasks too, but those of a person came before.
    decided = {result["tool_call_id"] for result in results if _is_of_a_person(result)}
    calls = [call for call in calls_of(message) if call["id"] not in decided]
    running = [task for task in tasks if _runs_tools(task)]
    pushed = [task for task in running if task.path[:1] == (_PUSHED,)]
    if len(running) != len(calls) or (len(running) > 1 and len(pushed) < len(running)):
        return {}
    return {
        task.id: RunningCall(str(call.get("name")), call["args"])
        for task, call in zip(running, calls, strict=True)
        if isinstance(call.get("args"), dict)
    }


def _rejected(turns: Sequence[tuple[Message, list[Message]]]) -> Iterator[RejectedCall]:
    """Yield the calls of the newest turn that were rejected before, with how often."""
    for call in calls_of(turns[-1][0]):
        name, args = call.get("name"), call.get("args")
        count = sum(
            _is_rejection(result, str(name))
            for message, results in turns[:-1]
            for earlier in calls_of(message)
            if (earlier.get("name"), earlier.get("args")) == (name, args)
            for result in results
            if result["tool_call_id"] == earlier["id"]
        )
        if count and isinstance(args, dict):
            yield RejectedCall(str(name), args, count)


def _is_of_a_person(result: Message) -> bool:
    """Return whether a person decided on the call, and it did not run."""
    return bool(decision_in(result)) or _is_rejection(result, str(result.get("name")))


def _is_rejection(result: Message, tool: str) -> bool:
    if decision := decision_in(result):
        return decision == "reject"
    return result.get("status") == "error" and text_of(result).startswith(refusal_of(tool))
