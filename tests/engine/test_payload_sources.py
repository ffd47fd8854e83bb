"""Each convention with the library that defines it: the answer arrives in the graph, with its type.

The graphs run here, in process. `hitl_engine.payloads` alone recognises and answers what they ask,
and their results show which answer they received.
"""

import json
import sqlite3
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from uuid import uuid4

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.prebuilt.interrupt import HumanInterrupt, HumanResponse
from langgraph.types import Command, Interrupt, interrupt
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from hitl_engine import payloads
from hitl_engine.errors import NotTaken
from hitl_engine.forms.typed_values import read, typed_of
from hitl_engine.model import (
    Answer,
    Approve,
    Choose,
    Decision,
    Decline,
    Edit,
    Fill,
    FormToFill,
    JsonObject,
    JsonValue,
    Reject,
    Replies,
    Reply,
    Respond,
    Revise,
    Verdict,
    Verdicts,
)
from sample_graphs import older_review, tool_approval


class Stopped:
    """A graph on a thread of its own that has stopped at its questions."""

    def __init__(self, graph: Any, given: Any) -> None:
        self.graph = graph
        self.config: Any = {"configurable": {"thread_id": str(uuid4())}}
        self.graph.invoke(given, self.config)

    @property
    def asked(self) -> list[Interrupt]:
        return sorted(
            self.graph.get_state(self.config).interrupts, key=lambda each: str(each.value)
        )

    def answer(self, *decisions: Decision) -> Any:
        """Answer every question, in the order of `asked`; return the result of the graph."""
        asked = self.asked
        answers = {
            each.id: payloads.encode(on_the_wire(each.value), decision, schema_of(each))
            for each, decision in zip(asked, decisions, strict=True)
        }
        return self.send(answers)

    def send(self, answers: dict[str, Any]) -> Any:
        """Resume with what would have come through HTTP."""
        return self.graph.invoke(Command(resume=on_the_wire(answers)), self.config)


def schema_of(asked: Interrupt) -> JsonObject | None:
    """Return the schema of an answer, which the runtime has made JSON of, whatever it was."""
    schema = asked.response_schema
    assert schema is None or isinstance(schema, dict)
    return schema


def on_the_wire(value: Any) -> Any:
    return json.loads(json.dumps(value))


# LangChain's middleware, in both modes

WRITE: JsonObject = {"path": "notes.md", "content": "# Notes\n\nBuy milk.\n", "mode": 644}


def agent(mode: Literal["batched", "per_call"]) -> Stopped:
    gates = HumanInTheLoopMiddleware(
        interrupt_on={
            "write_file": True,
            "delete_file": {"allowed_decisions": ["approve", "reject"]},
        },
        interrupt_mode=mode,
    )
    made = create_agent(
        tool_approval.ScriptedModel(),
        tool_approval.tools,
        middleware=[gates],
        checkpointer=InMemorySaver(),
    )
    return Stopped(made, {"messages": [HumanMessage("Tidy up.")]})


def results(state: Any) -> dict[str, tuple[str, str]]:
    """Return the result of each call that the model got: its status and its text."""
    return {
        message.name or "": (message.status, message.text)
        for message in state["messages"]
        if isinstance(message, ToolMessage)
    }


@pytest.mark.parametrize("mode", ["batched", "per_call"])
@pytest.mark.parametrize(
    ("verdict", "status", "text"),
    [
        (Approve(), "success", "Wrote 19 characters to notes.md, mode 644."),
        (Edit({**WRITE, "mode": 600}), "success", "Wrote 19 characters to notes.md, mode 600."),
        (Reject("Keep it."), "error", "with reason: Keep it."),
        (Reject(), "error", "The tool was not executed."),
        (Respond("It exists."), "success", "It exists."),
    ],
)
def test_every_verdict_reaches_the_agent(
    mode: Literal["batched", "per_call"], verdict: Verdict, status: str, text: str
) -> None:
    stopped = agent(mode)
    if mode == "batched":
        state = stopped.answer(Verdicts((verdict, Reject("No deletes."))))
    else:
        delete, write = Verdicts((Reject("No deletes."),)), Verdicts((verdict,))
        first = stopped.asked[0].value["name"]
        state = stopped.answer(*((delete, write) if first == "delete_file" else (write, delete)))
    assert results(state)["write_file"][0] == status
    assert text in results(state)["write_file"][1]
    assert "No deletes." in results(state)["delete_file"][1]


