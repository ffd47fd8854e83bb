"""What must be true before anything is sent: the item is unchanged, and the answer is possible.

Pure: each function raises what is wrong, and names the question if there are several.
"""

import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from hitl_engine.deciding.task_groups import duplicate_ids, group_by_task
from hitl_engine.errors import BadInput, Conflict, NoLongerWaits, NotTaken, StillWaits
from hitl_engine.fingerprint import canonical_json, fingerprint
from hitl_engine.model import Breakpoint, Interrupt, JsonValue, Question, ThreadStatus, busy_remark
from hitl_engine.reading.snapshot import Snapshot

_KEPT = "Nothing was sent; what you typed is kept."


def common_thread(questions: Sequence[Question]) -> str:
    """Return the one thread of these questions. Raises BadInput for several threads or repeats."""
    threads = {question.interrupt.thread_id for question in questions}
    named = {question.interrupt.interrupt_id for question in questions}
    if len(threads) != 1:
        raise BadInput("One request can only answer questions of one thread.", kept=_KEPT)
    if len(named) < len(questions):
        raise BadInput("One question was answered twice.", kept=_KEPT)
    return threads.pop()


def still_pending(
    shown: Sequence[Question], now: Snapshot, *, server: str
) -> tuple[Interrupt, ...]:
    """Return the questions as they are now: the same that were shown. Raises NoLongerWaits.

    `server` is its identity, as in the fingerprints.
    """
    if now.status is ThreadStatus.BUSY:
        raise NoLongerWaits(
            "A run is in progress on this thread.",
            kept=_KEPT,
            hint=_until_it_ends(now),
        )
    pending = {(each.task_id, each.interrupt_id): each for each in now.interrupts}
    same, gone, changed = [], [], []
    for question in shown:
        asked = question.interrupt
        found = pending.get((asked.task_id, asked.interrupt_id))
        if found is None:
            gone.append(asked)
        elif fingerprint(server, found) != question.fingerprint:
            changed.append(found)
        else:
            same.append(found)
    if gone:
        raise NoLongerWaits(
            f"{_this(gone, shown)} was answered or replaced in the meantime.",
            kept=_KEPT,
            hint="Look at the thread again.",
        )
    if changed:
        raise NoLongerWaits(
            f"{_this(changed, shown)} changed while you read it.",
            kept=_KEPT,
            hint=now.remark or "Read it again.",
            detail="\n".join(
                json.dumps(asked.payload, indent=2, ensure_ascii=False) for asked in changed
            ),
        )
    return tuple(same)


def refuse_if_gone(nodes: Collection[str], now: Snapshot) -> None:
    """Refuse an answer or a step where the code of a node is gone: LangGraph would drop what waits.

    Raises NoLongerWaits.
    """
    if gone := ", ".join(node for node in now.gone if node in nodes):
        raise NoLongerWaits(
            f"{gone} is gone from the code of the graph, which has changed since it stopped here.",
            kept=_KEPT,
            hint="It waits until the node is back in the code.",
        )


def refuse_in_part(chosen: Sequence[Interrupt], pending: Sequence[Interrupt]) -> None:
    """Refuse answers to only some questions of a task: its node would run again for each of them.

    Also to one of two questions with the same id, which LangGraph cannot tell apart. Raises NotTaken.
    """
    ids = {asked.interrupt_id for asked in chosen}
    if shared := ids & duplicate_ids(pending):
        raise NotTaken(
            f"Two questions share the id {', '.join(sorted(shared))}, so an answer could reach "
            "the other one.",
            hint="The graph uses an old langgraph: from 1.2.11 on each question has its own id.",
        )
    for group in group_by_task(pending):
        missing = [asked for asked in group if asked.interrupt_id not in ids]
        if missing and len(missing) < len(group):
            raise NotTaken(
                f"{group[0].node} asks {len(group)} questions together and would run again for "
                f"each answer. Not answered: {names_of(missing)}.",
                hint="Answer them together.",
            )


def refuse_if_something_waits(thread: Snapshot) -> None:
    """Refuse a new run if it would silently replace what waits, or run beside another.

    Servers refuse the latter too, but not all. Raises StillWaits, Conflict.
    """
    if thread.status is ThreadStatus.BUSY:
        raise Conflict(
            f"A run is in progress on thread {thread.thread_id}.",
            kept="Nothing was sent.",
            hint=f"{_until_it_ends(thread)} You can also run on a new thread.",
        )
    match thread.waiting:
        case ():
            return
        case (Breakpoint(when=when, node=node),):
            what, hint = f"is at a breakpoint, {when} {node}", "Step past it first"
        case questions:
            nodes = ", ".join(item.node for item in questions)
            count = "a question" if len(questions) == 1 else f"{len(questions)} questions"
            what, hint = f"waits for an answer: {count} ({nodes})", "Answer first"
    raise StillWaits(
        f"Thread {thread.thread_id} {what}.",
        kept="Nothing was sent; a run with new input would replace what waits.",
        hint=f"{hint}, or run on a new thread.",
    )


def second_reviewer_caution(asked: Interrupt, answer: JsonValue) -> str:
    """Return a caution for an answer that differs from that of the first reviewer, or nothing."""
    first = asked.two_reviewers.first if asked.two_reviewers else None
    if first is None or canonical_json(first.to(asked.interrupt_id)) == canonical_json(answer):
        return ""
    who = "You have" if first.is_own else f"{first.name} has"
    return (
        f"{who} answered something else. This answer replaces that one: another reviewer must send the "
        "same, unless the rule lets one reviewer give it."
    )


def earlier_answer_caution(asked: Interrupt) -> str:
    """Return a caution for a question whose node raised on an earlier answer, or nothing."""
    if asked.task_error is None:
        return ""
    return (
        "An earlier answer caused an error. LangGraph may have kept it: then the node gets that one "
        "again, not yours. Reopen the question to be sure."
    )


def _until_it_ends(busy: Snapshot) -> str:
    remark = busy_remark(busy.busy_since, datetime.now(UTC))
    return f"Wait until it ends. {remark}".strip()


def _this(those: Sequence[Interrupt], shown: Collection[Question]) -> str:
    return "This question" if len(shown) == 1 else f"The question of {names_of(those)}"


def names_of(questions: Sequence[Interrupt]) -> str:
    """Return questions by node and id, on one line."""
    return ", ".join(f"{asked.node} ({asked.interrupt_id})" for asked in questions)
