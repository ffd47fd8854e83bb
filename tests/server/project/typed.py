"""State of types that only this project knows."""

from dataclasses import dataclass
from enum import Enum

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel


class Mood(Enum):
    """How it is."""

    GOOD = "good"


@dataclass
class Place:
    """Where it is."""

    name: str


class Report(BaseModel):
    """What it is."""

    title: str
    mood: Mood = Mood.GOOD
    place: Place | None = None


class State(BaseModel):
    """All of it."""

    report: Report | None = None
    note: str = ""


def write(state: State) -> dict[str, Report]:
    """Put an object of our own into the state."""
    return {"report": Report(title="T", place=Place("P"))}


def ask(state: State) -> dict[str, str]:
    """Ask for a note; the state must come back as what it was."""
    assert isinstance(state.report, Report) and isinstance(state.report.place, Place)
    answer = interrupt(f"note for {state.report.title}?")
    return {"note": f"{answer} ({state.report.mood.name})"}


graph = StateGraph(State).add_sequence([write, ask]).add_edge(START, "write").compile()