def test_another_tool_runs_only_in_a_batch() -> None:
    edit = Edit({"path": "notes.md"}, name="delete_file")
    state = agent("batched").answer(Verdicts((edit, Approve())))
    assert "Deleted notes.md." in str(state["messages"])
    stopped = agent("per_call")
    write = next(each for each in stopped.asked if each.value["name"] == "write_file")
    to_another = Verdicts((Edit(WRITE, name="delete_file"),))
    with pytest.raises(NotTaken, match="name: must be"):
        payloads.encode(write.value, to_another, schema_of(write))


WRONG_ANSWERS: list[Any] = [
    {"decisions": [{"type": "approve"}]},
    {"decisions": [{"type": "approve"}, {"type": "respond", "message": "x"}]},
    [{"type": "accept", "args": None}],
    "approve",
]


@pytest.mark.parametrize(
    "wrong", WRONG_ANSWERS, ids=["count", "not allowed", "older shape", "text"]
)
def test_an_answer_refused_here_would_make_a_batch_stuck(wrong: Any) -> None:
    """S25, S31: a wrong answer is stored, and its node fails on it every time."""
    stopped = agent("batched")
    (asked,) = stopped.asked
    with pytest.raises(NotTaken):
        payloads.encode(asked.value, Answer(wrong))
    right = payloads.encode(asked.value, Verdicts((Approve(), Approve())))
    for answer in (wrong, right):
        with pytest.raises((ValueError, TypeError)):
            stopped.send({asked.id: answer})


def test_an_answer_refused_here_is_refused_by_an_approval_which_can_be_answered_again() -> None:
    """P8, S31: the runtime checks, stores nothing, and takes a corrected answer."""
    stopped = agent("per_call")
    delete, _ = sorted(stopped.asked, key=lambda each: each.value["name"])
    wrong: JsonValue = {"decisions": [{"type": "approve"}]}
    with pytest.raises(NotTaken):
        payloads.encode(delete.value, Answer(wrong), schema_of(delete))
    with pytest.raises(ValidationError):
        stopped.send({delete.id: wrong})
    assert len(stopped.asked) == 2
    approved = Verdicts((Approve(),))
    assert "Deleted old.md." in str(results(stopped.answer(approved, approved)))


def test_an_edit_in_a_batch_is_confirmed_because_the_runtime_does_not_check_it() -> None:
    """P16, S31: a dropped argument reaches the tool unchecked."""
    asked = agent("batched").asked[0]
    review = payloads.recognise(asked.value)
    dropped = Edit({"path": "notes.md", "content": "x"})
    assert payloads.cautions(review, Verdicts((dropped, Approve()))) == (
        "Call 1, write_file: $.mode is left out.",
    )


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        (Approve(), "Deleted old.md."),
        (Edit({"path": "older.md"}), "Deleted older.md."),
        (Reject("Keep it."), "with reason: Keep it."),
        (Respond("It is gone."), "It is gone."),
    ],
)
def test_deep_agents_interrupt_like_the_middleware(verdict: Verdict, text: str) -> None:
    deepagents = pytest.importorskip("deepagents")
    made = deepagents.create_deep_agent(
        model=tool_approval.ScriptedModel(),
        tools=[tool_approval.delete_file],
        interrupt_on={"delete_file": True},
        checkpointer=InMemorySaver(),
    )
    stopped = Stopped(made, {"messages": [HumanMessage("Tidy up.")]})
    assert text in results(stopped.answer(Verdicts((verdict,))))["delete_file"][1]


@pytest.mark.parametrize(
    "verdict", [Approve(), Edit({"to": "b"}), Respond("Later."), Reject()], ids=lambda v: v.kind
)
def test_the_older_request_has_the_types_that_langgraph_defines(verdict: Verdict) -> None:
    stopped = Stopped(older_review.builder.compile(checkpointer=InMemorySaver()), {})
    (asked,) = stopped.asked
    TypeAdapter(list[HumanInterrupt]).validate_python(asked.value, strict=True)
    answer = payloads.encode(asked.value, Verdicts((verdict,)))
    TypeAdapter(list[HumanResponse]).validate_python(answer, strict=True)
    assert stopped.send({asked.id: answer})["outcome"]


# A schema of the answer, of every kind


class Inner(BaseModel):
    x: int


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str]


class Model(BaseModel):
    name: str
    count: int = Field(ge=0)
    share: float
    inner: Inner
    maybe: str | None = None


@dataclass
class Point:
    x: int
    label: str = "here"


class Options(TypedDict):
    fast: bool
    level: int


class State(TypedDict, total=False):
    kind: str
    answer: Any


def asking(payload: Any, schema: Any) -> Any:
    """Return a graph that asks once, and keeps what it got and of which type it was."""

    def ask(state: State) -> State:
        got = interrupt(payload, response_schema=schema)
        adapter: Any = TypeAdapter(Any if isinstance(schema, dict) or schema is None else schema)
        return {"kind": type(got).__name__, "answer": adapter.dump_python(got, mode="json")}

    return StateGraph(State).add_node(ask).add_edge(START, "ask")


