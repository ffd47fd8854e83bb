"""The graphs of a project: loaded once, opened for each use with the server's checkpointer."""

import copy
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from langchain_core.runnables import Runnable, RunnableBinding, RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import StateGraph
from langgraph.pregel import Pregel
from langgraph.pregel.remote import RemoteGraph
from langgraph.store.base import BaseStore
from langgraph_sdk.runtime import AccessContext

from hitl_server.json_types import JsonObject
from hitl_server.project.code_changes import CodeChanges
from hitl_server.project.config import GraphSpec, ProjectConfig
from hitl_server.project.graph_configs import graph_configs
from hitl_server.project.graph_factories import GraphFactory, NotAGraphFactory
from hitl_server.project.import_errors import ImportFailure, import_failure_of
from hitl_server.project_code import calling_project, raised

Graph: TypeAlias = Pregel[Any, Any, Any, Any]

_NAMESPACE = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The namespace of default assistant ids in langgraph-api (`graph.py`, NAMESPACE_GRAPH)."""


class NotAGraph(Exception):
    """The object in the target is neither a graph nor a graph factory."""


class GraphIsBroken(Exception):
    """A graph was requested that could not be imported."""

    def __init__(self, failure: ImportFailure) -> None:
        super().__init__(f"Graph '{failure.graph_id}' cannot be imported: {failure.what}")
        self.failure = failure


class FactoryFailed(Exception):
    """A graph factory raised, or created no graph. The cause is what it raised."""

    def __init__(self, graph_id: str, error: Exception) -> None:
        super().__init__(
            f"The factory of graph '{graph_id}' failed: {type(raised(error)).__name__}: "
            f"{raised(error)}. "
            "It got the config of the run that wrote the state, or else that of the assistant."
        )
        self.error = error


@dataclass(frozen=True, slots=True)
class LoadedGraph:
    """A graph or graph factory of the project, as it is in its module."""

    spec: GraphSpec
    source: Graph | GraphFactory
    config: JsonObject
    """The config of its default assistant."""

    @property
    def name(self) -> str:
        """The graph's own name, or its id if it has none."""
        name = self.source.name if isinstance(self.source, Pregel) else None
        return self.spec.graph_id if name in (None, "LangGraph") else str(name)


