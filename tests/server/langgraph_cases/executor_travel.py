"""`test_time_travel.py`: a subgraph with two questions, on two levels and on three."""

from tests.server.langgraph_cases.runs import answer, go_on, run
from tests.server.langgraph_cases.session import Step
from tests.server.langgraph_cases.states import History, Keep, State, Update, loops
from tests.server.langgraph_cases.time_travel import case, words

ASKED_FIRST = run({"value": []}).asks("First?")
ASKED_SECOND = answer("one").asks("Second?")
OLD = words("prepare", "first:one", "second:two")
NEW = words("prepare", "first:1", "second:2")
EXECUTED = loops(([], OLD), (["executor"], words()), (["__start__"], words()))
FORKED = ("fork", ["executor"], words())


def _replayed_and_forked(question: str, name: str) -> tuple[Step, ...]:
    """Both from the checkpoint "inside": only the node with this question runs again."""
    return (
        go_on("inside").asks(question).ran(name),
        Update({"value": ["forked"]}, "inside"),
        go_on("fork").asks(question).ran(name),
    )


CASES = [
    case(
        "executor",
        ASKED_FIRST,
        Keep("inside", depth=1),
        ASKED_SECOND,
        answer("two").ends(OLD),
        *_replayed_and_forked("First?", "first"),
        both="test_subgraph_time_travel_to_first_interrupt",
        asynchronous="test_subgraph_time_travel_to_first_interrupt_async",
    ),
    case(
        "executor",
        ASKED_FIRST,
        ASKED_SECOND,
        Keep("inside", depth=1),
        answer("two").ends(OLD),
        *_replayed_and_forked("Second?", "second"),
        both="test_subgraph_time_travel_to_second_interrupt",
        asynchronous="test_subgraph_time_travel_to_second_interrupt_async",
    ),
    case(
        "executor",
        ASKED_FIRST,
        Keep("inside", depth=1),
        ASKED_SECOND,
        answer("two"),
        History(EXECUTED),
        go_on("inside").asks("First?").ran("first"),
        History((FORKED, *EXECUTED)),
        answer("1").asks("Second?").ran("first", "second"),
        answer("2").ends(NEW),
        History((("loop", [], NEW), FORKED, *EXECUTED)),
        both="test_subgraph_time_travel_resume_from_first_interrupt",
        asynchronous="test_subgraph_time_travel_resume_from_first_interrupt_async",
    ),
    case(
        "executor",
        ASKED_FIRST,
        ASKED_SECOND,
        Keep("inside", depth=1),
        answer("two"),
        History(EXECUTED),
        go_on("inside").asks("Second?").ran("second"),
        History((FORKED, *EXECUTED)),
        answer("2").ends(words("prepare", "first:one", "second:2")),
        History((("loop", [], words("prepare", "first:one", "second:2")), FORKED, *EXECUTED)),
        both="test_subgraph_time_travel_resume_from_second_interrupt",
        asynchronous="test_subgraph_time_travel_resume_from_second_interrupt_async",
    ),
    case(
        "executor",
        ASKED_FIRST,
        ASKED_SECOND,
        answer("two"),
        State({"tasks": []}),
        Keep("end"),
        go_on("end").ends(OLD).ran(),
        both="test_subgraph_time_travel_after_completion",
        asynchronous="test_subgraph_time_travel_after_completion_async",
    ),
    case(
        "short_executor",
        run({"value": []}).asks("Well?"),
        Keep("inside", depth=1),
        answer("first"),
        History(
            short := loops(
                ([], words("ask:first")), (["executor"], words()), (["__start__"], words())
            )
        ),
        go_on("inside").asks("Well?"),
        History((FORKED, *short)),
        answer("second").ends(words("ask:second")),
        History((("loop", [], words("ask:second")), FORKED, *short)),
        both="test_subgraph_time_travel_checkpoint_pattern",
        asynchronous="test_subgraph_time_travel_checkpoint_pattern_async",
    ),
    case(
        "three_levels",
        ASKED_FIRST,
        Keep("inside", depth=2),
        ASKED_SECOND,
        answer("two").ends(OLD),
        *_replayed_and_forked("First?", "first"),
        both="test_3_levels_deep_time_travel_to_first_interrupt",
        asynchronous="test_3_levels_deep_time_travel_to_first_interrupt_async",
    ),
    case(
        "three_levels",
        ASKED_FIRST,
        ASKED_SECOND,
        Keep("inside", depth=2),
        answer("two").ends(OLD),
        *_replayed_and_forked("Second?", "second"),
        both="test_3_levels_deep_time_travel_to_second_interrupt",
        asynchronous="test_3_levels_deep_time_travel_to_second_interrupt_async",
    ),
    case(
        "three_levels",
        ASKED_FIRST,
        ASKED_SECOND,
        Keep("inside", depth=1),
        answer("two").ends(OLD),
        go_on("inside").asks("First?"),
        Update({"value": ["forked"]}, "inside"),
        go_on("fork").asks("First?"),
        both="test_3_levels_deep_time_travel_to_middle_subgraph",
        asynchronous="test_3_levels_deep_time_travel_to_middle_subgraph_async",
    ),
    case(
        "middle_asks",
        run({"value": []}).asks("Early?"),
        Keep("early", depth=1),
        answer("yes").asks("Inside?"),
        Keep("inside", depth=1),
        answer("two").ends(words("early:yes", "early:yes", "prepare", "ask:two")),
        go_on("early").asks("Early?").ran("early"),
        Update({"value": ["forked"]}, "early"),
        go_on("fork").asks("Early?").ran("early"),
        go_on("inside").asks("Inside?").ran("prepare", "ask"),
        Update({"value": ["forked"]}, "inside"),
        go_on("fork").asks("Inside?").ran("prepare", "ask"),
        both="test_3_levels_deep_middle_has_interrupts",
        asynchronous="test_3_levels_deep_middle_has_interrupts_async",
    ),
]
