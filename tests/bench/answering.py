"""How long answers take: through desk, client and local server, and by langgraph alone."""

import time
from pathlib import Path
from uuid import uuid4

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from hitl_engine.desk import open_desk
from hitl_engine.model import Interrupt, JsonObject, OutcomeKind, Progress, Revise
from sample_graphs.breakpoints import graph as breakpoints
from sample_graphs.revise import State
from sample_graphs.revise import graph as revise

TARGET = str(Path(__file__).parents[2] / "sample_graphs" / "langgraph.json")
INPUT: JsonObject = {"some_text": "original text"}


async def measure_answers(folder: Path, count: int) -> tuple[list[float], list[float]]:
    """Return the seconds of `count` answers each: ours, and those of langgraph alone."""
    ours: list[float] = []
    floor: list[float] = []
    async with (
        AsyncSqliteSaver.from_conn_string(str(folder / "bare.sqlite")) as saver,
        open_desk(TARGET, data_dir=folder) as desk,
    ):
        bare = revise.copy(update={"checkpointer": saver})
        graph = next(graph for graph in await desk.graphs() if graph.graph_id == "revise")
        for _ in range(count + 5):
            started = await desk.start(graph, INPUT, _ignore)
            assert started.thread is not None
            (interrupt,) = started.thread.waiting
            assert isinstance(interrupt, Interrupt)
            question = desk.reviews.question(interrupt)
            begin = time.perf_counter()
            outcome = await desk.decide(question, Revise("Edited text"), _ignore)
            ours.append(time.perf_counter() - begin)
            assert outcome.kind is OutcomeKind.APPLIED

            config: RunnableConfig = {"configurable": {"thread_id": str(uuid4())}}
            stopped = await bare.ainvoke(State(some_text="original text"), config)
            command: Command[str] = Command(resume={stopped["__interrupt__"][0].id: "Edited text"})
            begin = time.perf_counter()
            result = await bare.ainvoke(command, config)
            floor.append(time.perf_counter() - begin)
            assert result == {"some_text": "Edited text"}
    return ours[5:], floor[5:]


async def measure_steps(folder: Path, count: int) -> tuple[list[float], list[float]]:
    """Return the seconds of `count` steps past a breakpoint each: ours, and langgraph's alone."""
    ours: list[float] = []
    floor: list[float] = []
    async with (
        AsyncSqliteSaver.from_conn_string(str(folder / "steps.sqlite")) as saver,
        open_desk(TARGET, data_dir=folder) as desk,
    ):
        bare = breakpoints.copy(update={"checkpointer": saver})
        graph = next(graph for graph in await desk.graphs() if graph.graph_id == "breakpoints")
        for _ in range(count + 5):
            started = await desk.start(graph, {}, _ignore)
            assert started.thread is not None and started.thread.stop is not None
            begin = time.perf_counter()
            outcome = await desk.step(started.thread.stop, _ignore)
            ours.append(time.perf_counter() - begin)
            assert outcome.thread is not None and outcome.thread.next == ("publish",)

            config: RunnableConfig = {"configurable": {"thread_id": str(uuid4())}}
            await bare.ainvoke({}, config)
            begin = time.perf_counter()
            result = await bare.ainvoke(None, config)
            floor.append(time.perf_counter() - begin)
            assert result["log"] == ["drafted", "polished"]
    return ours[5:], floor[5:]


def _ignore(progress: Progress) -> None:
    """Ignore it: only the outcome is timed."""
