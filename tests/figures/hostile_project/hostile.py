"""A graph whose every text is hostile: the names of its nodes, what it asks, says, prints and raises."""

import json
import operator
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

NAMES: list[str] = json.loads((Path(__file__).parent / "names.json").read_text())
"""Texts without `:` and `|`, which names of nodes may not have."""


class State(TypedDict, total=False):
    """What the graph is told to do."""

    asks: Any
    raises: str
    prints: str
    messages: Annotated[list[Any], operator.add]
    answer: Any


def act(state: State) -> State:
    """Print, ask and raise, as told."""
    print(state.get("prints", ""))
    get_stream_writer()({"progress": state.get("prints", "")})
    if told := state.get("raises"):
        raise type(told.replace("\x00", "")[:200], (Exception,), {})(told)
    return {"answer": interrupt(state["asks"])}


def talk(state: State) -> State:
    """Say all texts of what is asked, as messages of all kinds."""
    texts = [
        each for each in json.dumps(state.get("asks"), ensure_ascii=False).split("\\n") if each
    ]
    called = {"name": NAMES[0], "args": {NAMES[1]: texts[0]}, "id": "1"}
    said = [HumanMessage(texts[0]), AIMessage(texts[-1], tool_calls=[called])]
    return {"messages": [*said, ToolMessage(texts[0], tool_call_id="1", name=NAMES[0])]}


builder = StateGraph(State).add_node(NAMES[0], talk).add_node(NAMES[1], act)
builder.add_edge(START, NAMES[0]).add_edge(NAMES[0], NAMES[1])
for _name in NAMES[2:]:
    builder.add_node(_name, talk).add_edge(NAMES[1], _name).add_edge(_name, END)
graph = builder.compile()
