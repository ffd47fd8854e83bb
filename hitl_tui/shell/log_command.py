"""`hitl-tui log`: lists the decisions of the journal, sums them up, or verifies it."""

from argparse import Namespace
from typing import TYPE_CHECKING

from hitl_engine.desk import read_log, verify_log
from hitl_engine.errors import BadInput
from hitl_engine.model import EVERYTHING, LogFilter, OutcomeKind
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.log_insight import insight_result
from hitl_tui.shell.log_output import csv_result, log_result
from hitl_tui.shell.verification_output import verification_result

if TYPE_CHECKING:
    from hitl_engine.desk import Desk


async def log(args: Namespace) -> CommandResult:
    """Read the journal without the desk: it is on this machine even when the target is away."""
    _refuse_excluded(args)
    if args.verify:
        return verification_result(await verify_log(args.target, data_dir=args.data_dir))
    wanted = _wanted(args)
    entries = await read_log(args.target, wanted, data_dir=args.data_dir, limit=args.limit)
    filtered = wanted != EVERYTHING
    if args.insight:
        return insight_result(entries, filtered=filtered)
    return csv_result(entries) if args.csv else log_result(entries, filtered=filtered)


async def log_with_server(desk: "Desk", args: Namespace) -> CommandResult:
    """Verify the journal and compare it with the runs of the server, or list what these tell too."""
    _refuse_excluded(args)
    if args.verify:
        return verification_result(*await desk.verify_log(threads=args.limit))
    wanted = _wanted(args)
    found = await desk.log_with_others(wanted, limit=args.limit)
    notes = (f"hitl-tui: {found.not_read}",) if found.not_read else ()
    if args.csv:
        return csv_result(found.entries, notes=notes)
    return log_result(found.entries, filtered=wanted != EVERYTHING, notes=notes)


def _wanted(args: Namespace) -> LogFilter:
    outcome = args.outcome if args.outcome in (None, "none") else OutcomeKind(args.outcome)
    return LogFilter(
        args.since,
        args.thread or "",
        args.graph or "",
        args.who or "",
        outcome,
        log_reason=args.log_reason or "",
    )


def _refuse_excluded(args: Namespace) -> None:
    """Raise BadInput for options that do not go together."""
    if args.csv and args.json:
        raise BadInput("--csv and --json exclude each other.")
    if args.with_runs and not args.verify:
        raise BadInput("--with-runs goes with --verify.")
    if args.others and (args.verify or args.insight or args.outcome):
        raise BadInput(
            "--others does not go with --verify, --insight and --outcome: the server tells how the "
            "runs of others ended, and no outcomes."
        )
