"""A graph that sends events when it is told to: a line of a pipe says how many, and how fast."""

import time
from typing import TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import StreamWriter

AT_ONCE = 50


class State(TypedDict, total=False):
    """What the graph takes, and what it returns."""

    pipe: str
    """The path of a named pipe with lines `COUNT RATE`; the run ends when it is closed."""
    sent: int


def tell(state: State, writer: StreamWriter) -> State:
    """Send `event-00000`, `event-00001` and so on, `RATE` a second."""
    sent = 0
    with open(state["pipe"]) as lines:
        for line in lines:
            count, rate = map(int, line.split())
            began = time.perf_counter()
            for number in range(count):
                writer(f"event-{sent:05d}")
                sent += 1
                if number % AT_ONCE == AT_ONCE - 1:
                    time.sleep(max(0.0, began + number / rate - time.perf_counter()))
    return {"sent": sent}


builder = StateGraph(State)
builder.add_node("tell", tell)
builder.add_edge(START, "tell")
builder.add_edge("tell", END)
graph = builder.compile()
