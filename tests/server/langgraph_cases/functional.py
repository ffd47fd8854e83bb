"""`test_pregel.py` and `test_pydantic.py`: the functional API."""

from tests.server.langgraph_cases.asking import case
from tests.server.langgraph_cases.runs import answer, run
from tests.server.langgraph_cases.session import Step
from tests.server.langgraph_cases.states import NewThread, Schemas

ASYNC_ONLY = ("test_pregel_async.py",)
CACHED = [2, "a", 2, "b", 4, "c", 4, "d", 6, "e", 6, "f"]
LISTS = {
    "input_schema": {"type": "array", "items": {"type": "integer"}},
    "output_schema": {"type": "array", "items": {"type": "string"}},
}
CONTEXT = {
    "type": "object",
    "properties": {"model": {"title": "Model", "type": "string"}},
    "required": ["model"],
}
DEBUGGED = ["checkpoint", "task", "task", "task_result", "task_result"]


def _cached_round(*, computes: bool) -> tuple[Step, ...]:
    """Six questions on a new thread, with a task before each that may run the first time."""
    asked = []
    for place, begun in enumerate([run({}), *map(answer, "abcde")]):
        first = computes and place % 2 == 0
        asked.append(begun.asks({"a": "b"}).ran(*[f"double {place // 2 + 1}"][: int(first)]))
    return (NewThread("asks_cached"), *asked, answer("f").ends(CACHED).ran())


CASES = [
    case(
        "spells",
        Schemas(LISTS | {"context_schema": CONTEXT}),
        run([0, 1])
        .asks("question")
        .expect(
            notes_in_any_order=["spell 0", "spell 1"],
            updates_in_any_order=[{"spell": "0"}, {"spell": "1"}],
        ),
        answer("!").ends(["0!", "1!"]).ran(),
        test="test_imp_task",
    ),
    case(
        "spells_twice",
        Schemas(LISTS),
        run([0, 1]).asks("question").expect(notes_in_any_order=["spell 0", "spell 1"]),
        answer("!").ends(["00!a", "11!a"]).ran(),
        test="test_imp_nested",
    ),
    case(
        "cancels_one",
        run([0, 1]).asks("question").ran("begin", "begin", "cancelled"),
        answer("!").ends(["0!"]).ran("begin", "cancelled"),
        test="test_imp_task_cancel",
        of=ASYNC_ONLY,
    ),
    case(
        "asks_between_tasks",
        run({"a": ""}).asks("A value:"),
        answer("yes").ends({"a": "foobar", "b": "yes"}),
        test="test_interrupt_functional",
    ),
    case(
        "task_asks",
        run({"a": ""}).asks("A value:"),
        answer("bar").ends({"a": "foobar"}),
        NewThread("task_asks_twice"),
        run({"a": ""}).asks("A value:"),
        answer("bar").asks("A value:"),
        answer("baz").ends({"a": "foobarbaz"}),
        test="test_interrupt_task_functional",
    ),
    case(
        "asks_after_false",
        run({"a": 5}, durability="exit", stream_mode=["updates", "debug"])
        .asks("test")
        .expect(debugged=DEBUGGED),
        answer("123").expect(questions=[], values=None),
        test="test_falsy_return_from_task",
    ),
    case(
        "asks_thrice",
        run({}).asks({"a": "b"}).ran("double 1"),
        answer("a").asks({"a": "b"}).ran("double 2"),
        answer("b").asks({"a": "b"}).ran("double 3"),
        answer("c").ends([2, "a", 4, "b", 6, "c"]).ran(),
        test="test_multiple_interrupts_functional",
    ),
    case(
        "asks_cached",
        *_cached_round(computes=True),
        *_cached_round(computes=False),
        NewThread("clear_cache"),
        run({"given": ""}).without_thread(),
        *_cached_round(computes=True),
        test="test_multiple_interrupts_functional_cache",
        in_memory=True,
    ),
    case(
        "asks_of_topics_in_tasks",
        run(2).asks("What of topic 1?").ran("double 2"),
        answer("one").asks("What of topic 2?").ran(),
        answer("two").ends({"answers": ["one", "two"]}).ran(),
        test="test_task_before_interrupt_resume",
    ),
    case(
        "asks_of_result_in_task",
        run({"x": 3}).asks("It is 12. What next?"),
        answer("continue").ends({"result": 12, "answer": "continue"}),
        test="test_multiple_tasks_before_interrupt_resume",
    ),
    case(
        "asks_of_topics_in_tasks",
        run(1).asks("What of topic 1?").ran("double 1"),
        answer("one").ends({"answers": ["one"]}).ran(),
        test="test_no_redundant_put_writes_for_cached_task",
    ),
    case(
        "invites_two",
        run("ignored").asks("Invite James?"),
        answer(True).asks("Invite Will?"),
        answer(True).ends(["James comes", "Will comes"]),
        test="test_handles_multiple_interrupts_from_tasks",
        of=ASYNC_ONLY,
    ),
    case(
        "invites_two",
        run("ignored").asks("Invite James?"),
        answer(True).asks("Invite Will?"),
        answer(False).ends(["James comes", "Will stays at home"]),
        test="test_interrupts_in_tasks_surfaced_once",
        of=ASYNC_ONLY,
    ),
    case(
        "orders",
        run({"a": ""}).asks("A value:").ran("foo"),
        answer("yes").ends({"a": "foobar", "b": "yes"}).ran(),
        test="test_interrupt_functional_pydantic",
        of=("test_pydantic.py",),
    ),
]
