"""`test_pregel.py`, `test_subgraph_persistence.py` and others: questions in subgraphs."""

from tests.server.langgraph_cases.asking import GERMANY, LARGE, case, cleared
from tests.server.langgraph_cases.runs import Run, answer, answers, run
from tests.server.langgraph_cases.session import Case, Step
from tests.server.langgraph_cases.states import History, NewThread, State, loops

QUERY = {"query": "analyzed: query: rain?"}
DOCS = {"docs": ["doc1", "doc2", "doc3", "doc4"]}
FOUND = {"answer": "doc1,doc2,doc3,doc4"}
PROMPTS = ["a", "b", "c", "d", "e"]
REPLIES = [f"for {prompt}" for prompt in PROMPTS]
ASKED = {"messages": [{"type": "human", "content": "Make a plan", "id": "asked"}]}


def _messages(ran: Run) -> Run:
    return Run({**ran.request, "stream_mode": ["values", "updates", "messages-tuple"]})


def _talk(graph: str, second: list[str], name: str) -> Case:
    """Two rounds; the messages of the second are given."""
    first = ["apples", "Processing: apples", "Done"]
    steps: tuple[Step, ...] = (
        run({"topic": "apples"}).asks("Continue?", values={"topic": "apples"}),
        answer(True).ends({"topic": "apples", "result": "Done"}).ran(first),
        run({"topic": "pears"}).asks("Continue?"),
        answer(True).ends({"topic": "pears", "result": "Done"}).ran(second),
    )
    files = ("test_subgraph_persistence.py", "test_subgraph_persistence_async.py")
    return Case(graph, steps, (f"{files[0]}::{name}", f"{files[1]}::{name}_async"))


PEARS = ["pears", "Processing: pears", "Done"]
BOTH = ["apples", "Processing: apples", "Done", *PEARS]

CASES = [
    case(
        "market_inside",
        run(GERMANY).without_thread().asks("Just because", values=GERMANY).ran("ask"),
        run({"key": "value", "market": "US"})
        .without_thread()
        .ends({"key": "value all good", "market": "US"}),
        run(GERMANY).asks("Just because"),
        answer(" my answer").expect(
            questions=[], updates=[{"ask": {"key": " my answer", "market": "DE"}}]
        ),
        *cleared(["ask"], GERMANY),
        test="test_dynamic_interrupt_subgraph",
        of=LARGE,
    ),
    case(
        "calls_other_state",
        run({"text": "you"}).asks("More?", values={"text": "hi! you"}),
        State({"values": {"start": "hi! you"}}, depth=1),
        answer("!").ends({"text": "hi! you!"}),
        test="test_subgraph_checkpoint_true_interrupt",
    ),
    case(
        "asks_in_subgraph",
        run({"text": ""}).asks("A text:", values={"text": "before"}),
        answer("after").ends({"text": "after"}),
        test="test_interrupt_subgraph",
    ),
    case(
        "two_nodes_ask",
        run({"text": "given"}).asks("First?"),
        answer("1").asks("Second?").expect(updates=[{"first": {"text": "1"}}]),
        answer("2").ends({"text": "2"}).expect(updates=[{"second": {"text": "2"}}]),
        NewThread("calls_two_nodes"),
        run({"text": "given"}).asks("First?"),
        answer(True).asks("Second?").expect(updates=[]),
        answer(True).ends({"text": True}).expect(updates=[{"call": {"text": True}}]),
        test="test_double_interrupt_subgraph",
    ),
    case(
        "sends_prompts",
        run({"prompts": PROMPTS}).asks(*PROMPTS),
        answers(*REPLIES).ends({"prompts": PROMPTS, "replies": REPLIES}),
        test="test_multi_resume",
        of=("test_pregel.py",),
    ),
    case(
        "sends_prompts",
        run({"prompts": ["a", "b"]}).asks("a", "b"),
        answers("one").asks("b").expect(updates=[{"inner": {"replies": ["one"]}}]),
        answers("two").expect(
            questions=[],
            updates=[
                {"inner": {"replies": ["one"]}, "__metadata__": {"cached": True}},
                {"inner": {"replies": ["two"]}},
                {"check": None},
            ],
        ),
        test="test_parallel_interrupts",
        of=("test_pregel.py",),
    ),
    case(
        "sends_to_two",
        run({"prompts": ["a", "b"]}).asks("a", "a", "b", "b"),
        answers("yes").asks("a", "b", "b"),
        answers("yes").asks("b", "b"),
        answers("yes").asks("b"),
        answers("yes").ends({"prompts": ["a", "b"], "replies": ["yes"] * 4}),
        test="test_parallel_interrupts_double",
        of=("test_pregel.py",),
    ),
    case(
        "enters_again",
        run({"text": "", "count": 0})
        .asks("A value:", values={"text": "", "count": 0})
        .ran(["prepare", None], "ask"),
        answer("one")
        .asks("A value:", values={"text": "asked", "count": 1})
        .ran("ask", "again", ["prepare", "one!"], "ask"),
        answer("two").ends({"text": "asked|again", "count": 1}).ran("ask", "again"),
        run({"text": "new", "count": 0})
        .asks("A value:", values={"text": "new", "count": 0})
        .ran(["prepare", "two!"], "ask"),
        test="test_interrupt_subgraph_reenter_checkpointer_true",
    ),
    case(
        "streams_messages",
        _messages(run(ASKED)).asks("Approve?").expect(messages=["plan"]),
        _messages(answer({"text": "Yes"})).expect(questions=[], messages=["reply", "done"]),
        test="test_stream_messages_dedupe_pydantic_subgraph_interrupt",
        of=("test_pregel.py",),
    ),
    Case(
        "documents",
        (
            run({"query": "rain?"})
            .asks("")
            .expect(
                updates=[
                    {"rewrite": {"query": "query: rain?"}},
                    {"analyze": QUERY},
                    {"find_more": {"docs": ["doc3", "doc4"]}},
                    {"find": {"docs": ["doc1", "doc2"]}},
                ]
            ),
            answer("").expect(questions=[], updates=[{"answer": FOUND}]),
            History(
                loops(
                    ([], QUERY | DOCS | FOUND),
                    (["answer"], QUERY | DOCS),
                    (["find"], QUERY | {"docs": ["doc3", "doc4"]}),
                    (["analyze", "find_more"], {"query": "query: rain?", "docs": []}),
                    (["rewrite"], {"query": "rain?", "docs": []}),
                    (["__start__"], {"docs": []}),
                )
            ),
        ),
        (
            "test_checkpoint_migration.py::test_latest_checkpoint_state_graph",
            "test_checkpoint_migration.py::test_latest_checkpoint_state_graph_async",
        ),
    ),
    _talk("talks_anew", PEARS, "test_stateless_interrupt_resume"),
    _talk("talks_anew", PEARS, "test_stateless_state_resets_with_interrupt"),
    _talk("talks_on", BOTH, "test_stateful_state_accumulates_with_interrupt"),
    _talk("talks_on", BOTH, "test_stateful_interrupt_resume"),
]
