"""The graphs of a project: loaded once, opened for each use with the server's checkpointer."""

import copy
import importlib
import importlib.util
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import StateGraph
from langgraph.pregel import Pregel
from langgraph.store.base import BaseStore
from langgraph_sdk.runtime import AccessContext

from hitl_server.project.config import AuthSpec, GraphSpec, is_file
from hitl_server.project.graph_factories import GraphFactory, NotAGraphFactory
from hitl_server.project.import_errors import ImportFailure, import_failure_of

Graph: TypeAlias = Pregel[Any, Any, Any, Any]

_NAMESPACE = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""What langgraph-api derives assistant ids from (`graph.py`, NAMESPACE_GRAPH)."""


class NotAGraph(Exception):
    """What the target names is neither a graph nor something that makes one."""


class GraphIsBroken(Exception):
    """A run was asked of a graph that could not be imported."""

    def __init__(self, breakage: ImportFailure) -> None:
        super().__init__(f"Graph '{breakage.graph_id}' cannot be imported: {breakage.what}")
        self.breakage = breakage


@dataclass(frozen=True, slots=True)
class LoadedGraph:
    """A graph of the project, as its module gave it."""

    spec: GraphSpec
    made: Graph | GraphFactory

    @property
    def name(self) -> str:
        """The graph's own name, or its id where it has none."""
        name = self.made.name if isinstance(self.made, Pregel) else None
        return self.spec.graph_id if name in (None, "LangGraph") else str(name)


@dataclass(slots=True)
class Graphs:
    """All graphs of a project; `attach` gives them the place where their state is kept."""

    loaded: dict[str, LoadedGraph] = field(default_factory=dict)
    broken: dict[str, ImportFailure] = field(default_factory=dict)
    _saver: BaseCheckpointSaver[Any] | None = None
    _store: BaseStore | None = None
    _ready: dict[str, Graph] = field(default_factory=dict)

    @classmethod
    def load(cls, specs: Iterable[GraphSpec]) -> "Graphs":
        """Import every graph. One that cannot be imported goes to `broken`; nothing is raised."""
        graphs = cls()
        for spec in specs:
            try:
                graphs.loaded[spec.graph_id] = LoadedGraph(spec, _made(spec))
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  user code may end with SystemExit too
                graphs.broken[spec.graph_id] = import_failure_of(spec.graph_id, error)
        return graphs

    def attach(self, saver: BaseCheckpointSaver[Any], store: BaseStore) -> None:
        """Keep the state of all graphs in `saver`, whatever they were compiled with.

        `store` is given to graphs that were compiled without one.
        """
        self._saver = saver
        self._store = store
        for graph_id, loaded in self.loaded.items():
            if isinstance(loaded.made, Pregel):
                self._ready[graph_id] = self._with_our_storage(loaded.made, graph_id)

    @asynccontextmanager
    async def open(
        self,
        graph_id: str,
        config: RunnableConfig,
        access: AccessContext = "threads.read",
        context: Any = None,
    ) -> AsyncIterator[Graph]:
        """Yield the graph; one with a factory is made anew, and told what for if it asks.

        Raises `GraphIsBroken`, `KeyError`, and whatever the factory raises.
        """
        if graph_id in self.broken:
            raise GraphIsBroken(self.broken[graph_id])
        if ready := self._ready.get(graph_id):
            yield ready
            return
        factory = self.loaded[graph_id].made
        assert isinstance(factory, GraphFactory), "a graph is ready before it is opened"
        assert self._store is not None, "graphs are attached before they are opened"
        async with factory.enter(config, access, self._store, context) as made:
            yield self._with_our_storage(_compiled(made, graph_id), graph_id)

    def _with_our_storage(self, graph: Graph, graph_id: str) -> Graph:
        """Return the graph with our checkpointer and, if it has none of its own, our store.

        A shallow copy, not `Pregel.copy`: that one forgets which types of the graph's schema
        strict msgpack may load (`_serde_allowlist`), and custom state would come back as dicts.
        """
        kept = copy.copy(graph)
        kept.checkpointer = self._saver
        if kept.store is None:
            kept.store = self._store
        if kept.name == "LangGraph":
            kept.name = graph_id
        return kept


def assistant_id_of(graph_id: str) -> str:
    """Return the id of a graph's own assistant; langgraph-api derives the same."""
    return str(uuid5(_NAMESPACE, graph_id))


def _made(spec: GraphSpec) -> Graph | GraphFactory:
    module = import_module_of(spec)
    try:
        made = getattr(module, spec.attribute)
    except AttributeError:
        raise NotAGraph(f"{spec.source} has no {spec.attribute!r}") from None
    if callable(made) and not isinstance(made, (Pregel, StateGraph)):
        try:
            return GraphFactory.of(made)
        except NotAGraphFactory as error:
            raise NotAGraph(f"{spec.attribute!r} in {spec.source} {error}") from None
    return _compiled(made, spec.graph_id)


def import_module_of(spec: GraphSpec | AuthSpec) -> ModuleType:
    """Import the module of a project that something is in."""
    return (
        _import_file(spec.source) if is_file(spec.source) else importlib.import_module(spec.source)
    )


def _import_file(path: str) -> ModuleType:
    """Import a file under the name langgraph-api gives it, so that pickled types still match."""
    name = path.replace("/", "__").replace(".py", "").replace(" ", "_").lstrip(".")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise NotAGraph(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _compiled(made: Any, graph_id: str) -> Graph:
    if isinstance(made, StateGraph):
        return made.compile()
    if isinstance(made, Pregel):
        return made
    raise NotAGraph(f"{graph_id!r} is a {type(made).__name__}, not a LangGraph graph")
