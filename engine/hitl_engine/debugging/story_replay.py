"""Carries out the acts of a story on a new thread, and compares what comes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hitl_engine.debugging.normal_values import normal
from hitl_engine.debugging.state_edits import StateEdits
from hitl_engine.debugging.story_reader import after_of, questions_of
from hitl_engine.deciding.decider import Decider, OnProgress
from hitl_engine.deciding.reviews import Reviews
from hitl_engine.deciding.run_starter import RunStarter
from hitl_engine.differences import changed_paths
from hitl_engine.errors import NoLongerWaits
from hitl_engine.json_paths import places
from hitl_engine.local.server_session import ServerSession
from hitl_engine.model import (
    Act,
    Answer,
    Answered,
    Change,
    GivenAnswer,
    Graph,
    Interrupt,
    JsonObject,
    JsonValue,
    OutcomeKind,
    Path,
    Replacement,
    Started,
    StoryDifference,
    WentOn,
    Wrote,
)

_Decided = tuple[Interrupt, JsonValue]


@dataclass(frozen=True, slots=True)
class ReplayParts:
    """What carries out the acts."""

    session: ServerSession
    decider: Decider
    starter: RunStarter
    edits: StateEdits
    reviews: Reviews


class StoryReplay:
    """A replay on its way: the new thread, and what was otherwise."""

    def __init__(self, parts: ReplayParts, graph: Graph, ignored: Sequence[str]) -> None:
        self.thread_id = ""
        self.differences: list[StoryDifference] = []
        self._parts = parts
        self._graph = graph
        self._ignored = ignored

    async def act(self, act: Act, on_progress: OnProgress) -> None:
        """Carry out an act. Raises HitlError if that is not possible."""
        match act:
            case Started():
                outcome = await self._parts.starter.start(
                    self._graph,
                    act.input,
                    on_progress,
                    thread_id=self.thread_id or None,
                    breakpoints=act.breakpoints,
                    replace_compiled=True,
                    settings=act.settings,
                )
                self.thread_id = outcome.thread_id
            case Answered():
                decided = [
                    (self._parts.reviews.question(interrupt), Answer(value))
                    for interrupt, value in await self._matched(act.answers)
                ]
                outcome, *_ = await self._parts.decider.answer(decided, on_progress)
            case WentOn():
                snapshot = await self._parts.session.reader.snapshot(self.thread_id)
                if snapshot.stop is None:
                    raise NoLongerWaits("The thread is at no breakpoint, and did not fail.")
                outcome = await self._parts.decider.step(snapshot.stop, on_progress)
            case Wrote():
                edit = await self._parts.edits.plan(
                    self.thread_id,
                    [Replacement((key,), value) for key, value in act.values.items()],
                    as_node=act.as_node,
                )
                outcome = await self._parts.edits.write(edit)
        if outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.REFUSED):
            raise NoLongerWaits(f"{outcome.kind.value}: {outcome.why}")

    async def compare(self, number: int, expected: JsonObject) -> None:
        """Note what differs between what came of an act and what the story tells."""
        found = after_of(await self._parts.session.api.state(self.thread_id))
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

    async def _matched(self, answers: Sequence[GivenAnswer]) -> list[_Decided]:
        """Return the questions that the answers are for, by node and ordinal."""
        state = await self._parts.session.api.state(self.thread_id)
        ids = {(each.task.name, each.ordinal): each.interrupt_id for each in questions_of(state)}
        snapshot = await self._parts.session.reader.snapshot(self.thread_id)
        waiting = {interrupt.interrupt_id: interrupt for interrupt in snapshot.interrupts}
        decided = []
        for answer in answers:
            interrupt_id = ids.get((answer.node, answer.ordinal))
            if interrupt_id not in waiting:
                number = f" {answer.ordinal + 1}" if answer.ordinal else ""
                raise NoLongerWaits(f"{answer.node} does not ask its question{number}.")
            decided.append((waiting[interrupt_id], answer.value))
        return decided
