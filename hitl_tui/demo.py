"""The demo: sample graphs with threads that already wait."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.model import JsonValue, Progress

_HERE = Path(__file__).parent
_SAMPLES = (_HERE / "sample_graphs", _HERE.parent / "sample_graphs")
"""Where the samples are: in a wheel, and in a checkout or an editable install."""
TARGET = str(next(filter(Path.is_dir, _SAMPLES), _SAMPLES[0]) / "langgraph.json")

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
