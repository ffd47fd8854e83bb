"""`hitl-tui list --all`: what waits on all configured targets; one that is away hides no other."""

from argparse import Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hitl_engine.concurrency import together
from hitl_engine.configuration import NamedTarget
from hitl_engine.desk import open_desk
from hitl_engine.errors import HitlError
from hitl_engine.model import ItemFilter, in_order
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.error_output import error_line
from hitl_tui.shell.inbox_output import inbox_result


async def list_everywhere(args: Namespace, targets: Sequence[NamedTarget]) -> CommandResult:
    """Return what waits on each target, the targets in the order of the file.

    The exit code is that of the first target that could not be read.
    """
    graphs = frozenset(args.graph)  # by their ids: not every target has each
    wanted = ItemFilter(graphs, frozenset(args.tool), frozenset(args.kind))
    return _joined(await together(_of_target(each, args, wanted) for each in targets))


async def _of_target(target: NamedTarget, args: Namespace, wanted: ItemFilter) -> CommandResult:
    name = one_line(target.name)
    try:
        async with open_desk(
            target,
            data_dir=args.data_dir,
            headers=dict(args.header),
            api_key_env=args.api_key_env,
            python=args.python,
            trusts_code=args.trust,
        ) as desk:
            inbox = await desk.inbox()
            items = in_order(
                item for item in inbox.items if wanted.matches(desk.reviews.item(item))
            )
            result = inbox_result(items, inbox.unreadable, desk.reviews)
    except HitlError as error:
        note = error_line(name, str(error))
        return CommandResult([], (), notes=(note,), exit_code=error.exit_code)
    found = result.document if isinstance(result.document, list) else []
    return replace(
        result,
        document=[{"target": target.name, **each} for each in found if isinstance(each, dict)],
        lines=tuple(f"{name}  {line}" for line in result.lines) if items else (),
    )


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
