"""Carries out the acts of a story on a new thread, and compares what comes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hitl_engine.debugging.normal_values import normal
from hitl_engine.debugging.state_edits import StateEdits
from hitl_engine.debugging.story_reader import after_of, questions_of
from hitl_engine.deciding.decider import Decider
from hitl_engine.deciding.run_breakpoints import exactly
from hitl_engine.deciding.run_settings import continuing_request
from hitl_engine.differences import changed_paths
from hitl_engine.errors import NoLongerWaits, NotThere
from hitl_engine.journal.decisions import Intent
from hitl_engine.json_paths import places
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    Act,
    Answered,
    Change,
    Commanded,
    Copied,
    GivenAnswer,
    Graph,
    JsonObject,
    OnProgress,
    Outcome,
    OutcomeKind,
    Path,
    Replacement,
    Started,
    StoryDifference,
    StoryPlace,
    StoryStep,
    WentOn,
    Wrote,
)
from hitl_engine.reading.client import COPY, LangGraphServer
from hitl_engine.reading.history import all_states
from hitl_engine.reading.wire import WireCheckpoint

_NOT_DONE = (OutcomeKind.UNKNOWN, OutcomeKind.REFUSED, OutcomeKind.RECORDED)


@dataclass(frozen=True, slots=True)
class ReplayParts:
    """What carries out the acts."""

    session: ServerSession
    decider: Decider
    edits: StateEdits


class StoryReplay:
    """A replay on its way: the new thread, and what was otherwise."""

    def __init__(self, parts: ReplayParts, graph: Graph, ignored: Sequence[str]) -> None:
        self.thread_id = ""
        self.differences: list[StoryDifference] = []
        self._parts = parts
        self._graph = graph
        self._ignored = ignored
        self._newest: list[str] = []
        """The newest checkpoint after each step; empty where there was none yet."""

    @property
    def _api(self) -> LangGraphServer:
        return self._parts.session.api

    async def carry_out(self, step: StoryStep, on_progress: OnProgress) -> None:
        """Carry out the act of a step, and note what came of it otherwise.

        Raises HitlError if the act is not possible.
        """
        if not self.thread_id:
            made = await self._api.create_thread({"graph_id": self._graph.graph_id})
            self.thread_id = made.thread_id
        at = await self._checkpoint(step.begins_at) if step.begins_at is not None else ""
        outcome = await self._act(step.act, at, on_progress)
        if outcome is not None and outcome.kind in _NOT_DONE:
            raise NoLongerWaits(f"{outcome.kind.value}: {outcome.why}")
        state = await self._api.state(self.thread_id)
        self._newest.append(state.checkpoint_id)
        if step.after is not None:
            self._compare(len(self._newest), step.after, after_of(state))

    async def _act(self, act: Act, at: str, on_progress: OnProgress) -> Outcome | None:
        """`at`: the checkpoint where it begins a branch; empty: it goes on from the newest."""
        match act:
            case Wrote():
                edit = await self._parts.edits.plan(
                    self.thread_id,
                    [Replacement((key,), value) for key, value in act.values.items()],
                    checkpoint_id=at,
                    as_node=act.as_node,
                )
                return await self._parts.edits.write(edit)
            case Copied():
                await self._api.update_state(self.thread_id, None, as_node=COPY, checkpoint_id=at)
                return None
            case Started():
                request = self._started(act)
            case Answered():
                resumed = await self._matched(act.answers, at)
                request = {**await self._continued(), "command": {"resume": resumed}}
            case WentOn():
                request = {**await self._continued(), "input": None}
            case Commanded():
                sent: JsonObject = {"goto": act.goto, "update": act.update}
                command: JsonObject = {
                    name: value for name, value in sent.items() if value is not None
                }
                if act.answers:
                    command["resume"] = await self._matched(act.answers, at)
                request = {**await self._continued(), "command": command}
        return await self._run({**request, **exactly(act.breakpoints)}, at, on_progress)

    def _started(self, act: Started) -> JsonObject:
        request: JsonObject = {"assistant_id": self._graph.assistant_id, "input": act.input}
        given: JsonObject = {"config": act.settings.config, "context": act.settings.context}
        return {**request, **{name: value for name, value in given.items() if value}}

    async def _continued(self) -> JsonObject:
        """Return the request of a run with the settings of the one before."""
        _, last = await self._parts.session.reader.with_last_run(self.thread_id)
        return continuing_request(last, self._graph.assistant_id, strict=False)

    async def _run(self, request: JsonObject, at: str, on_progress: OnProgress) -> Outcome:
        if at:
            request |= {"checkpoint": {"checkpoint_id": at, "checkpoint_ns": ""}}
        intent = Intent(
            event="rerun",
            server=self._parts.session.server.label,
            graph_id=self._graph.graph_id,
            thread_id=self.thread_id,
            decision="replay",
        )
        return await self._parts.decider.run(intent, request, on_progress)

    async def _checkpoint(self, place: StoryPlace) -> str:
        """Return the checkpoint of a place. Raises NotThere."""
        states = [state async for state in all_states(self._api, self.thread_id)]
        ids = ["", *(state.checkpoint_id for state in reversed(states))]
        ends = [ids.index(newest) + 1 for newest in ("", *self._newest)]
        made = ids[ends[place.step - 1] : ends[place.step]]
        if place.checkpoint >= len(made):
            raise NotThere(
                f"Step {place.step} made {len(made)} checkpoints here, and the act begins at number"
                f" {place.checkpoint + 1}."
            )
        return made[place.checkpoint]

    def _compare(self, number: int, expected: JsonObject, found: JsonObject) -> None:
        """Note what differs between what came of an act and what the story tells."""
        changes = [
            change
            for change in changed_paths(normal(expected), normal(found))
            if not self._is_ignored(change, expected, found)
        ]
        if changes:
            self.differences.append(StoryDifference(number, tuple(changes)))

    def _is_ignored(self, change: Change, expected: JsonObject, found: JsonObject) -> bool:
        ignored: set[Path] = set()
        for query in self._ignored:
            ignored |= {path for value in (expected, found) for path, _ in places(query, value)}
        return any(change.path[: len(path)] == path for path in ignored)

    async def _matched(self, answers: Sequence[GivenAnswer], at: str) -> JsonObject:
        """Return the answers by the ids of their questions, which wait at the node and ordinal.

        Raises NoLongerWaits.
        """
        state = await (
            self._api.state_at(self.thread_id, WireCheckpoint(checkpoint_id=at, checkpoint_ns=""))
            if at
            else self._api.state(self.thread_id)
        )
        ids = {
            (each.task.name, each.ordinal): each.interrupt_id
            for each in questions_of(state)
            if each.task.result is None
        }
        for answer in answers:
            if (answer.node, answer.ordinal) not in ids:
                number = f" {answer.ordinal + 1}" if answer.ordinal else ""
                raise NoLongerWaits(f"{answer.node} does not ask its question{number}.")
        return {ids[answer.node, answer.ordinal]: answer.value for answer in answers}
