"""A served graph and its thread, and what a case is."""

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from langgraph_sdk.client import SyncLangGraphClient

from tests.json_values import Json


@dataclass(slots=True)
class Session:
    """A thread of a graph, and the checkpoints that steps kept, by their names."""

    sdk: SyncLangGraphClient
    asynchronous: bool
    graph: str = ""
    thread_id: str = ""
    kept: dict[str, Json] = field(default_factory=dict)

    def start_thread(self, graph: str | None) -> None:
        """Continue on a new thread, of this graph if one is given."""
        if graph is not None:
            self.graph = f"{graph}_async" if self.asynchronous else graph
        self.thread_id = self.sdk.threads.create()["thread_id"]

    def state(self, depth: int = 0) -> Json:
        """Return the state of the graph, or of the subgraph that waits at this depth."""
        found: Any = self.sdk.threads.get_state(self.thread_id, subgraphs=depth > 0)
        for _ in range(depth):
            found = found["tasks"][0]["state"]
        return dict(found)

    def history(self) -> list[Json]:
        """Return all states of the graph, newest first."""
        return [dict(at) for at in self.sdk.threads.get_history(self.thread_id, limit=100)]


class Step(Protocol):
    """One step of a case."""

    def take(self, session: Session) -> None:
        """Do it, and check what came of it."""


@dataclass(frozen=True, slots=True)
class Before:
    """A checkpoint in the history: the newest one, or else the oldest, before this node."""

    node: str
    oldest: bool = False

    def find(self, session: Session) -> Json:
        """Return the checkpoint."""
        found = [at for at in session.history() if at["next"] == [self.node]]
        checkpoint: Json = found[-1 if self.oldest else 0]["checkpoint"]
        return checkpoint


At: TypeAlias = str | Before
"""A checkpoint: one that a step kept under this name, or one in the history."""


def checkpoint_at(session: Session, at: At) -> Json:
    """Return this checkpoint."""
    return session.kept[at] if isinstance(at, str) else at.find(session)


@dataclass(frozen=True, slots=True)
class Case:
    """A graph, the steps, and the tests of LangGraph that do the same."""

    graph: str
    steps: tuple[Step, ...]
    tests: tuple[str, ...]
    in_memory: bool = False
    """Whether the graph keeps something in the memory of its process, between the steps."""
