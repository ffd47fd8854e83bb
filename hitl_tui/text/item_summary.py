"""A pending item on one line: what it asks, its kind, how long it has waited."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hitl_engine.model import (
    AnyJson,
    Breakpoint,
    Choices,
    FormToFill,
    Interrupt,
    Item,
    JsonObject,
    JsonValue,
    MachineRequest,
    Questions,
    Review,
    RunningCall,
    TextToRevise,
    ToolCalls,
    Waiting,
    in_utc,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.text.durations import age

NO_ANSWER = "A node raised NodeInterrupt, which takes no answer: LangGraph does not pass one on."
"""What a stop in a node is."""
_LINE = 400
"""Characters; more than a terminal shows on one line."""


def review_line(review: Review) -> str:
    """Return what a review asks for, as visible text on one line."""
    match review:
        case TextToRevise(text=text, prompt=prompt):
            if not text:
                return one_line(prompt, _LINE)
            quoted = f"“{one_line(text, _LINE)}”"
            return f"{one_line(prompt, 80)}: {quoted}" if prompt else f"revise {quoted}"
        case ToolCalls(calls=(first, *others)):
            more = f" and {len(others)} more" if others else ""
            return call_line(first.name, first.args) + more
        case Choices(prompt=prompt, options=options):
            labels = " / ".join(one_line(option.label, 40) for option in options)
            return f"{one_line(prompt, 200)} ({labels})" if prompt else labels
        case Questions(questions=questions):
            return one_line(" · ".join(question.text for question in questions), _LINE)
        case MachineRequest(event=event):
            return f"waits for its own client: {one_line(event, 80) or 'a hook'}"
        case FormToFill(payload=payload) | AnyJson(payload=payload):
            return _payload_line(payload)
        case _:
            raise AssertionError("a request contains at least one tool call")


def waiting_words(waiting: Iterable[Waiting]) -> str:
    """Return what waits on a thread, whole, as text that is not made visible yet."""
    return "\n\n".join(map(_waiting_words, waiting))


def _waiting_words(item: Waiting) -> str:
    if isinstance(item, Breakpoint):
        return f"A breakpoint: {item.node}"
    payload = item.payload if isinstance(item.payload, str) else json_text(item.payload)
    return f"{item.node} asks:\n{payload}"


def _payload_line(payload: JsonValue) -> str:
    """Return a payload as it is, after its title if it has one."""
    match payload:
        case str():
            return one_line(payload, _LINE)
        case {"title": str(title)} if title.strip():
            return f"{one_line(title, 200)}  {_json_line(payload)}"
        case _:
            return _json_line(payload)


def _json_line(payload: JsonValue) -> str:
    return one_line(json_text(payload, indent=None), _LINE)


def call_line(name: str, args: JsonObject) -> str:
    """Return a tool call as visible text on one line, like `send_email(to="ada@example.org")`."""
    arguments = ", ".join(
        f"{one_line(key, 40)}={one_line(json_text(value, indent=None), 120)}"
        for key, value in args.items()
    )
    return f"{one_line(name, 60)}({arguments})"


def running_call_line(call: RunningCall) -> str:
    """Return the tool call that runs what asks, as visible text on one line."""
    return one_line(call_line(call.name, call.args), 120)


def breakpoint_line(stop: Breakpoint) -> str:
    """Return which nodes run after this breakpoint, or why they stopped."""
    if stop.when == "in":
        return one_line(stop.reason, _LINE) or "no reason given"
    if not stop.next:
        return "then the end"
    return "next: " + ", ".join(one_line(node, 60) for node in stop.next)


def item_line(item: Item) -> str:
    """Return what an item asks; for a breakpoint, where the run stopped and which nodes follow."""
    if isinstance(item, Breakpoint):
        return f"{kind_words(item)}, {breakpoint_line(item)}"
    asks = review_line(item.review)
    call = item.interrupt.tool_call
    return asks if call is None else f"{running_call_line(call)} asks: {asks}"


def kind_words(item: Waiting) -> str:
    """Return a symbol and a word for the kind of an item; colour is not needed to read it."""
    match item:
        case Breakpoint(when=when, remark=remark):
            return f"{'!' if remark else '■'} {when}"
        case Interrupt(task_error=str()):
            return "! stuck?"
        case Interrupt(remark=remark) if remark:
            return "! asks"
        case _:
            return "? asks"


def needs_care(item: Waiting) -> bool:
    """Whether there is something to know about an item before deciding on it."""
    return bool(item.remark) or (isinstance(item, Interrupt) and item.task_error is not None)


def waited(since: datetime | None, now: datetime | None = None) -> str:
    """Return how long ago `since` was: `30s`, `3m`, `6h 40m` or `2d 2h`."""
    if since is None:
        return "–"
    return age(((now or datetime.now(UTC)) - in_utc(since)).total_seconds())


def snooze_words(until: datetime | None) -> str:
    """Return until when an item is hidden: a time of day, with the date if it is not today."""
    if until is None:
        return "until it changes"
    local = until.astimezone()
    is_today = local.date() == datetime.now(UTC).astimezone().date()
    return f"until {local.strftime('%H:%M' if is_today else '%d %b %H:%M')}"
