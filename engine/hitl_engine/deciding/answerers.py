"""Who answered a question that no longer waits, as far as the server or the journal tells."""

from contextlib import suppress
from typing import Any

from hitl_engine.errors import JournalFailed
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Interrupt
from hitl_engine.reading.wire import DECISION_ID, WireRun

_RUNS_READ = 50
_USER_ID = "langgraph_auth_user_id"
"""The key under which a LangGraph server notes the user who started a run."""


class Answerers:
    """Looks for the run that answered a question, and for the name of its sender."""

    def __init__(self, session: ServerSession, log: DecisionLog) -> None:
        self._session = session
        self._log = log

    async def of(self, interrupt: Interrupt) -> str:
        """Return the name of the user who answered this question; empty if nothing tells it.

        Only a run that names the question in its answer counts. The server knows the name where
        callers have names; else the journal knows those that use its data folder. Untrusted text.
        Raises TargetError.
        """
        runs = await self._session.api.runs(interrupt.thread_id, limit=_RUNS_READ)
        for run in runs:
            if interrupt.interrupt_id in _answered(run):
                return await self.sender(run)
        return ""

    async def sender(self, run: WireRun) -> str:
        """Return the name of the user who started a run; empty if nothing tells it. Untrusted."""
        return _user(run) or await self._local_user(run)

    async def _local_user(self, run: WireRun) -> str:
        with suppress(JournalFailed):
            return await self._log.who_sent(str(run.metadata.get(DECISION_ID) or ""))
        return ""


def _answered(run: WireRun) -> dict[str, Any]:
    """Return the answers of a run by the id of their question; none if it does not name them."""
    command = run.kwargs.get("command")
    resume = command.get("resume") if isinstance(command, dict) else None
    return resume if isinstance(resume, dict) else {}


def _user(run: WireRun) -> str:
    config = run.kwargs.get("config")
    configurable = config.get("configurable") if isinstance(config, dict) else None
    for noted in (run.metadata, configurable):
        if isinstance(noted, dict) and noted.get(_USER_ID):
            return str(noted[_USER_ID])
    return ""
