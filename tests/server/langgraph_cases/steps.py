"""What a case does with a served graph, step by step, and what it expects of each step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

from langgraph_sdk.client import SyncLangGraphClient

from tests.json_values import Json

INTERRUPT = "__interrupt__"


@dataclass(slots=True)
class Session:
    """A thread of a graph, and the checkpoints that steps kept, by their names."""

    sdk: SyncLangGraphClient
    graph: str
    thread_id: str = ""
    kept: dict[str, Json] = field(default_factory=dict)

    def start_thread(self) -> None:
        """Continue on a new thread."""
        self.thread_id = (self.sdk.threads.create())["thread_id"]

    def state(self, depth: int = 0) -> Json:
        """Return the state of the graph, or of the subgraph that waits at this depth."""
        found: Any = self.sdk.threads.get_state(self.thread_id, subgraphs=True)
        for _ in range(depth):
            found = found["tasks"][0]["state"]
        return dict(found)

    def history(self) -> list[Json]:
        """Return all states of the graph, newest first."""
        return [dict(at) for at in self.sdk.threads.get_history(self.thread_id, limit=100)]


class Step(Protocol):
    """One step of a case."""

    def take(self, session: Session) -> None:
        """Do it, and check what came of it."""


@dataclass(frozen=True, slots=True)
class Before:
    """A checkpoint in the history: the newest one, or else the oldest, before this node."""

    node: str
    oldest: bool = False

    def find(self, session: Session) -> Json:
        """Return the checkpoint."""
        found = [at for at in session.history() if at["next"] == [self.node]]
        checkpoint: Json = found[-1 if self.oldest else 0]["checkpoint"]
        return checkpoint


At: TypeAlias = str | Before
"""A checkpoint: one that a step kept under this name, or one in the history."""


def _checkpoint(session: Session, at: At) -> Json:
    return session.kept[at] if isinstance(at, str) else at.find(session)


@dataclass(slots=True)
class Outcome:
    """What one run sent."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    questions: list[Any] = field(default_factory=list)

    def of(self, mode: str) -> list[Any]:
        """Return the data of the events of a mode."""
        return [data for event, data in self.events if event == mode]

    @property
    def asked(self) -> list[Json]:
        """The interrupts that were sent."""
        return [each for data in self.of("updates") for each in data.get(INTERRUPT, ())]

    @property
    def values(self) -> Any:
        """The last values; of a dict, without the interrupts."""
        last = (self.of("values") or [None])[-1]
        return _without_interrupts(last)

    @property
    def notes(self) -> list[Any]:
        """What the nodes noted, those of subgraphs too."""
        return [data for event, data in self.events if event.split("|")[0] == "custom"]

    @property
    def notes_in_any_order(self) -> list[str]:
        """The same, sorted."""
        return sorted(map(str, self.notes))

    @property
    def updates(self) -> list[Any]:
        """The updates of nodes, without those that contain interrupts."""
        return [data for data in self.of("updates") if INTERRUPT not in data]

    @property
    def messages(self) -> list[str]:
        """The ids of the messages that were streamed by all graphs."""
        parts = [data for event, data in self.events if event.startswith("messages|")]
        return [message["id"] for message, _ in parts + self.of("messages")]

    @property
    def error(self) -> str | None:
        """The text of the error with which the run ended."""
        return next((data["message"] for data in self.of("error")), None)


def _by_id(interrupts: list[Json]) -> list[tuple[str, Any]]:
    return sorted((each["id"], each["value"]) for each in interrupts)


def _without_interrupts(values: Any) -> Any:
    if not isinstance(values, dict):
        return values
    return {key: value for key, value in values.items() if key != INTERRUPT}