RAW = {
    "type": "object",
    "properties": {"n": {"type": "number"}, "tags": {"type": "array", "items": {"type": "string"}}},
    "required": ["n"],
}


@pytest.mark.parametrize("saver", ["memory", "sqlite"])
@pytest.mark.parametrize(
    ("schema", "value", "kind"),
    [
        (Model, {"name": "", "count": 0, "share": 0.5, "inner": {"x": 1}, "maybe": None}, "Model"),
        (Point, {"x": 7, "label": "there"}, "Point"),
        (Options, {"fast": False, "level": 0}, "dict"),
        (bool, False, "bool"),
        (str, "", "str"),
        (str, "true", "str"),
        (int, 0, "int"),
        (float, 1.5, "float"),
        (list[int], [], "list"),
        (list[Inner], [{"x": 1}, {"x": 2}], "list"),
        (int | None, None, "NoneType"),
        (Literal["a", "b"], "b", "str"),
        (int | str, "3", "str"),
        (dict[str, int], {"a": 1}, "dict"),
        (Annotated[Cat | Dog, Field(discriminator="kind")], {"kind": "dog", "tricks": []}, "Dog"),
        (RAW, {"n": 1.0, "tags": ["a"]}, "dict"),
        ({"type": "boolean"}, False, "bool"),
    ],
)
def test_values_for_a_schema_arrive_with_their_types(
    schema: Any, value: JsonValue, kind: str, saver: str, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "state.sqlite", check_same_thread=False) as connection:
        kept = InMemorySaver() if saver == "memory" else SqliteSaver(connection)
        stopped = Stopped(asking({"title": "?"}, schema).compile(checkpointer=kept), {})
        (asked,) = stopped.asked
        review = payloads.recognise(asked.value, schema_of(asked))
        assert isinstance(review, FormToFill)
        typed = on_the_wire(typed_of(review.form, value))
        state = stopped.answer(Fill(read(review.form, typed).value))
    connection.close()
    assert repr(state["answer"]) == repr(value)
    assert state["kind"] == kind


def test_a_json_schema_is_checked_here_because_the_runtime_does_not_check_it() -> None:
    """P9, S30: the runtime takes anything for a plain JSON Schema."""
    stopped = Stopped(asking("?", RAW).compile(checkpointer=InMemorySaver()), {})
    (asked,) = stopped.asked
    with pytest.raises(NotTaken, match=r"\$\.n: is needed"):
        payloads.encode(asked.value, Answer({"nope": 1}), schema_of(asked))
    assert stopped.send({asked.id: {"nope": 1}})["answer"] == {"nope": 1}


# Plain interrupts, and the sample graphs


@pytest.mark.parametrize("value", [False, True, 0, 1, 1.0, "", "0", [], {}, None, {"a" * 32: 1}])
def test_every_json_value_is_an_answer(value: JsonValue) -> None:
    """P3, P20, S10: by id, also what is false, and what looks like a map of ids."""
    stopped = Stopped(asking({"x": 1}, None).compile(checkpointer=InMemorySaver()), {})
    state = stopped.answer(Answer(value))
    assert (repr(state["answer"]), state["kind"]) == (repr(value), type(value).__name__)


REFUSALS: list[tuple[Any, Decision]] = [
    (payload, decision)
    for payload in (
        "Do you approve this action?",
        "Pass 'true' to approve",
        "Go on? (yes/no)",
        "What next?",
        {"question": "Approve this?"},
        {"action": "rm", "message": "Approve?"},
        {"actions": ["approve", "reject"]},
        {"confirm": True},
        {"type": "approval", "content": "Delete 40 rows?"},
    )
    for decision in (
        Choose(1),
        Choose(3),
        Revise("no"),
        Revise("false"),
        Answer("no"),
        Answer(False),
    )
]


@pytest.mark.parametrize(("payload", "refusal"), REFUSALS)
def test_no_refusal_acts_without_a_caution(payload: Any, refusal: Decision) -> None:
    """The first example of LangGraph's guide tests the answer with `if`."""

    def act(state: State) -> State:
        return {"answer": "acted" if interrupt(payload) else "stopped"}

    builder = StateGraph(State).add_node(act).add_edge(START, "act")
    stopped = Stopped(builder.compile(checkpointer=InMemorySaver()), {})
    if payloads.cautions(payloads.recognise(payload), refusal):
        return
    try:
        done = stopped.answer(refusal)
    except NotTaken:
        assert isinstance(refusal, Choose)
    else:
        assert done["answer"] == "stopped"


