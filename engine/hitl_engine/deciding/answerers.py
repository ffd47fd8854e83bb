"""Who answered a question that no longer waits, as far as the server or the journal tells."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import takewhile
from typing import Any, TypeAlias

from hitl_engine.deciding.rivals import branch_since
from hitl_engine.errors import JournalFailed
from hitl_engine.journal.decisions import DecisionLog
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import Interrupt, ReceivedAnswer, by_rules
from hitl_engine.reading.wire import DECISION_ID, REVIEWER, RULES, WireRun, WireState

_READ = 50
"""Newest runs and states among which the answer is looked for."""
_NAMES = ("langgraph_auth_user_id", "user_display_name", REVIEWER)
"""The keys under which servers note the user who started a run: LangGraph's own, and Aegra; and
where they know none, the name that the user configured."""
_NOBODY = {"user_id": "anonymous"}
"""What Aegra notes of callers without a key; it gives them a name nevertheless."""

_Notes: TypeAlias = Mapping[str, Any]
"""Metadata of a run or of its checkpoints, or what it was configured with."""


class Answerers:
    """Looks for the run that answered a question, and for the name of its sender."""

    def __init__(self, session: ServerSession, log: DecisionLog) -> None:
        self._session = session
        self._log = log

    async def of(self, interrupt: Interrupt) -> str | None:
        """Return the name of the user who answered this question; empty if nothing tells it.

        None if no answer is found. Untrusted text. Raises TargetError.
        """
        given = await self.given(interrupt)
        return None if given is None else given.who

    async def given(
        self, interrupt: Interrupt, *, besides: str | None = None
    ) -> ReceivedAnswer | None:
        """Return the answer that this question got, as far as the server tells; None if it got none.

        A run counts that names the question in its answer, and began before the thread went on from it:
        the one that went on, or the one in progress, or the first. Where none does, the one counts that
        went on, if the question was the only one. The run with the id `besides` did nothing. The server
        knows the name where callers have names; else the journal knows those that use its data folder.
        Raises TargetError.
        """
        runs = await self._session.api.runs(interrupt.thread_id, limit=_READ)
        named = [
            run
            for run in runs
            if interrupt.interrupt_id in _answered(run) and run.run_id != besides
        ]
        state = _state_after(interrupt, await self._states(interrupt.thread_id))
        if state is not None:
            named = [run for run in named if not _began_after(run, state.created_at)]
            named = [run for run in named if run.run_id == state.run_id] or named
        if named:
            run = ([run for run in named if run.status == "running"] or named)[-1]
            answer = _answered(run)[interrupt.interrupt_id]
            return ReceivedAnswer(await self.sender(run), run.created_at, (answer,))
        if state is None:
            return None
        return ReceivedAnswer(await self._name([state.metadata]), state.created_at)

    async def in_progress(self, thread_id: str) -> WireRun | None:
        """Return the run in progress on a thread, or else the next one; None if there is none.

        Raises TargetError.
        """
        runs = await self._session.api.runs(thread_id, limit=_READ)
        running = [run for run in runs if run.status == "running"]
        return next(reversed(running or [run for run in runs if run.status == "pending"]), None)

    async def first_since(
        self, seen: WireRun, thread_id: str, asked: Collection[str]
    ) -> WireRun | None:
        """Return the run that came first since one that was seen; None if none came.

        A run that answers one of the questions `asked` by its id came first, of several the one in
        progress; else the oldest that does not wait for its turn. Raises TargetError.
        """
        runs = await self._session.api.runs(thread_id, limit=_READ)
        until_seen = takewhile(lambda run: run.run_id != seen.run_id, runs)
        since = [run for run in until_seen if not _began_after(seen, run.created_at)]
        answered = [run for run in since if not _answered(run).keys().isdisjoint(asked)]
        in_progress = [run for run in answered if run.status == "running"]
        began = [run for run in since if run.status != "pending"]
        return next(reversed(in_progress or answered or began), None)

    async def sender(self, run: WireRun) -> str:
        """Return the name of the user who started a run; empty if nothing tells it. Untrusted.

        Aegra notes it only in the checkpoints of the run. Raises TargetError.
        """
        notes: list[_Notes] = [run.metadata, _configurable(run)]
        if not noted_sender(run):
            states = await self._states(run.thread_id)
            notes += [state.metadata for state in states if state.run_id == run.run_id]
        return await self._name(notes)

    async def _states(self, thread_id: str) -> tuple[WireState, ...]:
        return await self._session.api.history(thread_id, limit=_READ)

    async def _name(self, notes: Sequence[_Notes]) -> str:
        """Return the name that one of these tells, or else the one that the journal knows.

        With the standing rules that decided, as the run tells them or the journal does.
        """
        name = next(filter(None, map(_noted_name, notes)), "")
        sent = next((each[DECISION_ID] for each in notes if each.get(DECISION_ID)), "")
        if not name:
            with suppress(JournalFailed):
                if name := await self._log.who_sent(str(sent)):
                    return name
        rules = next((str(each[RULES]) for each in notes if each.get(RULES)), "")
        return f"{name} {by_rules([rules])}".strip() if rules else name


def noted_sender(run: WireRun) -> str:
    """Return the name that a run has with it of the user who started it; mostly empty. Untrusted."""
    return next(filter(None, map(_noted_name, (run.metadata, _configurable(run)))), "")


def _answered(run: WireRun) -> Mapping[str, Any]:
    """Return the answers of a run by the id of their question; none if it does not name them."""
    command = run.kwargs.get("command")
    resume = command.get("resume") if isinstance(command, dict) else None
    return resume if isinstance(resume, dict) else {}


def _began_after(run: WireRun, moment: datetime | None) -> bool:
    """Whether a run began after a moment, as far as both are known."""
    return bool(run.created_at and moment and run.created_at > moment)


def _state_after(interrupt: Interrupt, history: Sequence[WireState]) -> WireState | None:
    """Return the first state after a question; None if that answered another one."""
    branch = branch_since(interrupt.checkpoint_id, history)
    before = next(
        (state for state in history if state.checkpoint_id == interrupt.checkpoint_id), None
    )
    if not branch or before is None or len(before.tasks) != 1:
        return None
    return branch[-1] if branch[-1].metadata.get("source") == "loop" else None


def _configurable(run: WireRun) -> _Notes:
    config = run.kwargs.get("config")
    configurable = config.get("configurable") if isinstance(config, dict) else None
    return configurable if isinstance(configurable, dict) else {}


def _noted_name(notes: _Notes) -> str:
    keys = (REVIEWER,) if _NOBODY.items() <= notes.items() else _NAMES
    return next((str(notes[key]) for key in keys if notes.get(key)), "")
