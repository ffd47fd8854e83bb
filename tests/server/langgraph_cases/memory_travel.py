"""`test_time_travel.py`: subgraphs that keep their state between runs, and those that do not."""

from typing import Any

from tests.server.langgraph_cases.runs import answer, go_on, run
from tests.server.langgraph_cases.session import Before, Step
from tests.server.langgraph_cases.states import History, Update, loops
from tests.server.langgraph_cases.time_travel import case

RESULTS: dict[str, Any] = {"results": []}
ONE: dict[str, Any] = {"results": ["before"]}
TWO: dict[str, Any] = {"results": ["before", "before"]}
TWO_ROUNDS = (
    *loops(([], TWO), (["inner"], TWO), (["before"], ONE), (["__start__"], ONE)),
    *loops(([], ONE), (["inner"], ONE), (["before"], RESULTS), (["__start__"], RESULTS)),
)
FORKED = ("fork", ["inner"], TWO)


def _round(*answers: str) -> tuple[Step, ...]:
    return run(RESULTS), *map(answer, answers)


CASES = [
    case(
        "remembers_one",
        run(RESULTS).ran(["a"]),
        answer("1"),
        run(RESULTS).ran(["a", "a:1"]),
        answer("2"),
        History(TWO_ROUNDS),
        go_on(Before("inner")).asks("a").ran(["a", "a:1"]),
        History((FORKED, *TWO_ROUNDS)),
        answer("3").ends(TWO),
        History((("loop", [], TWO), FORKED, *TWO_ROUNDS)),
        sync="test_subgraph_replay_loads_accumulated_state_then_resume",
    ),
    case(
        "remembers_two",
        run(RESULTS).asks("a").ran(["a"]),
        answer("1").asks("b").ran(["a"], ["b", "a:1"]),
        answer("1").ran(["b", "a:1"]),
        run(RESULTS).ran(["a", "a:1", "b:1"]),
        answer("2").ran(["a", "a:1", "b:1"], ["b", "a:1", "b:1", "a:2"]),
        answer("2"),
        go_on(Before("inner")).asks("a").ran(["a", "a:1", "b:1"]),
        both="test_stateful_subgraph_retains_state_on_parent_replay",
    ),
    case(
        "remembers_two",
        *_round("1", "1"),
        *_round("2", "2"),
        Update({"results": ["forked"]}, Before("inner")),
        go_on("fork").asks("a").ran(["a", "a:1", "b:1"]),
        both="test_stateful_subgraph_retains_state_on_parent_fork",
    ),
    case(
        "forgets_two",
        *_round("1", "1"),
        run(RESULTS).asks("a").ran(["a"]),
        answer("2").asks("b").ran(["a"], ["b", "a:2"]),
        answer("2").ran(["b", "a:2"]),
        go_on(Before("inner")).asks("a").ran(["a"]),
        both="test_stateless_subgraph_starts_fresh_on_parent_replay",
    ),
]
