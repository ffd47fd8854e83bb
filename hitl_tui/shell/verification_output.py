"""What `hitl-tui log --verify` found."""

from hitl_engine.model import ChainReport, HeadsReport, JsonObject
from hitl_engine.visible import one_line
from hitl_tui.shell.command_result import CommandResult
from hitl_tui.text.fitting import counted

_WRONG = 10
"""The exit code of something found wrong, as that of `doctor`."""


def verification_result(chain: ChainReport, heads: HeadsReport | None = None) -> CommandResult:
    """Return whether the journal is as it was written; `heads` if its server was asked too."""
    lines = [*_of_chain(chain), *(_of_heads(heads) if heads is not None else [_NOT_ASKED])]
    missing = heads.missing if heads is not None else ()
    document: JsonObject = {
        "whole": not chain.fault and not missing,
        "rows": chain.rows,
        "rows_without_hash": chain.earlier,
        "head": f"{chain.journal_id}:{chain.head}",
        "fault": chain.fault or None,
        "runs": None if heads is None else heads.runs,
        "missing": [{"thread_id": each.thread_id, "run_id": each.run_id} for each in missing],
    }
    exit_code = _WRONG if chain.fault or missing else 0
    return CommandResult(document, tuple(lines), exit_code=exit_code)


_NOT_ASKED = (
    "Rows that are gone from the end were not looked for: --with-runs asks the server for the "
    "hashes that its runs carry."
)


def _of_chain(chain: ChainReport) -> list[str]:
    lines = []
    if chain.fault:
        lines.append(f"The journal was changed: {chain.fault}. The rows after it prove nothing.")
        lines.append(f"The {counted(chain.rows, 'row')} before it are as they were written.")
    else:
        lines.append(f"The journal is as it was written: {counted(chain.rows, 'row')}.")
    if chain.earlier:
        lines.append(f"{counted(chain.earlier, 'older row')} without a hash, not compared.")
    lines.append(f"Head: {chain.journal_id}:{chain.head}")
    return lines


def _of_heads(heads: HeadsReport) -> list[str]:
    if not heads.missing:
        return [f"{counted(heads.runs, 'run')} on the server carry its hashes: all are in it."]
    carry = f"{counted(len(heads.missing), 'run')} of {heads.runs:,} on the server"
    lines = [f"Rows are missing: {carry} carry a hash that is not in the journal."]
    lines += [
        f"    thread {one_line(each.thread_id)}, run {one_line(each.run_id)}"
        for each in heads.missing
    ]
    return lines
