"""What waits, as the result of `hitl-tui list`: one item for each interrupt and breakpoint."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from hitl_engine.model import Breakpoint, Interrupt, JsonObject, Presence, Waiting, kind_of
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.error_output import error_line
from hitl_tui.shell.two_reviewers_output import two_reviewers_fields
from hitl_tui.text.item_summary import breakpoint_line, item_line
from hitl_tui.text.presence_words import presence_document, presence_lines
from hitl_tui.text.two_reviewers import two_reviewers_words

if TYPE_CHECKING:
    from hitl_engine.deciding.reviews import Reviews
    from hitl_engine.desk import Desk


def inbox_result(
    items: Sequence[Waiting], unreadable: Iterable[tuple[str, str]], desk: "Desk"
) -> CommandResult:
    """Return the items in the given order, with a note for each thread that cannot be read."""
    on = [desk.people.of(item.thread_id) for item in items]
    both = list(zip(items, on, strict=True))
    return CommandResult(
        [
            {**item_document(item, desk.reviews), "presence": presence_document(each)}
            for item, each in both
        ],
        tuple(_line(item, desk.reviews, each) for item, each in both) or ("Nothing waits.",),
        notes=tuple(
            error_line("Not read", f"thread {thread}: {why}") for thread, why in unreadable
        ),
    )


def item_document(item: Waiting, reviews: "Reviews") -> JsonObject:
    """Return an item as `list` and `watch` print it."""
    shown = reviews.item(item)
    deadline = reviews.deadline_of(item)
    asked = item if isinstance(item, Interrupt) else None
    stop = item if isinstance(item, Breakpoint) else None
    return {
        "thread_id": item.thread_id,
        "graph": item.graph_id,
        "kind": "interrupt" if asked else "breakpoint",
        "asks_for": kind_of(shown).value,
        "summary": item_line(shown),
        "node": item.node,
        "interrupt_id": asked.interrupt_id if asked else None,
        "fingerprint": reviews.fingerprint_of(item),
        "tool_call": asdict(asked.tool_call) if asked and asked.tool_call else None,
        "payload": asked.payload if asked else None,
        "when": stop.when if stop else None,
        "reason": (stop.reason or None) if stop else None,
        "next": list(stop.next) if stop else [asked.node] if asked else [],
        "remark": item.remark or None,
        **two_reviewers_fields(item),
        "waiting_since": item.since.isoformat() if item.since else None,
        "deadline": deadline.isoformat() if deadline else None,
    }


def _line(item: Waiting, reviews: "Reviews", presence: Presence) -> str:
    since = f"{item.since.astimezone():%Y-%m-%d %H:%M:%S}" if item.since else "?"
    place = one_line(f"{item.graph_id} ▸ {item.node}")
    match item:
        case Interrupt():
            summary = f"interrupt   {place}: {item_line(reviews.question(item))}"
        case Breakpoint():
            summary = f"breakpoint  {item.when} {place}: {breakpoint_line(item)}"
    remark = f"  ! {one_line(item.remark, 400)}" if item.remark else ""
    two = f"  {two_reviewers_words(item)}" if isinstance(item, Interrupt) else ""
    people = "".join(f"  ({words})" for words in presence_lines(presence))
    return f"{since}  {one_line(item.thread_id)}  {summary}{remark}{two.rstrip()}{people}"
