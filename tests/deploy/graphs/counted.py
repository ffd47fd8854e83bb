"""Asks for an answer, and notes each answer with which its node ran on, in a file of the thread."""

import time
from pathlib import Path
from typing import TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


class State(TypedDict, total=False):
    """The file of the notes, the seconds that the node works, and the answer."""

    notes: str
    seconds: float
    answer: str


def ask(state: State) -> State:
    """Ask, then act: what happens twice if two answers are taken."""
    answer = interrupt({"text_to_revise": "draft"})
    with Path(state["notes"]).open("a") as notes:
        notes.write(f"{answer}\n")
    time.sleep(state["seconds"])
    return {"answer": answer}


graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()
