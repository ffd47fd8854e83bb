"""The table of assistants: a graph with the config, context and metadata for its runs.

Every graph has a default assistant, with the same id as in langgraph-api; clients can create more.
Each change creates a new version, and any version can become the latest again.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from hitl_server.json_encoding import dumps, now
from hitl_server.json_types import JsonObject
from hitl_server.metadata_filter import Filter
from hitl_server.project.graphs import GraphIsBroken, Graphs, LoadedGraph, assistant_id_of
from hitl_server.refusals import (
    Refusal,
    checked_id,
    config_and_context_given,
    no_assistant,
    no_such_graph,
)
from hitl_server.request_models import (
    AssistantCount,
    AssistantCreate,
    AssistantPatch,
    AssistantSearch,
    Config,
    VersionSearch,
)
from hitl_server.storage.database import Database

_VERSION_FIELDS = (
    "assistant_id",
    "version",
    "graph_id",
    "config",
    "context",
    "metadata",
    "name",
    "description",
    "created_at",
)
FIELDS = (*_VERSION_FIELDS, "updated_at")
"""The fields of an assistant: its latest version, and when the assistant itself was created."""

_JSON_FIELDS = ("config", "context", "metadata")
_VERSIONS = f"SELECT {', '.join(_VERSION_FIELDS)} FROM assistant_versions"
_LATEST = f"""
SELECT {", ".join(f"v.{field}" for field in _VERSION_FIELDS[:-1])}, a.created_at, a.updated_at
FROM assistants a JOIN assistant_versions v ON v.assistant_id = a.assistant_id AND v.latest
"""
_SORT_KEYS = {
    "assistant_id": "a.assistant_id",
    "graph_id": "casefold(v.graph_id)",
    "name": "casefold(v.name)",
    "created_at": "a.created_at",
    "updated_at": "a.updated_at",
}
_ADD = "INSERT INTO assistant_versions VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)"


class Assistants:
    """Reads and writes assistants. Rows are returned as parsed JSON, from which runs are created."""

    def __init__(self, graphs: Graphs, database: Database) -> None:
        self._graphs = graphs
        self._database = database

    async def prepare(self) -> None:
        """Create missing default assistants, and give each the present name of its graph."""
        await self._database.add_function("casefold", 1, str.casefold)
        async with self._database.write() as connection:
            for loaded in self._graphs.loaded.values():
                _add_default_assistant(connection, loaded)

    async def search(
        self, search: AssistantSearch, visible: Filter | None = None
    ) -> tuple[list[JsonObject], bool]:
        """Return one page, newest first by default, and whether there is another page."""
        where, values = self._filter(search, visible)
        key = _SORT_KEYS[search.sort_by or "created_at"]
        order = "ASC" if (search.sort_order or "desc").upper() == "ASC" else "DESC"
        rows = await self._database.search(
            f"{_LATEST} {where} ORDER BY {key} {order}, a.rowid {order} LIMIT ? OFFSET ?",
            (*values, search.limit + 1, search.offset),
        )
        return [_parsed(FIELDS, row) for row in rows[: search.limit]], len(rows) > search.limit

    async def count(self, search: AssistantCount, visible: Filter | None = None) -> int:
        """Return how many assistants a search would find."""
        where, values = self._filter(search, visible)
        rows = await self._database.search(f"SELECT count(*) FROM ({_LATEST} {where})", values)
        return int(rows[0][0])

    def get(self, name: str) -> JsonObject:
        """Return the assistant with this id, or the default one of the graph with this name.

        Raises `Refusal` (404, or 422 if `name` is neither), and `GraphIsBroken` for a graph that
        could not be imported.
        """
        if name in self._graphs.broken:
            raise GraphIsBroken(self._graphs.broken[name])
        known = name in self._graphs.loaded
        assistant_id = assistant_id_of(name) if known else checked_id(name, "assistant")
        rows = self._database.read(f"{_LATEST} WHERE a.assistant_id = ?", (assistant_id,))
        return self._found(rows, assistant_id)

    def metadata(self, assistant_id: str) -> JsonObject | None:
        """Return an assistant's metadata, even if its graph was removed; None without assistant."""
        rows = self._database.read(f"{_LATEST} WHERE a.assistant_id = ?", (assistant_id,))
        return _parsed(FIELDS, rows[0])["metadata"] if rows else None

    def for_run(self, name: str) -> JsonObject:
        """Return an assistant like `get`, with the refusals of langgraph-api for new runs."""
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

    async def create(self, assistant_id: str, body: AssistantCreate) -> JsonObject | None:
        """Create an assistant with its first version; None if the id is taken."""
        self._check_graph(body.graph_id)
        config, context = _matching_config_and_context(body.config, body.context)
        content = {
            "graph_id": body.graph_id,
            "config": config or {},
            "context": context or {},
            "metadata": body.metadata or {},
            "name": body.name or "Untitled",
            "description": body.description,
        }
        async with self._database.write() as connection:
            if not _insert(connection, assistant_id, body.graph_id):
                return None
            _add_version(connection, assistant_id, 1, content)
        return self.get(assistant_id)

    async def patch(self, assistant_id: str, body: AssistantPatch) -> JsonObject:
        """Create a new version, which becomes the latest. Raises `Refusal`."""
        if body.graph_id is not None:
            self._check_graph(body.graph_id)
        config, context = _matching_config_and_context(body.config, body.context)
        async with self._database.write() as connection:
            current = self._current(connection, assistant_id)
            changed = {
                "graph_id": body.graph_id,
                "config": config,
                "context": context,
                "metadata": {**current["metadata"], **(body.metadata or {})},
                "name": body.name,
                "description": body.description,
            }
            given = {field: value for field, value in changed.items() if value is not None}
            _clear_latest(connection, assistant_id)
            sql = "SELECT max(version) + 1 FROM assistant_versions WHERE assistant_id = ?"
            (version,) = connection.execute(sql, (assistant_id,)).fetchone()
            _add_version(connection, assistant_id, version, {**current, **given})
        return self.get(assistant_id)

    async def versions(self, assistant_id: str, search: VersionSearch) -> list[JsonObject]:
        """Return one page of an assistant's versions, newest first. Raises `Refusal` (404)."""
        self.get(assistant_id)
        rows = await self._database.search(
            f"{_VERSIONS} WHERE assistant_id = ? AND json_contains(metadata, ?)"
            " ORDER BY version DESC LIMIT ? OFFSET ?",
            (assistant_id, dumps(search.metadata or {}).decode(), search.limit, search.offset),
        )
        return [_parsed(_VERSION_FIELDS, row) for row in rows]

    async def set_latest(self, assistant_id: str, version: int) -> JsonObject:
        """Make a version the latest, which runs use. Raises `Refusal` (404)."""
        async with self._database.write() as connection:
            self._current(connection, assistant_id)
            sql = f"{_VERSIONS} WHERE assistant_id = ? AND version = ?"
            if not connection.execute(sql, (assistant_id, version)).fetchone():
                raise Refusal(404, f"Version {version} not found for assistant {assistant_id}")
            _clear_latest(connection, assistant_id)
            connection.execute(
                "UPDATE assistant_versions SET latest = 1 WHERE assistant_id = ? AND version = ?",
                (assistant_id, version),
            )
        return self.get(assistant_id)

    async def delete(self, assistant_id: str) -> None:
        """Delete an assistant with its versions."""
        async with self._database.write() as connection:
            for table in ("assistant_versions", "assistants"):
                connection.execute(f"DELETE FROM {table} WHERE assistant_id = ?", (assistant_id,))

    def check_deletable(self, assistant_id: str) -> None:
        """Refuse to delete an assistant that does not exist, or the default one of a graph.

        The next start would create a default assistant again; until then, no run could name the
        graph.
        """
        self.get(assistant_id)
        default = {assistant_id_of(graph_id): graph_id for graph_id in self._graphs.loaded}
        if graph_id := default.get(assistant_id):
            raise Refusal(
                409, f"The default assistant of the graph '{graph_id}' cannot be deleted."
            )

    def runs_under_way(self, assistant_id: str) -> list[tuple[str, str]]:
        """Return (thread, run) of every run of an assistant that has not ended."""
        rows = self._database.read(
            "SELECT thread_id, run_id FROM runs WHERE status IN ('pending', 'running')"
            " AND assistant_id = ?",
            (assistant_id,),
        )
        return [(row["thread_id"], row["run_id"]) for row in rows]

    async def threads(self, assistant_id: str) -> list[str]:
        """Return the ids of the threads whose newest run was one of this assistant."""
        rows = await self._database.search(
            "SELECT thread_id FROM threads WHERE json_extract(metadata, '$.assistant_id') = ?",
            (assistant_id,),
        )
        return [row["thread_id"] for row in rows]

    def _check_graph(self, graph_id: str) -> None:
        if graph_id in self._graphs.broken:
            raise GraphIsBroken(self._graphs.broken[graph_id])
        if graph_id not in self._graphs.loaded:
            raise no_such_graph(graph_id, self._graphs.loaded)

    def _current(self, connection: sqlite3.Connection, assistant_id: str) -> JsonObject:
        """Return the latest version, inside a transaction."""
        sql = f"{_LATEST} WHERE a.assistant_id = ?"
        return self._found(connection.execute(sql, (assistant_id,)).fetchall(), assistant_id)

    def _found(self, rows: list[Any], assistant_id: str) -> JsonObject:
        """Return the assistant of these rows. Raises `Refusal` (404), also if its graph was removed."""
        if not rows:
            raise no_assistant(assistant_id)
        assistant = _parsed(FIELDS, rows[0])
        if (graph_id := assistant["graph_id"]) in self._graphs.broken:
            raise GraphIsBroken(self._graphs.broken[graph_id])
        if graph_id not in self._graphs.loaded:
            raise no_assistant(assistant_id)
        return assistant

    def _filter(self, search: AssistantCount, visible: Filter | None) -> tuple[str, list[Any]]:
        """Return the WHERE clause and its values, without the assistants of removed graphs."""
        if search.graph_id is not None:
            self._check_graph(search.graph_id)
        graphs = [search.graph_id] if search.graph_id is not None else list(self._graphs.loaded)
        clauses = ["v.graph_id IN (SELECT value FROM json_each(?))"]
        values: list[Any] = [dumps(graphs).decode()]
        if search.name:
            clauses.append("instr(casefold(v.name), ?)")
            values.append(search.name.casefold())
        if search.metadata:
            clauses.append("json_contains(v.metadata, ?)")
            values.append(dumps(search.metadata).decode())
        if visible:
            clauses.append("json_allows(v.metadata, ?)")
            values.append(dumps(visible).decode())
        return f"WHERE {' AND '.join(clauses)}", values


