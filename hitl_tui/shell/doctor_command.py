"""`hitl-tui doctor`: what is checked of this terminal and this target, as a table."""

import os
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from hitl_engine.desk import check_target
from hitl_engine.model import Check, CheckStatus
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.shell.terminal_checks import check_terminal

_SOMETHING_WRONG = 10
_SIGNS = {CheckStatus.OK: "✓ ok", CheckStatus.NOTE: "! note", CheckStatus.WRONG: "✕ wrong"}
_LINE = 2000


async def doctor(args: Namespace) -> CommandResult:
    """Check everything; the exit code tells whether something is wrong."""
    checks = (
        *check_terminal(os.environ),
        *await check_target(
            args.target,
            data_dir=args.data_dir,
            headers=dict(args.header),
            api_key_env=args.api_key_env,
            python=args.python,
            trusts_code=args.trust,
        ),
    )
    wrong = sum(check.status is CheckStatus.WRONG for check in checks)
    return CommandResult(
        {"checks": [asdict(check) for check in checks], "wrong": wrong},
        (*_table(checks), "", _summary(wrong)),
        exit_code=_SOMETHING_WRONG if wrong else 0,
    )


def _table(checks: Sequence[Check]) -> tuple[str, ...]:
    sign = max(map(len, _SIGNS.values()))
    name = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        found = one_line(check.found, _LINE)
        lines.append(f"{_SIGNS[check.status]:{sign}}  {check.name:{name}}  {found}")
        if check.advice:
            lines.append(f"{'':{sign + name + 4}}{one_line(check.advice, _LINE)}")
    return tuple(lines)


def _summary(wrong: int) -> str:
    if not wrong:
        return "Nothing is wrong."
    return f"{wrong} {'check is' if wrong == 1 else 'checks are'} wrong; what to do is below each."
