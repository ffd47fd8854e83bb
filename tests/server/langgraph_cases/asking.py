"""`test_pregel.py` and others: nodes of one level that ask."""

from typing import Any

from tests.server.langgraph_cases.runs import answer, answers, go_on, run
from tests.server.langgraph_cases.session import Case, Step
from tests.server.langgraph_cases.states import Drawing, History, NewThread, State, Update, loops

GERMANY = {"key": "value ⛰️", "market": "DE"}
WITH_ONE = {"key": "value ⛰️ one", "market": "DE"}
TEXTS = {"left": "one", "right": "two"}
SEVERAL = (
    "When there are multiple pending interrupts, you must specify the interrupt id when resuming. "
    "Docs: https://docs.langchain.com/oss/python/langgraph/interrupts"
    "#handling-multiple-interrupts."
)
ROBOT = {"robot": "beep"}


def case(
    graph: str, *steps: Step, test: str, of: tuple[str, ...] = (), in_memory: bool = False
) -> Case:
    """Return a case of the test with this name, in these files."""
    files = of or ("test_pregel.py", "test_pregel_async.py")
    return Case(graph, steps, tuple(f"{file}::{test}" for file in files), in_memory)


def cleared(next_nodes: list[str], values: Any) -> tuple[Step, ...]:
    """The question is taken back; what ended beside it is kept.

    With durability "exit" there was one checkpoint. The history shows it without pending writes.
    """
    stopped = ("loop", next_nodes, GERMANY)
    return (
        NewThread(),
        run(GERMANY, durability="exit").asks("Just because", values=values),
        State({"next": ["ask"], "values": values}),
        History((stopped,)),
        Update(None, as_node="__end__"),
        State({"next": [], "tasks": [], "interrupts": [], "values": values}),
        History((("update", [], values), stopped)),
    )


LIST = [
    *("0", "first", "beside"),
    "second|Command(goto=Send(node='second', arg=3))",
    "second|Command(goto=Send(node='flaky', arg=4))",
    *("third", "second|3", "flaky|4", "third"),
]
SENT = loops(
    ([], LIST),
    (["third"], LIST[:-1]),
    (["second", "flaky", "third"], LIST[:5]),
    (["second", "second", "beside"], LIST[:2]),
    (["first"], LIST[:1]),
    (["__start__"], []),
)
LARGE = ("test_large_cases.py", "test_pregel_async.py")

