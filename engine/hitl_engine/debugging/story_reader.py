"""Reads what was done on a thread from its checkpoints and its runs.

Checkpoints tell what came of each act, runs tell what was sent. A run that left no checkpoint (an
answer to one of several questions, a node that failed) has its place by its time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import xxhash

from hitl_engine.debugging.story_branch import UNKNOWN, Done, StoryBranch
from hitl_engine.deciding.run_breakpoints import compiled_breakpoints, effective_breakpoints
from hitl_engine.deciding.run_settings import own_settings
from hitl_engine.errors import BadInput, Denied, NotThere, ServerRefused
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    Act,
    Answered,
    Breakpoints,
    Commanded,
    Copied,
    GivenAnswer,
    GraphDrawing,
    JsonObject,
    JsonValue,
    Started,
    Story,
    StoryStep,
    WentOn,
    Wrote,
)
from hitl_engine.reading.history import all_states
from hitl_engine.reading.wire import WireGraph, WireRun, WireState, WireTask

_MOST_RUNS = 1000
_ID = re.compile("[0-9a-f]{32}")
_MOST_IN_TURN = 100
"""Questions that one node asks one after the other."""


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
        return Story(
            graph_id=row.graph_id,
            thread_id=thread_id,
            server=self._session.server.label,
            saved_at=datetime.now(UTC),
            steps=tuple(_steps(StoryBranch(states), runs, compiled_breakpoints(nodes or {}))),
            drawing=await self._drawing(row.graph_id),
        )

    async def _drawing(self, graph_id: str) -> GraphDrawing | None:
        """Return the graph as the server draws it; None where it draws none."""
        try:
            closed = await self._session.api.graph(graph_id)
            opened = await self._session.api.graph(graph_id, subgraphs=True)
        except (Denied, NotThere, ServerRefused):
            return None
        return GraphDrawing(_drawn(closed), _drawn(opened))


def _drawn(graph: WireGraph) -> JsonObject:
    return {"nodes": list(map(asdict, graph.nodes)), "edges": list(map(asdict, graph.edges))}


def _steps(
    branch: StoryBranch, runs: Sequence[WireRun], compiled: Breakpoints
) -> Iterator[StoryStep]:
    """Yield each act with what came of it."""
    everything = branch.all_acts(runs)
    overwritten = {done.begins for done in everything if done.overwrites}
    dones = branch.acts(everything)
    for done, place in zip(dones, branch.places(dones), strict=True):
        last = done.made[-1] if done.made else done.begins if done is dones[-1] else -1
        is_told = last >= 0 and (not done.made or last not in overwritten)
        after = after_of(branch.states[last]) if is_told else None
        at = done.at if done.at != UNKNOWN else None
        yield StoryStep(_act(done, branch.states, compiled), after, place, at)


def _act(done: Done, states: Sequence[WireState], compiled: Breakpoints) -> Act:
    before = states[done.begins] if done.begins >= 0 else WireState()
    if done.run is None:
        after = states[done.made[0]]
        if after.metadata.get("source") == "fork":
            return Copied()
        return Wrote(_written(before.values, after.values), _writer(before, after))
    stops = effective_breakpoints(done.run, compiled)
    command = done.run.kwargs.get("command") or {}
    if unknown := sorted(command.keys() - {"resume", "goto", "update"}):
        raise BadInput(
            f"Run {done.run.run_id} sent a command with {' and '.join(unknown)}, which a story does"
            " not hold."
        )
    answers = tuple(_answers(command["resume"], before)) if "resume" in command else ()
    goto, update = command.get("goto"), command.get("update")
    if goto or update:
        return Commanded(goto or None, update or None, answers, stops)
    if answers:
        return Answered(answers, stops)
    if (input := done.run.kwargs.get("input")) is not None and not command:
        return Started(input, stops, own_settings(done.run))
    if any(task.interrupts for task in before.tasks) and "command" not in done.run.kwargs:
        raise BadInput("This server does not tell what its runs were answered with.")
    return WentOn(stops)


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


def _writer(before: WireState, after: WireState) -> str:
    """Return the node that a write counted as; empty: the one that ran last, as by default.

    Our own server tells it. Elsewhere, a node that was next has a result since then, because it counts
    as done.
    """
    if told := after.metadata.get("as_node"):
        return str(told)
    if before.next == after.next:
        return ""
    return next((task.name for task in before.tasks if task.result is not None), "")


def _written(before: JsonValue, after: JsonValue) -> JsonObject:
    known: Mapping[str, JsonValue] = before if isinstance(before, dict) else {}
    now: Mapping[str, JsonValue] = after if isinstance(after, dict) else {}
    return {key: value for key, value in now.items() if key not in known or known[key] != value}


def _answers(resume: JsonValue, before: WireState) -> Iterator[GivenAnswer]:
    """Yield what each question was answered with. Raises BadInput for one that is not known."""
    asked = list(questions_of(before))
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
