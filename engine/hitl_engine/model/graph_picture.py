"""The picture of a graph: its nodes, its edges, and the breakpoints that it was compiled with."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

NodeKind: TypeAlias = Literal["start", "end", "node", "subgraph"]


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node of a graph. Its names come from the graph: untrusted text."""

    node_id: str
    """The name of the node; inside a subgraph `outer:inner`."""
    kind: NodeKind
    """`subgraph`: it contains a graph, whose nodes are not part of this picture."""
    stops_before: bool = False
    """Whether the graph was compiled with a breakpoint before it."""
    stops_after: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the nodes around it, outermost first, and its own."""
        return tuple(self.node_id.split(":"))

    @property
    def is_real(self) -> bool:
        """Whether something runs there: not at the start and not at the end."""
        return self.kind in ("node", "subgraph")


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An edge between two nodes, by their ids."""

    source: str
    target: str
    conditional: bool = False
    """Whether a function of the graph chooses it."""
    label: str = ""
    """What the function returns for it, where the graph tells; untrusted text."""


@dataclass(frozen=True, slots=True)
class GraphPicture:
    """A graph as its server draws it, in the order in which it was built.

    Ways that only a `Command(goto=…)` takes are missing where the code does not declare them.
    """

    graph_id: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    opened: bool = False
    """Whether subgraphs are drawn as their nodes."""

    @property
    def has_subgraphs(self) -> bool:
        """Whether a node contains a graph, drawn as its nodes or not."""
        return any(node.kind == "subgraph" or len(node.path) > 1 for node in self.nodes)

    def node(self, node_id: str) -> GraphNode | None:
        """Return a node by its id."""
        return next((node for node in self.nodes if node.node_id == node_id), None)

    def edges_from(self, node_id: str) -> tuple[GraphEdge, ...]:
        """Return the edges that begin at a node."""
        return tuple(edge for edge in self.edges if edge.source == node_id)

    def edges_to(self, node_id: str) -> tuple[GraphEdge, ...]:
        """Return the edges that end at a node."""
        return tuple(edge for edge in self.edges if edge.target == node_id)
