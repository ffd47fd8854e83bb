"""The breakpoints that a person set on graphs, which every run gets that is sent from here."""

from hitl_engine.json_paths import holds
from hitl_engine.model import NO_BREAKPOINTS, Breakpoints


class GraphBreakpoints:
    """Breakpoints for each graph, as long as the desk is open; whoever opens it keeps them."""

    def __init__(self) -> None:
        self._of: dict[str, Breakpoints] = {}

    def of(self, graph_id: str) -> Breakpoints:
        """Return the breakpoints that are set on a graph, without those that it was compiled with."""
        return self._of.get(graph_id, NO_BREAKPOINTS)

    def set(self, graph_id: str, breakpoints: Breakpoints) -> None:
        """Stop runs of a graph here, from the next one on. Raises BadInput for a wrong condition."""
        for _, condition in breakpoints.conditions:
            holds(condition, None)
        self._of[graph_id] = breakpoints
