"""`hitl-tui rules check`: explains a file of standing rules, and what they would answer now."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hitl_engine.desk import read_rules
from hitl_engine.model import InboxOrder, Waiting, in_order
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.lookup import find_thread
from hitl_tui.shell.rules_output import checked_result

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


def check_file(args: Namespace) -> CommandResult:
    """Explain a file alone. Raises BadRules."""
    return checked_result(read_rules(args.file), datetime.now(UTC))


async def check_target(desk: "Desk", args: Namespace) -> CommandResult:
    """Explain a file, and tell what its rules would do with what waits now. Raises BadRules."""
    standing = desk.standing_rules(args.file)
    rules = standing.read()
    waiting = await _waiting(desk, args.thread)
    looked = [*zip(waiting, await standing.look(waiting), strict=True)]
    left = await standing.calls_left(rules)
    return checked_result(rules, datetime.now(UTC), left, looked, desk.reviews)


async def _waiting(desk: "Desk", thread_ids: Sequence[str]) -> list[Waiting]:
    if not thread_ids:
        return in_order((await desk.inbox()).items, InboxOrder.LONGEST)
    return [
        item for thread_id in thread_ids for item in (await find_thread(desk, thread_id)).waiting
    ]