@dataclass(slots=True)
class Graphs:
    """All graphs of a project; `use_storage` connects them to the database and the store."""

    loaded: dict[str, LoadedGraph] = field(default_factory=dict)
    broken: dict[str, ImportFailure] = field(default_factory=dict)
    changes: CodeChanges = field(default_factory=CodeChanges)
    _saver: BaseCheckpointSaver[Any] | None = None
    _store: BaseStore | None = None
    _ready: dict[str, Graph] = field(default_factory=dict)

    @classmethod
    def load(cls, project: ProjectConfig) -> "Graphs":
        """Import every graph. One that cannot be imported goes to `broken`.

        Raises `BadTarget` for a LANGGRAPH_CONFIG that cannot be used.
        """
        graphs, configs = cls(), graph_configs()
        for graph_id, why in project.unusable.items():
            graphs.broken[graph_id] = ImportFailure(graph_id, why, "")
        for spec in project.graphs:
            try:
                with calling_project():
                    source = _load(spec)
                config = configs.get(spec.graph_id, {})
                graphs.loaded[spec.graph_id] = LoadedGraph(spec, source, config)
            except Exception as error:  # noqa: BLE001  user code
                failure = import_failure_of(spec.graph_id, error, project.import_paths)
                graphs.broken[spec.graph_id] = failure
        main_files = {
            spec.graph_id: file for spec in project.graphs if (file := spec.place.module_file)
        }
        graphs.changes = CodeChanges.since_now(main_files, project.import_paths)
        return graphs

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence for each graph that was compiled with storage of its own, which is not used."""
        own = {graph_id: _own_storage(each.source) for graph_id, each in self.loaded.items()}
        return tuple(
            f"Graph '{graph_id}' was compiled with {' and '.join(kinds)}; the server uses its own."
            for graph_id, kinds in own.items()
            if kinds
        )

    def code_change(self, graph_id: str) -> str | None:
        """Return in words that the code of a graph changed since it was imported; None if not."""
        files = self.changes.of_graph(graph_id)
        if not files:
            return None
        still = "cannot use the graph" if graph_id in self.broken else "runs the old code"
        return (
            f"The code of graph '{graph_id}' changed since the server imported it: "
            f"{', '.join(files)}. The server {still} until it is started again; it is "
            f"process {os.getpid()}."
        )

    def code_changes(self) -> dict[str, str]:
        """Return for each graph whose code changed since it was imported that in words, by its id."""
        changes = {
            graph_id: self.code_change(graph_id) for graph_id in (*self.loaded, *self.broken)
        }
        return {graph_id: what for graph_id, what in changes.items() if what}

    def use_storage(self, saver: BaseCheckpointSaver[Any], store: BaseStore) -> None:
        """Give all graphs this checkpointer and this store."""
        self._saver = saver
        self._store = store
        for graph_id, loaded in self.loaded.items():
            if isinstance(loaded.source, Pregel):
                self._ready[graph_id] = self._with_storage(loaded.source, graph_id)

    @property
    def nodes(self) -> dict[str, list[str]]:
        """The nodes of each graph; those of factories are known only when they are called."""
        return {graph_id: list(graph.nodes) for graph_id, graph in self._ready.items()}

    def has_factory(self, graph_id: str) -> bool:
        """Whether a graph factory creates this graph for each use."""
        loaded = self.loaded.get(graph_id)
        return loaded is not None and isinstance(loaded.source, GraphFactory)

    @asynccontextmanager
    async def open(
        self,
        graph_id: str,
        config: RunnableConfig,
        access: AccessContext = "threads.read",
        context: Any = None,
    ) -> AsyncIterator[Graph]:
        """Yield the graph; a graph factory creates it for this use, with this config.

        Raises `GraphIsBroken`, `KeyError` and `FactoryFailed`.
        """
        if graph_id in self.broken:
            raise GraphIsBroken(self.broken[graph_id])
        if ready := self._ready.get(graph_id):
            yield ready
            return
        factory = self.loaded[graph_id].source
        assert isinstance(factory, GraphFactory), "a graph is ready before it is opened"
        assert self._store is not None, "graphs get their storage before they are opened"
        async with AsyncExitStack() as stack:
            try:
                with calling_project():
                    made = await stack.enter_async_context(
                        factory.enter(config, access, self._store, context)
                    )
                    graph = self._with_storage(_compiled(made, graph_id), graph_id)
            except Exception as error:
                raise FactoryFailed(graph_id, error) from error
            yield graph

    def _with_storage(self, graph: Graph, graph_id: str) -> Graph:
        """Return the graph with our checkpointer and our store, as `langgraph dev` does.

        This is a shallow copy, because `Pregel.copy` loses the types that strict msgpack may load
        (`_serde_allowlist`): custom types in the state would be read back as dicts.
        """
        connected = copy.copy(graph)
        connected.checkpointer = self._saver
        connected.store = self._store
        if connected.name == "LangGraph":
            connected.name = graph_id
        return connected


def assistant_id_of(graph_id: str) -> str:
    """Return the id of a graph's default assistant, which is the same in langgraph-api."""
    return str(uuid5(_NAMESPACE, graph_id))


def _own_storage(source: Graph | GraphFactory) -> list[str]:
    if isinstance(source, GraphFactory):
        return []
    checkpointer, store = source.checkpointer, source.store
    return [
        *([type(checkpointer).__name__] if isinstance(checkpointer, BaseCheckpointSaver) else []),
        *([type(store).__name__] if isinstance(store, BaseStore) else []),
    ]


def _load(spec: GraphSpec) -> Graph | GraphFactory:
    made = spec.place.load()
    if callable(made) and not isinstance(made, (Pregel, StateGraph)):
        try:
            return GraphFactory.of(made)
        except NotAGraphFactory as error:
            raise NotAGraph(f"{spec.place.attribute!r} in {spec.place.source} {error}") from None
    return _compiled(made, spec.graph_id)


def _compiled(made: Any, graph_id: str) -> Graph:
    match made:
        case StateGraph():
            return made.compile()
        case Pregel():
            return made
        case RunnableBinding(bound=Pregel() as bound, kwargs={}) if not made.config_factories:
            return bound.with_config(made.config)
        case RemoteGraph():
            raise NotAGraph(
                f"{graph_id!r} is a RemoteGraph, which runs on another server. Use that server "
                "directly: hitl-tui -t URL"
            )
        case Runnable():
            raise NotAGraph(
                f"{graph_id!r} is a {type(made).__name__}, not a LangGraph graph. A node of a graph "
                "can call it"
            )
    raise NotAGraph(f"{graph_id!r} is a {type(made).__name__}, not a LangGraph graph")
