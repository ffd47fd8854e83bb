"""Reads what was done on a thread from its checkpoints and its runs.

Checkpoints tell what came of each act, runs tell what was sent. A run that left no checkpoint (an
answer to one of several questions, a node that failed) has its place by its time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import xxhash

from hitl_engine.deciding.run_breakpoints import all_breakpoints, compiled_breakpoints
from hitl_engine.deciding.run_settings import own_settings
from hitl_engine.errors import BadInput
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    Act,
    Answered,
    Breakpoints,
    GivenAnswer,
    JsonObject,
    JsonValue,
    Started,
    Story,
    StoryStep,
    WentOn,
    Wrote,
)
from hitl_engine.reading.history import all_states
from hitl_engine.reading.wire import WireRun, WireState, WireTask

_MOST_RUNS = 1000
_ID = re.compile("[0-9a-f]{32}")
_MOST_IN_TURN = 100
"""Questions that one node asks one after the other."""
_UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Done:
    """An act, with its place among the checkpoints of a branch."""

    act: Act
    place: float
    """The number of the first checkpoint that it made; a half after the one where it began, if it made
    none."""
    at: datetime
    last: int | None
    """The number of the last checkpoint that it made."""


class StoryReader:
    """Reads the story of a thread of one server."""

    def __init__(self, session: ServerSession) -> None:
        self._session = session

    async def story(self, thread_id: str) -> Story:
        """Return the story of a thread.

        Raises BadInput where the server does not tell what was sent, or a run sent what cannot be
        sent again; NotThere, TargetError.
        """
        api = self._session.api
        row = await api.thread(thread_id)
        states = [state async for state in all_states(api, thread_id)]
        if not states:
            raise BadInput(f"Nothing ran on thread {thread_id}, so it has no story.")
        runs = await api.runs(thread_id, limit=_MOST_RUNS)
        nodes = await self._session.reader.known_nodes(row.graph_id)
        branch = _Branch(states, compiled_breakpoints(nodes or {}))
        return Story(
            graph_id=row.graph_id,
            thread_id=thread_id,
            server=self._session.server.label,
            saved_at=datetime.now(UTC),
            steps=tuple(branch.steps(runs[::-1])),
        )


class _Branch:
    """The checkpoints from the first to the newest one, without those of other branches."""

    def __init__(self, states: Sequence[WireState], compiled: Breakpoints) -> None:
        """`states` are all checkpoints of a thread, newest first."""
        self._compiled = compiled
        self._states = list(_ancestry(states))[::-1]
        ours = {state.checkpoint_id for state in self._states}
        self._elsewhere = {state.run_id for state in states if state.checkpoint_id not in ours}

    def steps(self, runs: Sequence[WireRun]) -> Iterator[StoryStep]:
        """Yield each act with what came of it; `runs` are those of the thread, oldest first."""
        found = [*self._runs(runs), *self._updates()]
        without_checkpoint = {done.place for done in found if done.last is None}
        for done in sorted(found, key=lambda each: (each.place, each.at)):
            if done.last is None or done.last + 0.5 in without_checkpoint:
                yield StoryStep(done.act, None)  # the checkpoint shows what came of a later act
            else:
                yield StoryStep(done.act, after_of(self._states[done.last]))

    def _runs(self, runs: Sequence[WireRun]) -> Iterator[_Done]:
        for run in runs:
            own = [n for n, state in enumerate(self._states) if _made_by(state, run)]
            if not own and run.run_id in self._elsewhere:
                continue
            at = run.created_at or _UNKNOWN
            before = own[0] - 1 if own else self._newest_before(at)
            act = self._act(run, self._states[before] if before >= 0 else None)
            yield _Done(act, own[0] if own else before + 0.5, at, own[-1] if own else None)

    def _updates(self) -> Iterator[_Done]:
        for number, state in enumerate(self._states):
            if state.metadata.get("source") == "update":
                before = self._states[number - 1] if number else WireState()
                act = Wrote(_written(before.values, state.values), _writer(before))
                yield _Done(act, number, state.created_at or _UNKNOWN, number)

    def _newest_before(self, at: datetime) -> int:
        times = [state.created_at for state in self._states]
        return max((n for n, time in enumerate(times) if time and time <= at), default=-1)

    def _act(self, run: WireRun, before: WireState | None) -> Act:
        command = run.kwargs.get("command") or {}
        if "resume" in command:
            return Answered(tuple(_answers(command["resume"], before)))
        if command:
            raise BadInput(
                f"Run {run.run_id} sent a command with {' and '.join(sorted(command))}, which a story"
                " does not hold."
            )
        if (input := run.kwargs.get("input")) is not None:
            return Started(input, all_breakpoints(run, self._compiled), own_settings(run))
        asked = before is not None and any(task.interrupts for task in before.tasks)
        if asked and "command" not in run.kwargs:
            raise BadInput("This server does not tell what its runs were answered with.")
        return WentOn()


def after_of(state: WireState) -> JsonObject:
    """Return what came of an act, as a story holds it."""
    waiting: list[JsonValue] = [
        {"node": each.task.name, "ordinal": each.ordinal, "payload": each.payload}
        for each in questions_of(state)
    ]
    failed: list[JsonValue] = [
        {"node": task.name, "error": task.error} for task in state.tasks if task.error
    ]
    return {
        "values": state.values,
        "next": list(state.next),
        "waiting": waiting,
        "failed": failed,
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a state."""

    task: WireTask
    ordinal: int
    """Which of the questions of its node, from 0."""
    interrupt_id: str
    payload: JsonValue


