"""Tests of LangGraph with static breakpoints: one of each kind.

`test_command_with_static_breakpoints` is none of them: it answers though nothing asks, to step past
a breakpoint, and this server refuses that.
"""

from typing import Any

from tests.server.langgraph_cases.asking import LARGE, case
from tests.server.langgraph_cases.runs import Run, go_on, run
from tests.server.langgraph_cases.session import Case, Step
from tests.server.langgraph_cases.states import History, Keep, NewThread, State, Update, loops

BOTH_LARGE = ("test_large_cases.py", "test_large_cases_async.py")
GIVEN: dict[str, Any] = {"input": "hello"}
STEPS = loops(
    ([], GIVEN), (["third"], GIVEN), (["second"], GIVEN), (["first"], GIVEN), (["__start__"], {})
)
EMPTY, BESIDE = {"text": ""}, {"text": " beside"}
INSIDE = {"text": " beside early late"}
FINISHED = {"text": " beside early late end"}
MANY = ["0", "1", *range(100), "3"]


def _shown(ran: Run, *values: Any) -> Run:
    return ran.expect(all_values=list(values))


def _told(*talk: str) -> Run:
    return go_on().expect(talk=["human: Hello", *talk])


HELLO = run({"messages": [{"type": "human", "content": "Hello"}]})
CALLED = HELLO.expect(talk=["human: Hello", "ai: "], notes=[])
BYE = {"messages": {"type": "ai", "content": "Bye", "id": "ai"}}
OTHER = {"name": "act", "args": {"x": 2}, "id": "2", "type": "tool_call"}
WITH_OTHER = {"messages": {"type": "ai", "content": "", "id": "ai", "tool_calls": [OTHER]}}


def _sent(graph: str, *after_other: Step) -> tuple[Step, ...]:
    """Stop before the call; run it; take it away; replace it."""
    return (
        CALLED,
        _told("ai: ", "tool: {'x': 1}").ran("act"),
        NewThread(graph),
        CALLED,
        State({"next": ["act"]}),
        Update(BYE),
        State({"next": [], "tasks": []}),
        _told("ai: Bye").ran(),
        NewThread(graph),
        CALLED,
        Update(WITH_OTHER),
        *after_other,
    )


def _limited(graph: str) -> tuple[Step, ...]:
    ten = {"max_concurrency": 10}
    return (
        run(["0"]).ends(MANY).ran(100),
        NewThread(graph),
        run(["0"], config=ten).ends(MANY).ran(10),
        NewThread(graph),
        run(["0"], config=ten, interrupt_before=["second"]).ends(["0", "1"]),
        State({"values": ["0", "1"]}),
        Run({"input": None, "config": ten}).ends(MANY).ran(10),
    )


CASES = [
    Case(
        "stops_after_each",
        (
            run(GIVEN).ends(GIVEN),
            State({"next": ["second"]}),
            History(STEPS[2:]),
            go_on().ends(GIVEN),
            History(STEPS[1:]),
            go_on().ends(GIVEN),
            History(STEPS),
            NewThread(),
            run(GIVEN, durability="exit"),
            History(STEPS[2:3]),
        ),
        (
            "test_interruption.py::test_interruption_without_state_updates",
            "test_interruption.py::test_interruption_without_state_updates_async",
        ),
    ),
    case(
        "stops_before_first",
        run({"text": "go"}).ends({"text": "go"}).ran(),
        Run({"command": {"goto": ["second"]}}).ends({"text": "go one two two"}),
        test="test_command_goto_with_static_breakpoints",
    ),
    case(
        "stops_inside",
        _shown(run(EMPTY), EMPTY, BESIDE).expect(updates=[{"beside": BESIDE}]),
        _shown(go_on(), EMPTY, INSIDE, FINISHED).ran("late", "end"),
        NewThread("stops_before_too"),
        _shown(run(EMPTY), EMPTY).ran(),
        _shown(go_on(), EMPTY, BESIDE).expect(notes_in_any_order=["beside", "early"]),
        _shown(go_on(), EMPTY, INSIDE, FINISHED).ran("late", "end"),
        NewThread("stops_after_too"),
        _shown(run(EMPTY), EMPTY, BESIDE),
        _shown(go_on(), EMPTY, INSIDE).ran("late"),
        _shown(go_on(), INSIDE, FINISHED).ran("end"),
        test="test_nested_graph_interrupts_parallel",
    ),
    case(
        "stops_deep_inside",
        _shown(run({"text": "oh"}), {"text": "oh"}, {"text": "oh hi"}).ran("hi", "here"),
        _shown(
            go_on(),
            {"text": "oh hi"},
            {"text": "oh hi here there"},
            DONE := {"text": "oh hi here there back"},
        ).ran("there", "back"),
        test="test_doubly_nested_graph_interrupts",
    ),
    case(
        "stops_deep_inside",
        run({"text": "oh"}),
        State({"next": ["middle"], "values": {"text": "oh hi"}}),
        State({"next": ["deep"], "values": {"text": "oh hi"}}, depth=1),
        State({"next": ["there"], "values": {"text": "oh hi here"}}, depth=2),
        go_on().ends(DONE),
        State({"next": [], "tasks": []}),
        test="test_doubly_nested_graph_state",
        of=BOTH_LARGE,
    ),
    case(
        "stops_in_sent",
        run({"subjects": ["cats", "dogs"]}).ends({"subjects": ["cats", "dogs"], "jokes": []}),
        Keep("dogs", task=1),
        Update({"subject": "turtles, ha"}, "dogs"),
        go_on().expect(
            updates_in_any_order=[
                {"joke": {"jokes": ["About cats, ha"]}},
                {"joke": {"jokes": ["About turtles, ha"]}},
            ]
        ),
        test="test_send_to_nested_graphs",
        of=BOTH_LARGE,
    ),
    case(
        "stops_in_called",
        HELLO.ran("choose"),
        State({"next": ["call"]}),
        Keep("call", task=0),
        Update({"city": "Paris"}, "call"),
        _told("ai: Sunny in Paris").ran("look"),
        NewThread(),
        HELLO.ran("choose"),
        State({"next": ["look"]}, depth=1),
        Keep("inside", depth=1),
        Update({"messages": [{"type": "ai", "content": "Rain"}]}, "inside", as_node="look"),
        State({"next": [], "tasks": []}, depth=1),
        _told("ai: Rain").ran(),
        test="test_weather_subgraph",
        of=BOTH_LARGE,
    ),
    case(
        "stops_before_sent",
        *_sent(
            "stops_before_sent",
            State({"next": ["act"]}),
            _told("ai: ", "tool: {'x': 2}").ran("act"),
        ),
        test="test_send_react_interrupt",
        of=LARGE,
    ),
    case(
        "stops_before_commanded",
        *_sent("stops_before_commanded", State({"next": []})),
        test="test_send_react_interrupt_control",
        of=LARGE,
    ),
    case(
        "sends_many",
        *_limited("sends_many"),
        test="test_max_concurrency",
        of=("test_pregel_async.py",),
    ),
    case(
        "commands_many",
        *_limited("commands_many"),
        test="test_max_concurrency_control",
        of=("test_pregel_async.py",),
    ),
]
