"""State with types of this project."""

from dataclasses import dataclass
from enum import Enum

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel


class Mood(Enum):
    """An enumeration."""

    GOOD = "good"


@dataclass
class Place:
    """A dataclass in the state."""

    name: str


class Report(BaseModel):
    """A pydantic model in the state."""

    title: str
    mood: Mood = Mood.GOOD
    place: Place | None = None


class State(BaseModel):
    """The state."""

    report: Report | None = None
    note: str = ""


def write(state: State) -> dict[str, Report]:
    """Write an object of a project type into the state."""
    return {"report": Report(title="T", place=Place("P"))}


def ask(state: State) -> dict[str, str]:
    """Interrupt; afterwards the state must still have its types."""
    assert isinstance(state.report, Report) and isinstance(state.report.place, Place)
    answer = interrupt(f"note for {state.report.title}?")
    return {"note": f"{answer} ({state.report.mood.name})"}


graph = StateGraph(State).add_sequence([write, ask]).add_edge(START, "write").compile()
