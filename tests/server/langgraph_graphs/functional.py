"""Graphs of the functional API that ask: in the entrypoint, and in its tasks."""

from typing import Any, TypedDict

from langgraph.cache.memory import InMemoryCache
from langgraph.func import entrypoint, task
from langgraph.types import CachePolicy, interrupt
from pydantic import BaseModel
from ways import Way, chain, note


class Context(TypedDict):
    """What a run may choose."""

    model: str


class Order(BaseModel):
    """An order that tasks pass on."""

    a: str
    b: str | None = None


class Start(TypedDict, total=False):
    """The input of a graph that only acts."""

    given: str


def add_letter(words: list[str]) -> list[str]:
    """Return the words with one letter more."""
    return [word + "a" for word in words]


inner = chain(Way(asynchronous=False), list[str], add_letter=add_letter).compile()


@task
def double(number: int) -> int:
    """Return twice the number."""
    note(f"double {number}")
    return 2 * number


@task
def spell(number: int) -> str:
    """Return the number as a text."""
    note(f"spell {number}")
    return str(number)


@task
def spell_twice(number: int) -> str:
    """Return the number twice as a text."""
    return spell(number).result() * 2


@task
def add_foo(given: dict[str, Any]) -> dict[str, Any]:
    """Add a text."""
    return {"a": given["a"] + "foo"}


@task
def add_bar(given: dict[str, Any]) -> dict[str, Any]:
    """Add another text."""
    return {"a": given["a"] + "bar", "b": given["b"]}


@task
def add_answer(given: dict[str, Any]) -> dict[str, Any]:
    """Ask, and add the answer."""
    return {"a": given["a"] + interrupt("A value:")}


@task
def order_foo(order: Order) -> Order:
    """Add a text to the order."""
    note("foo")
    return Order(a=order.a + "foo")


@task
def is_ready() -> bool:
    """Return a false value."""
    return False


@task
def ask(question: str) -> Any:
    """Ask."""
    return interrupt(question)


@entrypoint(context_schema=Context)
def spells(numbers: list[int]) -> list[str]:
    """Run tasks at the same time, then ask."""
    words = [future.result() for future in [spell(number) for number in numbers]]
    answer = interrupt("question")
    return [word + answer for word in words]


@entrypoint()
def spells_twice(numbers: list[int]) -> list[str]:
    """Run tasks that run tasks, ask, then call a graph."""
    words = [future.result() for future in [spell_twice(number) for number in numbers]]
    answer = interrupt("question")
    return inner.invoke([word + answer for word in words])  # type: ignore[no-any-return]


@entrypoint()
def asks_between_tasks(given: dict[str, Any]) -> dict[str, Any]:
    """Run a task, ask, and run another."""
    future = add_foo(given)
    answer = interrupt("A value:")
    return add_bar({**future.result(), "b": answer}).result()


@entrypoint()
def task_asks(given: dict[str, Any]) -> dict[str, Any]:
    """Ask in a task."""
    return add_answer(add_foo(given).result()).result()


@entrypoint()
def task_asks_twice(given: dict[str, Any]) -> dict[str, Any]:
    """Ask in two calls of a task."""
    return add_answer(add_answer(add_foo(given).result()).result()).result()


@entrypoint()
def asks_after_false(given: dict[str, Any]) -> None:
    """Ask after a task with a false result."""
    is_ready().result()
    interrupt("test")


@entrypoint()
def asks_thrice(given: dict[str, Any]) -> list[Any]:
    """Run a task and ask, three times."""
    return [
        value for number in (1, 2, 3) for value in (double(number).result(), interrupt({"a": "b"}))
    ]


cache: InMemoryCache[Any] = InMemoryCache()
with_cache: Any = task(cache_policy=CachePolicy())


@with_cache  # type: ignore[untyped-decorator]
def cached_double(number: int) -> int:
    """Return twice the number, from the cache if it can."""
    note(f"double {number}")
    return 2 * number


@entrypoint(cache=cache)
def asks_cached(given: dict[str, Any]) -> list[Any]:
    """Run a task whose results are cached and ask, six times."""
    return [
        value
        for number in (1, 1, 2, 2, 3, 3)
        for value in (cached_double(number).result(), interrupt({"a": "b"}))
    ]


def clear(state: Start) -> None:
    """Clear the cache."""
    cached_double.clear_cache(cache)


clear_cache = chain(Way(asynchronous=False), Start, clear=clear).compile()


@entrypoint()
def asks_of_topics_in_tasks(count: int) -> dict[str, Any]:
    """Run a task, then ask in one task for each topic."""
    topics = double(count).result() // 2
    return {"answers": [ask(f"What of topic {topic + 1}?").result() for topic in range(topics)]}


@entrypoint()
def asks_of_result_in_task(given: dict[str, Any]) -> dict[str, Any]:
    """Run two tasks, then ask in a third."""
    result = double(double(given["x"]).result()).result()
    return {"result": result, "answer": ask(f"It is {result}. What next?").result()}


@entrypoint()
def orders(given: dict[str, Any]) -> dict[str, Any]:
    """Pass a pydantic object from task to task, with a question between them."""
    future = order_foo(Order(**given))
    answer = interrupt("A value:")
    order = future.result()
    assert isinstance(order, Order)
    return add_bar({"a": order.a, "b": answer}).result()
