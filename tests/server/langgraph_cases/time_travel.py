"""`test_time_travel.py`: runs that start at a past checkpoint, and updates of past states."""

from typing import Any

from tests.server.langgraph_cases.runs import answer, go_on, run
from tests.server.langgraph_cases.session import Before, Case, Step
from tests.server.langgraph_cases.states import History, Keep, Update, loops

ASKED = "What is your input?"
BEFORE_ASK = Before("ask", oldest=True)


def case(graph: str, *steps: Step, sync: str = "", both: str = "", asynchronous: str = "") -> Case:
    """Return a case; `asynchronous` is the name of the asynchronous test if it has another one."""
    names = [f"test_time_travel.py::{sync or both}"]
    if both:
        names.append(f"test_time_travel_async.py::{asynchronous or both}")
    return Case(graph, steps, tuple(names))


def asked_and_answered(*answers: str) -> tuple[Step, ...]:
    return run({"value": []}), *map(answer, answers)


def words(*words: str) -> dict[str, Any]:
    return {"value": list(words)}


REPLAYED = loops(
    ([], words("before", "ask:old", "after")),
    (["after"], words("before", "ask:old")),
    (["ask"], words("before")),
    (["before"], words()),
    (["__start__"], words()),
)

CASES = [
    case(
        "asks_between",
        run({"value": []}).asks(ASKED, values=words("before")).ran("before", "ask"),
        answer("hello").ends(words("before", "ask:hello", "after")).ran("ask", "after"),
        go_on(BEFORE_ASK).asks(ASKED, values=words("before")).ran("ask"),
        both="test_replay_from_before_interrupt_refires",
    ),
    case(
        "asks_between",
        *asked_and_answered("old"),
        History(REPLAYED),
        go_on(Before("ask")).asks(ASKED).ran("ask"),
        History((("fork", ["ask"], words("before")), *REPLAYED)),
        answer("new").ends(words("before", "ask:new", "after")).ran("ask", "after"),
        History(
            (
                ("loop", [], words("before", "ask:new", "after")),
                ("loop", ["after"], words("before", "ask:new")),
                ("fork", ["ask"], words("before")),
                *REPLAYED,
            )
        ),
        both="test_replay_from_before_interrupt_then_resume",
        asynchronous="test_replay_from_before_interrupt_then_resume_async",
    ),
    case(
        "asks_between",
        *asked_and_answered("old"),
        *[go_on(BEFORE_ASK).asks(ASKED, values=words("before"))] * 3,
        both="test_replay_interrupt_stable_across_replays",
    ),
    case(
        "asks_between",
        *asked_and_answered("hello"),
        Update({"value": ["forked"]}, BEFORE_ASK),
        go_on("fork").asks(ASKED).ran("ask"),
        answer("world", "fork").ends(words("before", "forked", "ask:world", "after")),
        both="test_fork_from_before_interrupt_refires",
    ),
    case(
        "asks_between",
        run({"value": []}).asks(ASKED),
        Keep("asked"),
        answer("hello"),
        Update({"value": ["forked"]}, "asked"),
        go_on("fork").asks(ASKED),
        answer("other", "fork").ends(words("before", "forked", "ask:other", "after")),
        both="test_fork_from_interrupt_checkpoint_refires",
    ),
    case(
        "asks_between",
        *asked_and_answered("hello"),
        Update(None, BEFORE_ASK, as_node="__copy__"),
        go_on("fork").asks(ASKED),
        answer("new", "fork").ends(words("before", "ask:new", "after")),
        both="test_copy_fork_retriggers_interrupt",
    ),
    case(
        "asks_between",
        *asked_and_answered("hello"),
        Update(None, BEFORE_ASK),
        go_on("fork").asks(ASKED),
        both="test_update_state_with_none_values",
    ),
    case(
        "asks_twice_between",
        run({"value": []}).asks("First?"),
        answer("one").asks("Second?"),
        answer("two").ends(words("before", "first:one", "second:two", "after")),
        Update({"value": ["forked"]}, Before("second", oldest=True)),
        go_on("fork").asks("Second?"),
        answer("2", "fork").ends(words("before", "first:one", "forked", "second:2", "after")),
        go_on(Before("first", oldest=True)).asks("First?").ran("first"),
        both="test_sequential_interrupts_fork_from_middle",
    ),
    case(
        "two_in_one",
        run({"value": []}).asks("First?"),
        Keep("first"),
        answer("one", "first").asks("Second?"),
        Keep("second"),
        answer("two", "second").ends(words("one", "two", "after")),
        go_on(BEFORE_ASK).asks("First?"),
        both="test_multiple_interrupts_in_one_node",
    ),
]
