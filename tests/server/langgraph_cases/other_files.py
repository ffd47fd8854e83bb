"""`test_graph_callbacks.py`, `test_react_agent.py` and others."""

from tests.server.langgraph_cases.asking import ROBOT, case
from tests.server.langgraph_cases.runs import Run, answer, run
from tests.server.langgraph_cases.session import Case, Step
from tests.server.langgraph_cases.states import NewThread, State

ASKED = run({}).asks("A value:")
HEARD = answer("yes").ends({"answer": "yes"}).ran([["A value:"], []])


def _heard(*tests: str, graphs: tuple[str, ...]) -> Case:
    """The callbacks hear a question and its answer, in each of the graphs."""
    steps = [step for graph in graphs for step in (NewThread(graph), ASKED, HEARD)]
    names = tuple(f"test_graph_callbacks.py::{test}" for test in tests)
    return Case(graphs[0], tuple(steps), names, in_memory=True)


def _failed(test: str) -> Case:
    steps = (run({}).expect(error="boom at the interrupt"),)
    return Case("raises", steps, (f"test_graph_callbacks.py::{test}",))


CALLBACKS = [
    _heard(
        "test_graph_callbacks_interrupt_and_resume_sync",
        "test_graph_callbacks_interrupt_and_resume_async",
        graphs=("hears",),
    ),
    _heard(
        "test_non_graph_handler_does_not_receive_lifecycle_events",
        "test_non_graph_handler_does_not_receive_lifecycle_events_async",
        graphs=("hears",),
    ),
    _heard(
        "test_graph_callbacks_continue_when_interrupt_handler_raises_sync",
        graphs=("hears_beside_raising",),
    ),
    _heard(
        "test_graph_callbacks_continue_when_resume_handler_raises_sync",
        graphs=("hears_beside_late_raising",),
    ),
    _heard(
        "test_graph_callbacks_continue_when_handler_raises_async",
        graphs=("hears_beside_raising", "hears_beside_late_raising"),
    ),
    _heard("test_graph_callbacks_accept_base_callback_manager", graphs=("hears_in_manager",)),
    _failed("test_graph_callbacks_raise_error_propagates_sync"),
    _failed("test_graph_callbacks_raise_error_propagates_async"),
]


def _told(text: str) -> Run:
    return run({"messages": [{"role": "user", "content": text}]})


def _named(graph: str) -> tuple[Step, ...]:
    return (
        NewThread(graph),
        _told("My name?").asks("Your name:"),
        answer("Ada").expect(
            questions=[],
            values_besides_messages={"user_name": "Ada"},
            talk=["human: My name?", "ai: ", "tool: Thanks", "ai: "],
        ),
    )


def _helped(graph: str, first: list[str], again: list[str]) -> tuple[Step, ...]:
    """What is known at the question, and which tools run again after the answer."""
    asked, called = "human: Help, and the weather", "ai: "
    results = ["tool: sunny", "tool: Hello"]
    return (
        NewThread(graph),
        _told("Help, and the weather")
        .asks({"query": "help"})
        .expect(talk=[asked, called, *first])
        .ran("weather"),
        State({"next": ["tools"]}),
        answer({"data": "Hello"})
        .expect(questions=[], talk=[asked, called, *results, "ai: "])
        .expect(notes_in_any_order=["help", *again]),
    )


AGENTS = [
    case(
        "names_1",
        *[step for graph in ("names_1", "names_2") for step in _named(graph)],
        *[step for graph in ("names_model_1", "names_model_2") for step in _named(graph)],
        test="test_react_agent_update_state",
        of=("test_react_agent.py",),
    ),
    case(
        "helps_1",
        *_helped("helps_1", [], ["weather"]),
        *_helped("helps_2", ["tool: sunny"], []),
        test="test_react_agent_parallel_tool_calls",
        of=("test_react_agent.py",),
    ),
    case(
        "helps_1",
        *_helped("helps_1", [], ["weather"]),
        *_helped("helps_2", ["tool: sunny"], []),
        test="test_tool_node_node_interrupt",
        of=("test_react_agent.py",),
    ),
]

STREAMS = [
    Case(
        "robot_then_human",
        (run({}).asks("well?", values=ROBOT),),
        ("test_stream_events_v3.py::TestV2TypeSafeStreaming.test_values_interrupt_v1_compat",),
    ),
]

CASES = [*CALLBACKS, *AGENTS, *STREAMS]