def ask_two(state: State) -> State:
    first = interrupt("first?")
    return {"answer": [first, interrupt("second?")]}


def ask_third(state: State) -> State:
    return {"answer": [*state["answer"], interrupt("third?")]}


@pytest.mark.parametrize("called", [False, True], ids=["as a node", "called by a node"])
def test_the_next_question_of_a_subgraph_needs_its_own_answer(called: bool) -> None:
    """B8: no answer is taken for the next question, though the subgraph runs again."""
    inner = (
        StateGraph(State).add_sequence([ask_two, ask_third]).add_edge(START, "ask_two").compile()
    )

    def call(state: State) -> State:
        return cast(State, inner.invoke(state))

    outer = StateGraph(State).add_node("inner", call if called else inner)
    graph = outer.add_edge(START, "inner").compile(checkpointer=InMemorySaver())
    stopped = Stopped(graph, {})
    ids = set()
    for number in ("first", "second", "third"):
        (asked,) = stopped.asked
        assert asked.value == f"{number}?"
        ids.add(asked.id)
        state = stopped.answer(Answer(number))
    assert state["answer"] == ["first", "second", "third"] and len(ids) == 3


SENT: JsonObject = {"to": "ada@example.com", "body": "See you at 10.", "copies": 1}
SENT_TWICE: JsonObject = {**SENT, "copies": 2}
FILLED: JsonObject = {"amount": 12.5, "kind": "meal", "urgent": True, "reason": "Lunch"}
HOOK: JsonObject = {
    "protocol_version": 1,
    "invocation_id": "0b0e4b1c-5b1a-4c1e-8a58-2f4b6a3f0a11",
    "snapshot_id": "snapshot-1",
}
CASH: JsonObject = {"by": "cash", "notes": [50]}
PAID: JsonObject = {
    "decision": "approve",
    "amount": 700,
    "payment": CASH,
    "due": "2026-01-31",
    "note": None,
}


SAMPLES: list[tuple[str, Any, Decision, dict[str, Any]]] = [
    ("revise", {"some_text": "a"}, Revise("true"), {"some_text": "true"}),
    ("older_review", {}, Verdicts((Approve(),)), {"outcome": f"sent {SENT!r}"}),
    (
        "older_review",
        {},
        Verdicts((Edit(SENT_TWICE),)),
        {"outcome": f"sent {SENT_TWICE!r}"},
    ),
    ("older_review", {}, Verdicts((Respond("Later."),)), {"outcome": "not sent: Later."}),
    ("older_review", {}, Verdicts((Reject(),)), {"outcome": "not sent"}),
    (
        "ask_user",
        {},
        Replies((Reply("DuckDB"), Reply("Mars, too", ("Asia",)), Reply())),
        {
            "answers": {
                "Which database?": "DuckDB",
                "Which regions?": ["Asia", "Mars, too"],
                "Anything else?": "",
            }
        },
    ),
    ("ask_user", {}, Decline(), {"answers": {}}),
    ("typed_answer", {}, Fill(PAID), {"decision": PAID}),
    ("form", {}, Fill(FILLED), {"expense": FILLED}),
    ("form", {}, Decline(), {"expense": None}),
    ("choice", {}, Choose(2), {"plan": "Not at all"}),
    ("yes_no", {}, Choose(1), {"published": False}),
    ("yes_no", {}, Choose(0), {"published": True}),
    ("anything", {}, Answer(0), {"answer": 0, "type": "int"}),
    ("anything", {}, Revise("0"), {"answer": "0", "type": "str"}),
    ("stuck", {}, Revise("3"), {"boxes": 3}),
    ("hook", {}, Answer({**HOOK, "decision": {"allow": False}}), {"decision": {"allow": False}}),
    (
        "js_tool_calls",
        {},
        Verdicts((Edit({"to": "bob@example.com", "copies": 2}), Reject("Keep them."))),
        {
            "decisions": [
                {
                    "type": "edit",
                    "editedAction": {
                        "name": "sendEmail",
                        "args": {"to": "bob@example.com", "copies": 2},
                    },
                },
                {"type": "reject", "message": "Keep them."},
            ]
        },
    ),
]


@pytest.mark.parametrize(("sample", "given", "decision", "expected"), SAMPLES)
def test_every_sample_accepts_every_decision(
    sample: str, given: Any, decision: Decision, expected: dict[str, Any]
) -> None:
    builder = import_module(f"sample_graphs.{sample}").builder
    stopped = Stopped(builder.compile(checkpointer=InMemorySaver()), given)
    state = stopped.answer(decision)
    assert repr({key: state[key] for key in expected}) == repr(expected)
    assert stopped.asked == []
