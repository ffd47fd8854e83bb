"""Names of graphs that tell them apart: assistants may have the same name."""

from collections import Counter
from collections.abc import Sequence

from hitl_engine.model import Graph
from hitl_engine.visible import one_line


def graph_labels(graphs: Sequence[Graph], limit: int = 200) -> tuple[str, ...]:
    """Return the names of graphs, each up to `limit` characters, with the ids where two look alike."""
    names = [one_line(graph.name, limit) for graph in graphs]
    counts = Counter(name.casefold() for name in names)
    return tuple(
        f"{name} ({ids_of(graph)})" if counts[name.casefold()] > 1 else name
        for name, graph in zip(names, graphs, strict=True)
    )


def ids_of(graph: Graph) -> str:
    """Return the ids of a graph and its assistant, as visible text."""
    return f"graph {one_line(graph.graph_id)}, assistant {one_line(graph.assistant_id)}"
