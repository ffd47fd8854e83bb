"""The shell commands that look at a server, and that copy, delete or stop what is there."""

import json
from argparse import Namespace
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from hitl_engine.errors import BadInput, NotThere
from hitl_engine.model import (
    CodeLanguage,
    JsonObject,
    ThreadCounts,
    ThreadFilter,
    ThreadPage,
    ThreadRow,
    ThreadView,
)
from hitl_engine.visible import json_text, one_line
from hitl_tui.shell.answering import require_confirmation
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.decision_options import ABSENT
from hitl_tui.shell.lookup import find_graph, find_graph_id, find_thread, pending_interrupts
from hitl_tui.shell.outcome_output import act_result
from hitl_tui.shell.picture_output import picture_result
from hitl_tui.shell.runs_output import event_document, runs_result
from hitl_tui.shell.standard_streams import print_output
from hitl_tui.shell.store_output import (
    assistants_result,
    item_result,
    items_result,
    namespaces_result,
)
from hitl_tui.shell.threads_output import threads_result

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


async def graph(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the picture of a graph."""
    if args.json and args.form:
        raise BadInput(f"--{args.form} and --json exclude each other.", kept="Nothing was sent.")
    found = await find_graph(desk, args.graph)
    picture = await desk.graph_pictures.of(found.assistant_id, subgraphs=args.subgraphs)
    return picture_result(
        replace(picture, graph_id=found.graph_id), args.form, ascii_only=args.ascii
    )


async def threads(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the threads of the server, whatever their status."""
    filter = ThreadFilter(args.status, args.graph or "", dict(args.metadata))
    limit = None if args.all else args.limit
    if args.copy_as is not None:
        code = desk.code.of_search(filter, limit or _PAGE, args.copy_as)
        return _code_result(code, args.copy_as)
    found: dict[str, ThreadRow] = {}
    page = ThreadPage((), None)
    while limit is None or len(found) < limit:
        size = _PAGE if limit is None else min(_PAGE, limit - len(found))
        page = await desk.threads.page(filter, page.end, size=size)
        found |= {row.thread_id: row for row in page.rows}
        if page.end is None:
            break
    rows = tuple(islice(found.values(), limit))
    if args.graph and not rows:
        await find_graph_id(desk, await desk.inbox(), args.graph)  # it may be misspelt
    counts = await desk.threads.counts(filter)
    many = _matching(filter, counts)
    more = page.end is not None if many is None else many > len(rows)
    return threads_result(rows, counts, desk.reviews, more=more)


async def runs(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the runs of a thread."""
    thread = await find_thread(desk, args.thread)
    return runs_result(await desk.runs.of(thread.thread_id, limit=args.limit))


async def cancel(desk: "Desk", args: Namespace) -> CommandResult:
    """Cancel the run in progress on a thread."""
    thread = await find_thread(desk, args.thread)
    return act_result(await desk.runs.cancel(thread.thread_id, rollback=args.rollback))


async def pause(desk: "Desk", args: Namespace) -> CommandResult:
    """Stop the run in progress on a thread before its next step."""
    thread = await find_thread(desk, args.thread)
    return act_result(await desk.runs.pause(thread.thread_id))


async def stream(desk: "Desk", args: Namespace) -> CommandResult:
    """Print the events of the run in progress as they come."""
    thread = await find_thread(desk, args.thread)
    async for event in desk.runs.events(thread.thread_id):
        print_output(json.dumps(event_document(event)))
    return CommandResult(None, (), printed=True)


async def copy_as(desk: "Desk", args: Namespace) -> CommandResult:
    """Return code that does what a thread waits for, or what else is asked for."""
    thread = await find_thread(desk, args.thread)
    language: CodeLanguage = args.language
    thread_id = thread.thread_id
    if args.update is not ABSENT:
        code = desk.code.of_update(thread_id, args.update, language, as_node=args.as_node or "")
    elif args.run_id:
        code = await desk.code.of_run(thread_id, args.run_id, language)
    elif args.checkpoint:
        code = await desk.code.of_fork(thread_id, args.checkpoint, language)
    else:
        given = {} if args.answer is ABSENT else dict.fromkeys(_ids(thread), args.answer)
        code = await desk.code.of_thread(thread_id, language, given)
    return _code_result(code, language)


def _ids(thread: ThreadView) -> list[str]:
    return [item.interrupt_id for item in pending_interrupts(thread)]


def _code_result(code: str, language: CodeLanguage) -> CommandResult:
    return CommandResult({"language": language.value, "code": code}, (code.rstrip(),))


async def copy(desk: "Desk", args: Namespace) -> CommandResult:
    """Copy a thread; return the id of the copy."""
    thread = await find_thread(desk, args.thread)
    copy_id = await desk.threads.copy(thread.thread_id)
    document: JsonObject = {"thread_id": copy_id, "copy_of": thread.thread_id}
    return CommandResult(document, (one_line(copy_id),))


async def delete(desk: "Desk", args: Namespace) -> CommandResult:
    """Delete a thread; asks for confirmation with what would be lost."""
    thread = await find_thread(desk, args.thread)
    require_confirmation([_what_is_lost(thread)], args)
    return act_result(await desk.threads.delete(thread.thread_id))


_PAGE = 100


def _matching(filter: ThreadFilter, counts: ThreadCounts | None) -> int | None:
    if counts is None:
        return None
    return counts.total if filter.group is None else counts.groups[filter.group]


def _what_is_lost(thread: ThreadView) -> str:
    what = f"Thread {thread.thread_id} is {thread.status}."
    return f"{what} Its state, its history and what waits on it cannot be brought back."


async def assistants(desk: "Desk", args: Namespace) -> CommandResult:
    """Return the assistants, or the versions of one."""
    if args.assistant is None:
        return assistants_result(await desk.assistants.all())
    found = await find_graph(desk, args.assistant)
    return assistants_result(await desk.assistants.versions(found.assistant_id))


async def store(desk: "Desk", args: Namespace) -> CommandResult:
    """Look at the store, or change an item."""
    labels = tuple(args.namespace.split(".")) if args.namespace else ()
    _refuse_missing(args)
    match args.action:
        case "list" if not labels:
            return namespaces_result(await desk.store.namespaces())
        case "list":
            return items_result(await desk.store.items(labels, limit=1_000))
        case "get":
            return item_result(await desk.store.get(labels, args.key))
        case "put":
            await _confirm_loss(desk, labels, args)
            return act_result(await desk.store.put(labels, args.key, args.value))
        case _:
            await _confirm_loss(desk, labels, args)
            return act_result(await desk.store.delete(labels, args.key))


def _refuse_missing(args: Namespace) -> None:
    """Raise BadInput for a command on the store that lacks an argument, or has one too many."""
    needed = {"list": 0, "get": 2, "delete": 2, "put": 3}[args.action]
    given = [args.namespace, args.key, args.value]
    allowed = max(needed, 1)
    if None in given[:needed] or any(each is not None for each in given[allowed:]):
        form = {
            "list": "[NAMESPACE]",
            "get": "NAMESPACE KEY",
            "delete": "NAMESPACE KEY",
            "put": "NAMESPACE KEY JSON",
        }
        raise BadInput(
            "The arguments do not fit.",
            kept="Nothing was sent.",
            hint=f"hitl-tui store {args.action} {form[args.action]}",
        )


async def _confirm_loss(desk: "Desk", labels: tuple[str, ...], args: Namespace) -> None:
    """Require --yes where an item goes, or gets another value."""
    try:
        item = await desk.store.get(labels, args.key)
    except NotThere:
        return
    if item.value != args.value:
        lost = one_line(json_text(item.value, indent=None), 400)
        require_confirmation([f"This value would be lost: {lost}"], args)
