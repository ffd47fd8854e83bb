"""A graph that works for a while and reports its progress through the custom stream."""

import asyncio

from langgraph.config import get_stream_writer
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """How many steps to take, how long each lasts, and how many are done."""

    steps: int
    seconds_per_step: float
    done: int


async def work(state: State) -> State:
    """Take the steps one by one, and report each."""
    report = get_stream_writer()
    steps = state.get("steps", 20)
    for step in range(1, steps + 1):
        await asyncio.sleep(state.get("seconds_per_step", 0.5))
        report({"progress": step / steps, "text": f"step {step} of {steps}"})
    return {"done": steps}


builder = StateGraph(State).add_node(work).add_edge(START, "work")
graph = builder.compile()


async def main() -> None:
    """Watch a short run in the terminal."""
    short: State = {"steps": 5, "seconds_per_step": 0.2}
    async for progress in graph.astream(short, stream_mode="custom"):
        print(progress["text"])


if __name__ == "__main__":
    asyncio.run(main())