def questions_of(state: WireState) -> Iterator[Asked]:
    """Yield each question of a state; the last one of each task that asked several in turn."""
    counts: dict[str, int] = {}
    for task in state.tasks:
        for interrupt in task.interrupts:
            ordinal = counts.get(task.name, 0)
            counts[task.name] = ordinal + 1
            yield Asked(task, ordinal, interrupt.id, interrupt.value)


def _ancestry(states: Sequence[WireState]) -> Iterator[WireState]:
    """Yield the newest checkpoint, the one that it was made from, and so on."""
    by_id = {state.checkpoint_id: state for state in states}
    state: WireState | None = states[0]
    while state is not None:
        yield state
        parent = state.parent_checkpoint
        state = by_id.get((parent and parent.checkpoint_id) or "")


def _made_by(state: WireState, run: WireRun) -> bool:
    return state.run_id == run.run_id and state.metadata.get("source") in ("input", "loop")


def _writer(before: WireState) -> str:
    """Return the node that a write counted as by default: the one that ran last."""
    return next((task.name for task in before.tasks if task.result is not None), "")


def _written(before: JsonValue, after: JsonValue) -> JsonObject:
    known: Mapping[str, JsonValue] = before if isinstance(before, dict) else {}
    now: Mapping[str, JsonValue] = after if isinstance(after, dict) else {}
    return {key: value for key, value in now.items() if key not in known or known[key] != value}


def _answers(resume: JsonValue, before: WireState | None) -> Iterator[GivenAnswer]:
    """Yield what each question was answered with. Raises BadInput for one that is not known."""
    asked = list(questions_of(before)) if before is not None else []
    if not (isinstance(resume, dict) and all(map(_ID.fullmatch, resume))):
        if len(asked) != 1:
            raise BadInput("A run answered with one value where several questions waited.")
        resume = {asked[0].interrupt_id: resume}
    for interrupt_id, value in resume.items():
        found = [
            each for each in asked if interrupt_id in (each.interrupt_id, *_earlier(each.task))
        ]
        if not found:
            raise BadInput(
                f"The question {interrupt_id} was answered, and the history does not have it."
            )
        yield GivenAnswer(found[0].task.name, found[0].ordinal, value)


def _earlier(task: WireTask) -> Iterator[str]:
    """Yield the ids of the questions that a node can have asked before, in the same task.

    A checkpoint holds the last one only. LangGraph makes an id from the place of the task and the
    number of its answers before (langgraph 1.2, `_interrupt_id`).
    """
    place = f"{task.name}:{task.id}"
    yield xxhash.xxh3_128_hexdigest(place.encode())
    for answers in range(1, _MOST_IN_TURN):
        yield xxhash.xxh3_128_hexdigest(f"{place}|{answers}".encode())