CASES = [
    case(
        "asks_in_germany",
        run(GERMANY).without_thread().asks("Just because", values=GERMANY).ran("ask"),
        run({"key": "value", "market": "US"})
        .without_thread()
        .ends({"key": "value all good", "market": "US"}),
        run(GERMANY).asks("Just because").expect(updates=[]),
        answer(" my answer").expect(questions=[], updates=[{"ask": {"key": " my answer"}}]),
        *cleared(["ask"], GERMANY),
        test="test_dynamic_interrupt",
        of=LARGE,
    ),
    case(
        "asks_beside_sent",
        run(GERMANY).without_thread().asks("Just because", values=WITH_ONE),
        run({"key": "value", "market": "US"})
        .without_thread()
        .ends({"key": "value all good one", "market": "US"}),
        run(GERMANY).asks("Just because").expect(updates=[{"one": {"key": " one"}}]),
        answer(" my answer").expect(
            questions=[],
            updates=[
                {"one": {"key": " one"}, "__metadata__": {"cached": True}},
                {"ask": {"key": " my answer"}},
            ],
        ),
        *cleared(["one", "ask"], WITH_ONE),
        test="test_partial_pending_checkpoint",
        of=LARGE,
    ),
    case(
        "asks_once",
        run(["0"])
        .asks("Again?")
        .expect(notes_in_any_order=["beside", "first", "second", "second", "second", "third"]),
        State({"next": ["flaky"]}),
        History(SENT[2:]),
        go_on().ends(LIST).ran("third"),
        State({"next": []}),
        History(SENT),
        test="test_send_dedupe_on_resume",
        of=LARGE,
        in_memory=True,
    ),
    case(
        "asks_beside_slow",
        run({"key": "hello"}).asks("Bad?", values={"key": "hello again"}).ran("slow"),
        go_on().asks("Bad?", values={"key": "hello again"}).ran(),
        answer(" okay").ends({"key": "hello okay again"}).ran(),
        test="test_node_not_cancelled_on_other_node_interrupted",
        of=("test_pregel_async.py",),
    ),
    case(
        "asks_twice",
        run({"key": "DE", "unknown": 1}).asks({"value": 1}),
        answer("one", update={"key": " foo "}).asks({"value": 2}),
        answer("two").ends({"key": "DE foo one two"}),
        NewThread(),
        run({"key": "DE"}).asks({"value": 1}),
        answers("one", update={"key": " foo "}).asks({"value": 2}),
        answers("two").ends({"key": "DE foo one two"}),
        test="test_interrupt_multiple",
    ),
    case(
        "asks_until_valid",
        run({"other": ""}).asks("How old are you?"),
        answer("13").asks("invalid response"),
        answer("15").asks("invalid response"),
        answer("19").ends({"age": 19, "other": ""}).expect(updates=[{"ask": {"age": 19}}]),
        test="test_interrupt_loop",
    ),
    case(
        "asks_two_of_sum",
        run({"number": 0}).asks("First?"),
        State({"values": {"number": 10}}),
        answer("one").asks("Second?"),
        State({"values": {"number": 10}}),
        answer("two").ends({"number": 10, "answer": "one,two"}),
        State({"values": {"number": 10, "answer": "one,two"}}),
        test="test_multiple_interrupt_state_persistence",
    ),
    case(
        "asks_of_topics",
        run({"topics": ["a", "b"], "answers": []}).asks("What of topic 1?").ran("number"),
        answer("one").asks("What of topic 2?").ran(),
        answer("two").ends({"topics": ["topic 1", "topic 2"], "answers": ["one", "two"]}),
        test="test_node_before_interrupt_resume_graph_api",
    ),
    case(
        "asks_of_sum",
        run({"number": 5, "answer": ""}).asks("It is 12. What next?"),
        answer("continue").ends({"number": 12, "answer": "continue"}),
        test="test_multiple_nodes_before_interrupt_resume_graph_api",
    ),
    case(
        "asks_two_of_sum",
        run({"number": 0, "answer": ""}).asks("First?"),
        answer("one").asks("Second?"),
        answer("two").ends({"number": 10, "answer": "one,two"}),
        test="test_node_before_multiple_interrupt_cycles_graph_api",
    ),
    case(
        "two_ask",
        run(TEXTS).asks({"revise": "one"}, {"revise": "two"}),
        answer("single").expect(error=SEVERAL),
        State({"next": ["left", "right"]}),
        answers("for one", "for two").ends({"left": "for one", "right": "for two"}),
        test="test_null_resume_disallowed_with_multiple_interrupts",
    ),
    case(
        "robot_then_human",
        run({}).asks("well?").expect(order=["updates", "values", "updates", "values"]),
        answer("yes")
        .ends({**ROBOT, "human": "yes"})
        .expect(
            order=["values", "updates", "values"],
            updates=[{"human": {"human": "yes"}}],
        ),
        test="test_interrupt_stream_mode_values",
    ),
    case(
        "asks_with_error_handler",
        run({"left": ""}).asks("A human is needed", values={"left": ""}),
        answer("yes").ends({"left": "asked yes"}),
        test="test_graph_error_handler_does_not_swallow_interrupt_concurrent",
        of=("test_retry.py", "test_pregel_async.py"),
    ),
    case(
        "talk",
        Drawing({"__start__": ["human"], "human": ["agent"], "agent": ["human", "__end__"]}),
        test="test_get_graph_loop",
        of=("test_pregel.py",),
    ),
]
