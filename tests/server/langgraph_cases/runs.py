"""Steps that run a graph, and what its runs send."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.json_values import Json
from tests.server.langgraph_cases.session import At, Session, checkpoint_at

INTERRUPT = "__interrupt__"


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
    def all_values(self) -> list[Any]:
        """All values of the graph."""
        return self.of("values")

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
    def updates_in_any_order(self) -> list[Any]:
        """The same, sorted."""
        return sorted(self.updates, key=str)

    @property
    def debugged(self) -> list[str]:
        """The types of the events for debugging."""
        return [each["type"] for each in self.of("debug")]

    @property
    def order(self) -> list[str]:
        """The modes of the events with values and updates of the graph itself, in their order."""
        return [event for event, _ in self.events if event in ("values", "updates")]

    @property
    def talk(self) -> list[str]:
        """The messages in the last values, each with its type."""
        return [f"{each['type']}: {each['content']}" for each in self.values["messages"]]

    @property
    def values_besides_messages(self) -> Json:
        """The last values without their messages."""
        return {key: value for key, value in self.values.items() if key != "messages"}

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

    def without_thread(self) -> "Run":
        """Run on no thread."""
        return replace(self, on_thread=False)

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
            waiting = session.state()["interrupts"]
            assert _by_id(waiting) == _by_id(outcome.asked)
            outcome.questions = [asked["value"] for asked in waiting]
        expected = {"error": None, **self.expected}
        assert {name: getattr(outcome, name) for name in expected} == expected

    def _body(self, session: Session) -> Json:
        body = {
            "assistant_id": session.graph,
            "stream_mode": ["values", "updates", "custom"],
            "stream_subgraphs": True,
            **self.request,
        }
        if self.answers:
            waiting = session.state()["interrupts"]
            ids = [interrupt["id"] for interrupt in waiting]
            answered = {"resume": dict(zip(ids, self.answers, strict=False))}
            body["command"] = {**body.get("command", {}), **answered}
        if self.at is not None:
            body["checkpoint"] = checkpoint_at(session, self.at)
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


def answers(*values: Any, **command: Any) -> Run:
    """Return a run that answers the first questions by their ids."""
    return Run({"command": command}, answers=values)
