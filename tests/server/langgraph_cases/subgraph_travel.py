"""`test_time_travel.py`: checkpoints of a graph with a subgraph, and of the subgraph."""

from tests.server.langgraph_cases.runs import answer, go_on, run
from tests.server.langgraph_cases.session import Before
from tests.server.langgraph_cases.states import History, Keep, State, Update, loops
from tests.server.langgraph_cases.time_travel import asked_and_answered, case, words

INNER = Before("inner", oldest=True)
THROUGH = words("route", "route", "prepare", "ask:yes", "act", "finish")
COMPLETED = loops(
    ([], THROUGH),
    (["finish"], words("route", "route", "prepare", "ask:yes", "act")),
    (["inner"], words("route")),
    (["route"], words()),
    (["__start__"], words()),
)

CASES = [
    case(
        "subgraph_between",
        run({"value": []}).asks("Go on?").ran("route", "prepare", "ask"),
        answer("yes").ends(THROUGH).ran("ask", "act", "finish"),
        go_on(INNER).asks("Go on?").ran("prepare", "ask"),
        both="test_subgraph_interrupt_replay_from_parent",
    ),
    case(
        "subgraph_between",
        run({"value": []}).asks("Go on?"),
        State({"next": ["ask"]}, depth=1),
        Keep("asked"),
        answer("yes").ends(THROUGH),
        go_on("asked").asks("Go on?").ran("prepare", "ask"),
        both="test_subgraph_interrupt_replay_from_interrupt_checkpoint",
    ),
    case(
        "subgraph_between",
        *asked_and_answered("yes"),
        History(COMPLETED),
        go_on(INNER).asks("Go on?").ran("prepare", "ask"),
        History((("fork", ["inner"], words("route")), *COMPLETED)),
        answer("new").ends(words("route", "route", "prepare", "ask:new", "act", "finish")),
        History(
            (
                ("loop", [], words("route", "route", "prepare", "ask:new", "act", "finish")),
                ("loop", ["finish"], words("route", "route", "prepare", "ask:new", "act")),
                ("fork", ["inner"], words("route")),
                *COMPLETED,
            )
        ),
        sync="test_subgraph_interrupt_replay_from_parent_then_resume",
    ),
    case(
        "subgraph_alone",
        run({"value": []}).asks("Go on?").ran("prepare", "ask"),
        Keep("asked"),
        answer("yes", "asked").ends(words("prepare", "ask:yes", "act")).ran("ask", "act"),
        sync="test_subgraph_interrupt_resume_with_explicit_head_checkpoint_id",
    ),
    case(
        "subgraph_between",
        run({"value": []}).asks("Go on?").ran("route", "prepare", "ask"),
        Keep("inside", depth=1),
        Update({"value": ["forked"]}, "inside"),
        go_on("fork").asks("Go on?"),
        answer("new", "fork")
        .ends(words("route", "route", "prepare", "forked", "ask:new", "act", "finish"))
        .ran("ask", "act", "finish"),
        both="test_subgraph_interrupt_full_flow",
    ),
    case(
        "plain_subgraph_between",
        *asked_and_answered("yes"),
        Update({"value": ["forked"]}, INNER),
        go_on("fork").asks("Go on?"),
        answer("new", "fork")
        .ends(words("route", "forked", "route", "forked", "prepare", "ask:new", "act", "finish"))
        .ran("ask", "act", "finish"),
        both="test_subgraph_interrupt_full_flow_no_sub_checkpointer",
    ),
    case(
        "subgraph_between",
        run({"value": []}).asks("Go on?"),
        Keep("inside", depth=1),
        go_on("inside").asks("Go on?"),
        answer("replayed", "inside")
        .ends(words("route", "route", "prepare", "ask:replayed", "act", "finish"))
        .ran("ask", "act", "finish"),
        sync="test_subgraph_replay_from_subgraph_checkpoint",
    ),
    case(
        "asks_inside",
        run({"data": "given"}).asks("Continue?"),
        State({"next": ["ask"], "values": {"data": "given"}}, depth=1),
        both="test_get_state_with_subgraphs_returns_subgraph_state",
    ),
]