@dataclass(frozen=True, slots=True)
class Run:
    """One run, and what its outcome must be."""

    request: Json
    at: At | None = None
    answers: tuple[Any, ...] = ()
    """Answers for the pending questions, in the order of the questions."""
    on_thread: bool = True
    expected: Mapping[str, Any] = field(default_factory=dict)
    """Values of properties of the outcome."""

    def asks(self, *questions: Any, values: Any = ...) -> "Run":
        """Expect that these questions wait, in this order."""
        given = {} if values is ... else {"values": values}
        return self.expect(questions=list(questions), **given)

    def ends(self, values: Any) -> "Run":
        """Expect that no question waits, and these values."""
        return self.expect(questions=[], values=values)

    def ran(self, *notes: Any) -> "Run":
        """Expect that the nodes noted this, in this order."""
        return self.expect(notes=list(notes))

    def expect(self, **expected: Any) -> "Run":
        """Expect these values of properties of the outcome."""
        return replace(self, expected={**self.expected, **expected})

    def take(self, session: Session) -> None:
        """Send the run, follow it to its end, and check the outcome."""
        outcome = Outcome()
        body = self._body(session)
        threads = f"/threads/{session.thread_id}" if self.on_thread else ""
        for part in session.sdk.http.stream(f"{threads}/runs/stream", "POST", json=body):
            outcome.events.append((part.event, part.data))
        outcome.questions = [asked["value"] for asked in outcome.asked]
        if self.on_thread and outcome.error is None:
            waiting = (session.state())["interrupts"]
            assert _by_id(waiting) == _by_id(outcome.asked)
            outcome.questions = [asked["value"] for asked in waiting]
        assert {name: getattr(outcome, name) for name in self.expected} == self.expected

    def _body(self, session: Session) -> Json:
        body = {
            "assistant_id": session.graph,
            "stream_mode": ["values", "updates", "custom"],
            "stream_subgraphs": True,
            **self.request,
        }
        if self.answers:
            waiting = (session.state())["interrupts"]
            ids = [interrupt["id"] for interrupt in waiting]
            body["command"] = {"resume": dict(zip(ids, self.answers, strict=False))}
        if self.at is not None:
            body["checkpoint"] = _checkpoint(session, self.at)
            body["preconditions"] = {"fork": True}  # resuming there is meant
        return body


def run(given: Any, **request: Any) -> Run:
    """Return a run with this input."""
    return Run({"input": given, **request})


def go_on(at: At | None = None) -> Run:
    """Return a run without input, which continues from the newest or another checkpoint."""
    return Run({"input": None}, at)


def answer(value: Any, at: At | None = None, **command: Any) -> Run:
    """Return a run that answers the only question."""
    return Run({"command": {"resume": value, **command}}, at)


def answers(*values: Any) -> Run:
    """Return a run that answers the first questions by their ids."""
    return Run({}, answers=values)


@dataclass(frozen=True, slots=True)
class Update:
    """Updates the state at a checkpoint, and keeps the new checkpoint."""

    values: Any
    at: At | None = None
    as_node: str | None = None
    keep: str = "fork"

    def take(self, session: Session) -> None:
        """Update the state."""
        checkpoint: Any = None if self.at is None else _checkpoint(session, self.at)
        made: Any = session.sdk.threads.update_state(
            session.thread_id, self.values, as_node=self.as_node, checkpoint=checkpoint
        )
        session.kept[self.keep] = made["checkpoint"]


@dataclass(frozen=True, slots=True)
class Keep:
    """Keeps the newest checkpoint of the graph, or of the subgraph that waits at this depth."""

    name: str
    depth: int = 0

    def take(self, session: Session) -> None:
        """Read the state."""
        session.kept[self.name] = (session.state(self.depth))["checkpoint"]


@dataclass(frozen=True, slots=True)
class State:
    """The state has these fields."""

    expected: Json
    depth: int = 0

    def take(self, session: Session) -> None:
        """Read the state."""
        found = session.state(self.depth)
        assert {name: found[name] for name in self.expected} == self.expected


@dataclass(frozen=True, slots=True)
class History:
    """The history has these states, newest first: the source, the next nodes, and the values."""

    rows: tuple[tuple[str, list[str], Any], ...]

    def take(self, session: Session) -> None:
        """Read the history."""
        found = session.history()
        shown = [(at["metadata"]["source"], at["next"], at["values"]) for at in found]
        assert shown == list(self.rows)


@dataclass(frozen=True, slots=True)
class NewThread:
    """The case continues on a new thread."""

    def take(self, session: Session) -> None:
        """Create the thread."""
        session.start_thread()


@dataclass(frozen=True, slots=True)
class Case:
    """A graph, the steps, and the tests of LangGraph that do the same."""

    graph: str
    steps: tuple[Step, ...]
    tests: tuple[str, ...]
