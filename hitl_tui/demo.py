"""The demo: sample graphs with threads that already wait."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitl_engine.desk import Desk
    from hitl_engine.model import JsonValue, Progress

_IN_WHEEL = Path(__file__).with_name("sample_graphs")
_IN_CHECKOUT = Path(__file__).resolve().parents[1] / "sample_graphs"
_FOLDER = _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT
TARGET = str(_FOLDER / "langgraph.json")

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


def is_sample(place: str | None) -> bool:
    """Whether a target is one of the sample graphs, which are code of this program.

    None means `./langgraph.json`.
    """
    file, colon, _ = (place or "langgraph.json").rpartition(".py:")
    path = Path(f"{file}.py" if colon else place or "langgraph.json")
    try:
        path = path.resolve()
    except (OSError, RuntimeError, ValueError):
        return False
    return (
        path == Path(TARGET) or path == _FOLDER or (path.suffix == ".py" and path.parent == _FOLDER)
    )


async def seed(desk: "Desk") -> None:
    """Start one run of each sample that stops, unless something waits already.

    A sample that cannot be imported (with `--python`, where langchain is missing) is left out.
    """
    if (await desk.inbox()).items:
        return
    graphs = {graph.graph_id: graph for graph in await desk.graphs()}
    for graph_id, input in _RUNS:
        if graph := graphs.get(graph_id):
            await desk.start(graph, input, _ignore)


def _ignore(progress: "Progress") -> None:
    """Ignore the progress of the demo's runs."""
