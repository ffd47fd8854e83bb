"""The acts on a thread in their order, each with the checkpoints that it made and where it began.

A thread is a tree of checkpoints. A story holds the acts that led to the newest one, and of those
whatever they did; acts on other branches are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hitl_engine.errors import BadInput
from hitl_engine.model import StoryPlace
from hitl_engine.reading.wire import WireRun, WireState

UNKNOWN = datetime.min.replace(tzinfo=UTC)
"""For an act whose server does not tell when it was done."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act: a run, or the write or copy of a client that made a checkpoint.

    Checkpoints are numbers here, from 0 in the order in which they were made.
    """

    run: WireRun | None
    made: tuple[int, ...]
    """The checkpoints that it made, the oldest first; none: an answer to one of several questions, or
    a node that failed."""
    begins: int
    """The checkpoint where it began; -1 before the first one."""
    at: datetime

    @property
    def overwrites(self) -> bool:
        """Whether it left writes on the checkpoint where it began, which then shows them."""
        command = (self.run.kwargs.get("command") or {}) if self.run else {}
        return not self.made or bool(command.get("goto") or command.get("update"))

    @property
    def order(self) -> tuple[float, datetime]:
        """Its place among the acts of its thread."""
        return (self.made[0] if self.made else self.begins + 0.5), self.at


class StoryBranch:
    """The checkpoints of a thread, and the branch of the newest one."""

    def __init__(self, states: Sequence[WireState]) -> None:
        """`states` are all checkpoints of a thread, newest first."""
        self.states = list(states)[::-1]
        self._numbers = {state.checkpoint_id: n for n, state in enumerate(self.states)}
        self._ours = set(self._ancestry())

    def acts(self, done: Sequence[Done]) -> list[Done]:
        """Return those of the acts on a thread that belong to the branch, in their order."""
        return sorted(filter(self._is_ours, done), key=lambda each: each.order)

    def all_acts(self, runs: Sequence[WireRun]) -> list[Done]:
        """Return all acts on a thread; `runs` are all of its runs.

        Raises BadInput for a checkpoint of the branch by a run that is not among them.
        """
        known = {run.run_id for run in runs}
        for number in self._ours:
            run_id = self.states[number].run_id
            if run_id is not None and run_id not in known and _is_of_run(self.states[number]):
                raise BadInput(
                    f"The server does not tell what run {run_id} was sent with, which made a"
                    " checkpoint of this thread.",
                    hint="A copied thread has no runs before its copy: save the one it came from.",
                )
        return [*map(self._of_run, runs), *self._of_clients()]

    def places(self, acts: Sequence[Done]) -> Iterator[StoryPlace | None]:
        """Yield where each of the acts began a branch, if it did."""
        makers: dict[int, StoryPlace] = {}
        newest = -1
        for step, done in enumerate(acts, 1):
            begins_branch = bool(done.made) and (done.begins != newest or self._is_fork(done))
            yield makers.get(done.begins) if begins_branch else None
            makers |= {made: StoryPlace(step, n) for n, made in enumerate(done.made)}
            newest = max(newest, *done.made) if done.made else newest

    def _is_fork(self, done: Done) -> bool:
        """Whether a run was sent to a checkpoint, which forgets the answers of its step, even there."""
        return done.run is not None and self.states[done.made[0]].metadata.get("source") == "fork"

    def _ancestry(self) -> Iterator[int]:
        """Yield the number of the newest checkpoint, of the one that it was made from, and so on."""
        number = len(self.states) - 1
        while number >= 0:
            yield number
            number = self._made_from(number)

    def _made_from(self, number: int) -> int:
        state = self.states[number]
        if _is_copy(state):  # it has the parent of the checkpoint that was copied
            copied = (
                earlier
                for earlier in range(number - 1, -1, -1)
                if self.states[earlier].parent_checkpoint == state.parent_checkpoint
                and self.states[earlier].values == state.values
            )
            return next(copied, -1)
        parent = state.parent_checkpoint
        return self._numbers.get((parent and parent.checkpoint_id) or "", -1)

    def _of_run(self, run: WireRun) -> Done:
        made = tuple(
            number
            for number, state in enumerate(self.states)
            if state.run_id == run.run_id and _is_of_run(state)
        )
        at = run.created_at or UNKNOWN
        return Done(run, made, self._made_from(made[0]) if made else self._newest_at(at), at)

    def _of_clients(self) -> Iterator[Done]:
        for number, state in enumerate(self.states):
            if state.metadata.get("source") == "update" or _is_copy(state):
                at = state.created_at or UNKNOWN
                yield Done(None, (number,), self._made_from(number), at)

    def _newest_at(self, at: datetime) -> int:
        times = [state.created_at for state in self.states]
        return max((n for n, time in enumerate(times) if time and time <= at), default=-1)

    def _is_ours(self, done: Done) -> bool:
        if done.made:
            return not self._ours.isdisjoint(done.made)
        return done.begins == -1 or done.begins in self._ours


def _is_of_run(state: WireState) -> bool:
    return state.metadata.get("source") != "update" and not _is_copy(state)


def _is_copy(state: WireState) -> bool:
    """Whether a client copied a checkpoint; a run that begins a branch makes such a one as well."""
    return state.metadata.get("source") == "fork" and state.run_id is None
