"""A graph that cannot be imported, in words."""

from hitl_engine.model import BrokenGraph
from hitl_engine.visible import one_line


def broken_text(graph: BrokenGraph) -> str:
    """Return what is wrong with a graph and what to do, as visible text on one line."""
    name, what = one_line(graph.graph_id, 60), one_line(graph.what, 200).rstrip(".")
    return (
        f"The graph {name} cannot be imported: {what}. Mend its code, then f6 takes it up; b in the"
        " list shows the traceback."
    )
