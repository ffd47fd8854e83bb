"""Steps that read the states of a thread, or update them."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.json_values import Json
from tests.server.langgraph_cases.session import At, Session, checkpoint_at

Row: TypeAlias = tuple[str, list[str], Any]
"""A state in the history: its source, its next nodes, and its values."""


@dataclass(frozen=True, slots=True)
class Update:
    """Updates the state at a checkpoint, and keeps the new checkpoint."""

    values: Any
    at: At | None = None
    as_node: str | None = None
    keep: str = "fork"

    def take(self, session: Session) -> None:
        """Update the state."""
        checkpoint: Any = None if self.at is None else checkpoint_at(session, self.at)
        made: Any = session.sdk.threads.update_state(
            session.thread_id, self.values, as_node=self.as_node, checkpoint=checkpoint
        )
        session.kept[self.keep] = made["checkpoint"]


@dataclass(frozen=True, slots=True)
class Keep:
    """Keeps a checkpoint of the graph, or of the subgraph that waits at this depth.

    With `task` it is that of the subgraph of this task, which has a namespace and no id.
    """

    name: str
    depth: int = 0
    task: int | None = None

    def take(self, session: Session) -> None:
        """Read the state."""
        if self.task is None:
            session.kept[self.name] = session.state(self.depth)["checkpoint"]
        else:
            read: Any = session.sdk.threads.get_state(session.thread_id)
            session.kept[self.name] = read["tasks"][self.task]["checkpoint"]


@dataclass(frozen=True, slots=True)
class State:
    """The state has these fields."""

    expected: Json
    depth: int = 0

    def take(self, session: Session) -> None:
        """Read the state."""
        found = session.state(self.depth)
        assert {name: found[name] for name in self.expected} == self.expected


@dataclass(frozen=True, slots=True)
class History:
    """The history has these states, newest first."""

    rows: tuple[Row, ...]

    def take(self, session: Session) -> None:
        """Read the history."""
        found = session.history()
        shown = [(at["metadata"]["source"], at["next"], at["values"]) for at in found]
        assert shown == list(self.rows)


@dataclass(frozen=True, slots=True)
class Schemas:
    """The graph has these schemas; titles do not count."""

    expected: Json

    def take(self, session: Session) -> None:
        """Read the schemas."""
        read: Any = session.sdk.assistants.get_schemas(session.graph)
        found = {name: {**read[name]} for name in self.expected}
        for schema in found.values():
            schema.pop("title", None)
        assert found == self.expected


@dataclass(frozen=True, slots=True)
class Drawing:
    """The graph has these edges: the targets of each node."""

    edges: Json

    def take(self, session: Session) -> None:
        """Read the graph."""
        drawn = session.sdk.assistants.get_graph(session.graph)
        found: dict[str, list[Any]] = {}
        for edge in drawn["edges"]:
            found.setdefault(str(edge["source"]), []).append(edge["target"])
        assert found == self.edges


@dataclass(frozen=True, slots=True)
class NewThread:
    """The case continues on a new thread, perhaps of another graph."""

    graph: str | None = None

    def take(self, session: Session) -> None:
        """Create the thread."""
        session.start_thread(self.graph)


def loops(*rows: tuple[list[str], Any]) -> tuple[Row, ...]:
    """Return the history of a run, newest first, down to the checkpoint of its input."""
    sources = ["loop"] * (len(rows) - 1) + ["input"]
    return tuple((source, *row) for source, row in zip(sources, rows, strict=True))
