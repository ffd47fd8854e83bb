"""`hitl-tui list`: what waits on one target, or on all; one that is away hides no other."""

from argparse import Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hitl_engine.concurrency import together
from hitl_engine.configuration import NamedTarget
from hitl_engine.errors import HitlError
from hitl_engine.model import Inbox, InboxOrder, ItemFilter, in_order
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.error_output import error_line
from hitl_tui.shell.inbox_output import inbox_result
from hitl_tui.shell.lookup import find_filter

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_tui.state.inbox_view import InboxView


async def list_waiting(desk: "Desk", args: Namespace) -> CommandResult:
    """Return what waits for a person, in the order of the console unless another one is asked for."""
    view = _asked_view(args)
    inbox = await desk.inbox()
    return await _listed(desk, inbox, await find_filter(desk, args, inbox), view, args)


async def list_everywhere(args: Namespace, targets: Sequence[NamedTarget]) -> CommandResult:
    """Return what waits on each target, the targets in the order of the file.

    The exit code is that of the first target that could not be read.
    """
    graphs = frozenset(args.graph)  # by their ids: not every target has each
    wanted = ItemFilter(graphs, frozenset(args.tool), frozenset(args.kind))
    view = _asked_view(args)
    return _joined(await together(_of_target(each, wanted, view, args) for each in targets))


async def _of_target(
    target: NamedTarget, wanted: ItemFilter, view: "InboxView | None", args: Namespace
) -> CommandResult:
    from hitl_engine.desk import open_desk  # after the options are read: it takes time

    name = one_line(target.name)
    try:
        async with open_desk(
            target,
            data_dir=args.data_dir,
            headers=dict(args.header),
            api_key_env=args.api_key_env,
            python=args.python,
            trusts_code=args.trust,
            opens_journal=False,
        ) as desk:
            result = await _listed(desk, await desk.inbox(), wanted, view, args)
    except HitlError as error:
        note = error_line(name, str(error))
        return CommandResult([], (), notes=(note,), exit_code=error.exit_code)
    found = result.document if isinstance(result.document, list) else []
    return replace(
        result,
        document=[{"target": target.name, **each} for each in found if isinstance(each, dict)],
        lines=tuple(f"{name}  {line}" for line in result.lines) if found else (),
    )


async def _listed(
    desk: "Desk", inbox: Inbox, wanted: ItemFilter, view: "InboxView | None", args: Namespace
) -> CommandResult:
    """Return the items that match, in the view and the order that are asked for."""
    order = InboxOrder[args.order.upper()] if args.order else None
    items = [item for item in inbox.items if wanted.matches(desk.reviews.item(item))]
    if view is None:
        items = in_order(items, order or InboxOrder.NEWEST, desk.reviews.deadline_of)
    else:
        from hitl_tui.shell.listed_view import in_view  # few lists need it

        items = await in_view(desk, items, view, order)
    return inbox_result(items, inbox.unreadable, desk)


def _asked_view(args: Namespace) -> "InboxView | None":
    """Return the view or the filter that is asked for, if one is. Raises BadInput."""
    if args.view is None and args.filter is None:
        return None
    from hitl_tui.shell.listed_view import asked_view  # few lists need it

    return asked_view(args)


def _joined(results: Iterable[CommandResult]) -> CommandResult:
    parts = tuple(results)
    documents = [
        each for part in parts if isinstance(part.document, list) for each in part.document
    ]
    return CommandResult(
        documents,
        tuple(line for part in parts for line in part.lines) or ("Nothing waits.",),
        notes=tuple(note for part in parts for note in part.notes),
        exit_code=next((part.exit_code for part in parts if part.exit_code), 0),
    )