def _add_default_assistant(connection: sqlite3.Connection, graph: LoadedGraph) -> None:
    """Create or change the default assistant of a graph: version 1 has the project's settings."""
    graph_id = graph.spec.graph_id
    assistant_id = assistant_id_of(graph_id)
    config = {key: value for key, value in graph.config.items() if key != "context"}
    content = {
        "graph_id": graph_id,
        "config": config,
        "context": graph.config.get("context") or config.get("configurable") or {},
        "metadata": {"created_by": "system"},
        "name": graph.name,
        "description": graph.spec.description,
    }
    _insert(connection, assistant_id, graph_id)
    if not _has_versions(connection, assistant_id):
        _add_version(connection, assistant_id, 1, content)
        return
    connection.execute(
        "UPDATE assistant_versions SET name = ?, description = ?, config = ?, context = ?"
        " WHERE assistant_id = ? AND version = 1",
        (
            graph.name,
            graph.spec.description,
            dumps(content["config"]).decode(),
            dumps(content["context"]).decode(),
            assistant_id,
        ),
    )


def _has_versions(connection: sqlite3.Connection, assistant_id: str) -> bool:
    sql = "SELECT 1 FROM assistant_versions WHERE assistant_id = ?"
    return connection.execute(sql, (assistant_id,)).fetchone() is not None


