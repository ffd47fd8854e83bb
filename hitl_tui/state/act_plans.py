"""The plans for what changes a thread, an assistant or the store: confirmed before it is sent."""

from collections.abc import Iterator

from hitl_engine.model import (
    Assistant,
    Change,
    ChangeKind,
    Interrupt,
    JsonObject,
    JsonValue,
    StoreItem,
    ThreadStatus,
    ThreadView,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.state.plan import Plan
from hitl_tui.text.change_lines import lines_of_changes
from hitl_tui.text.fitting import counted


def plan_of_deletion(thread: ThreadView) -> Plan:
    """Return what to confirm before a thread is deleted."""
    graph = one_line(thread.graph_id, 80)
    of_graph = f", of the graph {graph}," if graph else ""
    return Plan(
        "Delete a thread",
        (
            f"Thread {one_line(thread.thread_id, 60)}{of_graph} will be deleted.",
            "Its state, its history and its runs go with it. Nothing brings them back.",
        ),
        tuple(_lost(thread)),
        shows_answer=False,
        verb="Delete",
    )


def plan_of_cancellation(thread_id: str, *, rollback: bool) -> Plan:
    """Return what to confirm before the run in progress is cancelled."""
    what = (
        "It is deleted, and the state is again as it was before it."
        if rollback
        else "What its finished nodes wrote into the state is kept, and the thread can go on from there."
    )
    return Plan(
        "Cancel and take back the run" if rollback else "Cancel the run",
        (f"The run in progress on thread {one_line(thread_id, 60)} will be cancelled.", what),
        ("What its nodes have done elsewhere (sent, written, paid) is not undone.",),
        shows_answer=False,
        verb="Cancel it",
    )


def _lost(thread: ThreadView) -> Iterator[str]:
    if thread.status is ThreadStatus.BUSY:
        yield "A run is in progress on it, and is cancelled."
    asked = [item for item in thread.waiting if isinstance(item, Interrupt)]
    if asked:
        wait = "waits" if len(asked) == 1 else "wait"
        yield f"{counted(len(asked), 'question')} on it {wait} for an answer."
    elif thread.status is ThreadStatus.BREAKPOINT:
        yield "It is at a breakpoint; what comes after that does not run."


def plan_of_latest_version(now: Assistant, chosen: Assistant) -> Plan:
    """Return what to confirm before another version of an assistant is the latest, with what changes."""
    changes = _changes_by_key(_settings_of(now), _settings_of(chosen))
    what = (
        f"Runs of {one_line(now.name, 60)} start with version {chosen.version} from then on,"
        f" not with version {now.version}."
    )
    return Plan(
        f"Make version {chosen.version} the latest?",
        ("", what),
        ("Other clients of the server get it too.",),
        shows_answer=False,
        verb="Make it the latest",
        difference=tuple(lines_of_changes(changes)),
    )


def _settings_of(assistant: Assistant) -> JsonObject:
    return {
        "config": assistant.config,
        "context": assistant.context,
        "metadata": assistant.metadata,
    }


def plan_of_item(
    place: str, now: StoreItem | None, value: JsonObject, *, was: JsonValue, is_new: bool
) -> Plan:
    """Return what to confirm before an item is stored: the difference to what the store has `now`.

    `was`: what it had when the user began to edit. `is_new`: the user wants to store a new item.
    """
    before = now.value if now is not None and isinstance(now.value, dict) else {}
    cautions = []
    if now is not None and is_new:
        cautions.append("The store has an item with this key already. Its value is replaced.")
    elif now is not None and now.value != was:
        cautions.append("The item has changed since you opened it. What it is now is replaced.")
    elif now is None and not is_new:
        cautions.append("The item has been deleted since you opened it. It is stored again.")
    same = now is not None and now.value == value
    return Plan(
        f"Store {place}?",
        (),
        tuple(cautions),
        shows_answer=False,
        why_not="Nothing was changed: the store has this value." if same else "",
        verb="Store",
        difference=tuple(lines_of_changes(_changes_by_key(before, value))),
    )


def plan_of_item_deletion(place: str, item: StoreItem) -> Plan:
    """Return what to confirm before an item of the store is deleted."""
    return Plan(
        "Delete an item of the store",
        (
            f"{place} will be deleted. Nothing brings it back.",
            f"Its value: {one_line(json_text(item.value, indent=None), 400)}",
        ),
        shows_answer=False,
        verb="Delete",
    )


def _changes_by_key(before: JsonObject, after: JsonObject) -> Iterator[Change]:
    """Yield what changes between two objects, each of their own keys as a whole."""
    for key in dict.fromkeys((*before, *after)):
        if key not in after:
            yield Change((key,), ChangeKind.REMOVED, before=before[key])
        elif key not in before:
            yield Change((key,), ChangeKind.ADDED, after=after[key])
        elif before[key] != after[key]:
            yield Change((key,), ChangeKind.REPLACED, before[key], after[key])
