"""Assistants: one for each graph that could be loaded, under the id that langgraph-api derives."""

from typing import Any, TypeAlias
from uuid import UUID

from engine.server.database import Database
from engine.server.graphs import GraphIsBroken, Graphs, assistant_id_of
from engine.server.refusals import Refusal, no_assistant
from engine.server.wire import now

Json: TypeAlias = dict[str, Any]


class Assistants:
    """Finds the graph an assistant stands for."""

    def __init__(self, graphs: Graphs) -> None:
        self._graphs = graphs
        self._rows: dict[str, Json] = {}

    async def prepare(self, database: Database) -> None:
        """Make sure every graph has its assistant, and remember since when."""
        async with database.write() as connection:
            for graph_id in self._graphs.loaded:
                connection.execute(
                    "INSERT OR IGNORE INTO assistants VALUES (?, ?, ?, ?)",
                    (assistant_id_of(graph_id), graph_id, time := now(), time),
                )
        for row in database.read("SELECT * FROM assistants ORDER BY created_at, graph_id"):
            if loaded := self._graphs.loaded.get(row["graph_id"]):
                self._rows[row["assistant_id"]] = {
                    **dict(row),
                    "config": {},
                    "context": {},
                    "metadata": {"created_by": "system"},
                    "version": 1,
                    "name": loaded.name,
                    "description": loaded.spec.description,
                }

    @property
    def rows(self) -> list[Json]:
        """All assistants as wire JSON."""
        return list(self._rows.values())

    def get(self, name: str) -> Json:
        """Return the assistant with this id, or of the graph with this name.

        Raises `Refusal` (404), and `GraphIsBroken` for a graph that could not be imported.
        """
        if breakage := self._graphs.broken.get(name):
            raise GraphIsBroken(breakage)
        assistant_id = assistant_id_of(name) if name in self._graphs.loaded else name
        if row := self._rows.get(assistant_id):
            return row
        raise no_assistant(name)

    def for_run(self, name: str) -> Json:
        """Like `get`, with the refusals that langgraph-api gives when a run is created."""
        if name not in self._graphs.loaded and name not in self._graphs.broken:
            try:
                UUID(name)
            except ValueError:
                raise Refusal(
                    422,
                    f"Invalid assistant: '{name}'. Must be either:\n"
                    "- A valid assistant UUID, or\n"
                    f"- One of the registered graphs: {', '.join(self._graphs.loaded)}",
                ) from None
        try:
            return self.get(name)
        except Refusal:
            raise Refusal(404, "Thread or assistant not found.") from None