def _insert(connection: sqlite3.Connection, assistant_id: str, graph_id: str) -> bool:
    """Insert an assistant without a version; False if the id is taken."""
    insert = "INSERT OR IGNORE INTO assistants VALUES (?, ?, ?, ?)"
    return connection.execute(insert, (assistant_id, graph_id, time := now(), time)).rowcount == 1


def _clear_latest(connection: sqlite3.Connection, assistant_id: str) -> None:
    """Unset the latest version, before another one is set."""
    update = "UPDATE assistant_versions SET latest = 0 WHERE assistant_id = ? AND latest"
    connection.execute(update, (assistant_id,))
    update = "UPDATE assistants SET updated_at = ? WHERE assistant_id = ?"
    connection.execute(update, (now(), assistant_id))


def _add_version(
    connection: sqlite3.Connection, assistant_id: str, version: int, content: JsonObject
) -> None:
    written = (dumps(content[field]).decode() for field in _JSON_FIELDS)
    connection.execute(
        _ADD,
        (
            assistant_id,
            version,
            content["graph_id"],
            *written,
            content["name"],
            content["description"],
            now(),
        ),
    )


def _matching_config_and_context(
    config: Config | None, context: JsonObject | None
) -> tuple[JsonObject | None, JsonObject | None]:
    """Return config and context with equal content, as in langgraph-api; None if not given."""
    given = config.model_dump(exclude_unset=True) if config else {}
    configurable = given.get("configurable")
    if configurable and context:
        raise config_and_context_given()
    if context:
        given["configurable"] = context
    return given or None, configurable or context


def _parsed(fields: Iterable[str], row: Iterable[Any]) -> JsonObject:
    parsed = dict(zip(fields, row, strict=True))
    return {**parsed, **{field: orjson.loads(parsed[field]) for field in _JSON_FIELDS}}
