"""A story: what was done on a thread, act by act, and the state after each act."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from hitl_engine.model.change import Change
from hitl_engine.model.json import JsonObject, JsonValue
from hitl_engine.model.run import NO_BREAKPOINTS, NO_SETTINGS, Breakpoints, RunSettings


@dataclass(frozen=True, slots=True)
class Started:
    """A run with an input."""

    input: JsonValue
    breakpoints: Breakpoints
    """All at which it stopped: its own, those set on its graph, and those compiled into it."""
    settings: RunSettings = NO_SETTINGS


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The answer to one question."""

    node: str
    """The node of the root graph that asks."""
    ordinal: int
    """Which of the questions of that node, from 0, in the order in which they wait."""
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Answered:
    """A run that answered one question, or several."""

    answers: tuple[GivenAnswer, ...]
    breakpoints: Breakpoints = NO_BREAKPOINTS
    """All at which this run stopped, as with `Started`."""


@dataclass(frozen=True, slots=True)
class WentOn:
    """A run without an input: a step past a breakpoint, or again after an error or from a checkpoint."""

    breakpoints: Breakpoints = NO_BREAKPOINTS


@dataclass(frozen=True, slots=True)
class Commanded:
    """A run that sent a command to the graph, perhaps with answers."""

    goto: JsonValue
    """A node, a `{"node", "input"}`, or a list of those; None: where the graph goes anyhow."""
    update: JsonValue
    """What the command wrote into the state first; None: nothing."""
    answers: tuple[GivenAnswer, ...] = ()
    breakpoints: Breakpoints = NO_BREAKPOINTS


@dataclass(frozen=True, slots=True)
class Wrote:
    """A client wrote into the state."""

    values: JsonObject
    """What the keys were afterwards that it changed."""
    as_node: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A client copied a checkpoint, which forgets the answers of its step: its questions are open."""


Act: TypeAlias = Started | Answered | WentOn | Commanded | Wrote | Copied


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """A checkpoint, by what made it: ids are new in a replay."""

    step: int
    """The step whose act made it, from 1."""
    checkpoint: int
    """Which of the checkpoints that the act made, from 0, the oldest first."""


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One act, and what came of it."""

    act: Act
    after: JsonObject | None
    """`{"values", "next", "waiting", "failed"}`; None where the server does not tell it any more: an
    answer to only some of several questions leaves no checkpoint."""
    begins_at: StoryPlace | None = None
    """Where the act began a branch; None: it went on from the newest checkpoint."""
    at: datetime | None = None
    """When it was done, if the server told it."""


@dataclass(frozen=True, slots=True)
class GraphDrawing:
    """The graph of a story as its server drew it: `{"nodes", "edges"}` of the Server API."""

    closed: JsonObject
    opened: JsonObject
    """With the nodes inside of subgraphs."""


@dataclass(frozen=True, slots=True)
class Story:
    """What was done on a thread, on the branch of its newest checkpoint. All texts are untrusted."""

    graph_id: str
    thread_id: str
    server: str
    saved_at: datetime
    steps: tuple[StoryStep, ...]
    drawing: GraphDrawing | None = None


@dataclass(frozen=True, slots=True)
class StoryDifference:
    """What a replay did otherwise than the story, in one step."""

    step: int
    """From 1."""
    changes: tuple[Change, ...] = ()
    """What differs in what came of it: `before` is the story, `after` the replay."""
    problem: str = ""
    """Why the act could not be carried out; the replay ends there."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The result of a replay."""

    thread_id: str
    """The new thread; empty if none was made."""
    steps: int
    """How many acts were carried out."""
    differences: tuple[StoryDifference, ...]
