"""The demo: sample graphs with threads that already wait."""

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.desk import Desk
    from engine.model import JsonValue, Progress

TARGET = str(files("sample_graphs") / "langgraph.json")

_RUNS: "tuple[tuple[str, JsonValue], ...]" = (
    ("revise", {"some_text": "The quick brown fox jump over the lazy dog."}),
    ("tool_agent", {"messages": [{"role": "user", "content": "Tell Ada the meeting moved."}]}),
    ("breakpoints", {}),
    ("parallel", {"proposal": "a bigger office"}),
    ("subgraph", {}),
    ("validate", {}),
    ("tool_approval", {"messages": [{"role": "user", "content": "Tidy up my notes."}]}),
    ("js_tool_calls", {}),
    ("older_review", {}),
    ("ask_user", {}),
    ("typed_answer", {}),
    ("form", {}),
    ("choice", {}),
    ("yes_no", {}),
    ("anything", {}),
    ("hook", {}),
)
"""What is started, as (graph, input): one for each way to ask."""


async def seed(desk: "Desk") -> None:
    """Start one run of each sample that stops, unless something waits already."""
    if (await desk.inbox()).items:
        return
    graphs = {graph.graph_id: graph for graph in await desk.graphs()}
    for graph_id, input in _RUNS:
        await desk.start(graphs[graph_id], input, _ignore)


def _ignore(progress: "Progress") -> None:
    """Nobody watches the runs of the demo."""
