"""The asynchronous versions of the graphs in `functional.py`, and some that only exist so."""

import asyncio
from typing import Any, TypedDict

from langgraph.cache.memory import InMemoryCache
from langgraph.func import entrypoint, task
from langgraph.types import CachePolicy, interrupt
from ways import Way, chain, note


class Context(TypedDict):
    """What a run may choose."""

    model: str


class Start(TypedDict, total=False):
    """The input of a graph that only acts."""

    given: str


async def add_letter(words: list[str]) -> list[str]:
    """Return the words with one letter more."""
    return [word + "a" for word in words]


inner = chain(Way(asynchronous=True), list[str], add_letter=add_letter).compile()


@task
async def double(number: int) -> int:
    """Return twice the number."""
    note(f"double {number}")
    return 2 * number


@task
async def spell(number: int) -> str:
    """Return the number as a text."""
    note(f"spell {number}")
    return str(number)


@task
async def spell_twice(number: int) -> str:
    """Return the number twice as a text."""
    return await spell(number) * 2


@task
async def spell_slowly(number: int) -> str:
    """Return the number as a text, unless cancelled first."""
    note("begin")
    try:
        await asyncio.sleep(0.3)
    except asyncio.CancelledError:
        note("cancelled")
        raise
    return str(number)


@task
async def add_foo(given: dict[str, Any]) -> dict[str, Any]:
    """Add a text."""
    return {"a": given["a"] + "foo"}


@task
async def add_bar(given: dict[str, Any]) -> dict[str, Any]:
    """Add another text."""
    return {"a": given["a"] + "bar", "b": given["b"]}


@task
async def add_answer(given: dict[str, Any]) -> dict[str, Any]:
    """Ask, and add the answer."""
    return {"a": given["a"] + interrupt("A value:")}


@task
async def is_ready() -> bool:
    """Return a false value."""
    return False


@task
async def ask(question: str) -> Any:
    """Ask."""
    return interrupt(question)


@task
async def invite(name: str) -> str:
    """Ask whether to invite somebody."""
    return f"{name} comes" if interrupt(f"Invite {name}?") else f"{name} stays at home"


@entrypoint(context_schema=Context)
async def spells_async(numbers: list[int]) -> list[str]:
    """Run tasks at the same time, then ask."""
    words = await asyncio.gather(*[spell(number) for number in numbers])
    answer = interrupt("question")
    return [word + answer for word in words]


@entrypoint()
async def spells_twice_async(numbers: list[int]) -> list[str]:
    """Run tasks that run tasks, ask, then call a graph."""
    words = await asyncio.gather(*[spell_twice(number) for number in numbers])
    answer = interrupt("question")
    return await inner.ainvoke([word + answer for word in words])  # type: ignore[no-any-return]


@entrypoint()
async def cancels_one_async(numbers: list[int]) -> list[str]:
    """Run tasks at the same time, cancel the last one, then ask."""
    futures = [spell_slowly(number) for number in numbers]
    await asyncio.sleep(0.05)
    futures.pop().cancel()
    words = await asyncio.gather(*futures)
    answer = interrupt("question")
    return [word + answer for word in words]


@entrypoint()
async def asks_between_tasks_async(given: dict[str, Any]) -> Any:
    """Run a task, ask, and run another."""
    future = add_foo(given)
    answer = interrupt("A value:")
    return await add_bar({**await future, "b": answer})


@entrypoint()
async def task_asks_async(given: dict[str, Any]) -> Any:
    """Ask in a task."""
    return await add_answer(await add_foo(given))


@entrypoint()
async def task_asks_twice_async(given: dict[str, Any]) -> Any:
    """Ask in two calls of a task."""
    return await add_answer(await add_answer(await add_foo(given)))


@entrypoint()
async def asks_after_false_async(given: dict[str, Any]) -> None:
    """Ask after a task with a false result."""
    await is_ready()
    interrupt("test")


@entrypoint()
async def asks_thrice_async(given: dict[str, Any]) -> list[Any]:
    """Run a task and ask, three times."""
    return [
        value for number in (1, 2, 3) for value in (await double(number), interrupt({"a": "b"}))
    ]


cache: InMemoryCache[Any] = InMemoryCache()
with_cache: Any = task(cache_policy=CachePolicy())


@with_cache  # type: ignore[untyped-decorator]
async def cached_double(number: int) -> int:
    """Return twice the number, from the cache if it can."""
    note(f"double {number}")
    return 2 * number


@entrypoint(cache=cache)
async def asks_cached_async(given: dict[str, Any]) -> list[Any]:
    """Run a task whose results are cached and ask, six times."""
    return [
        value
        for number in (1, 1, 2, 2, 3, 3)
        for value in (await cached_double(number), interrupt({"a": "b"}))
    ]


async def clear(state: Start) -> None:
    """Clear the cache."""
    await cached_double.aclear_cache(cache)


clear_cache_async = chain(Way(asynchronous=True), Start, clear=clear).compile()


@entrypoint()
async def asks_of_topics_in_tasks_async(count: int) -> dict[str, Any]:
    """Run a task, then ask in one task for each topic."""
    topics = await double(count) // 2
    return {"answers": [await ask(f"What of topic {topic + 1}?") for topic in range(topics)]}


@entrypoint()
async def asks_of_result_in_task_async(given: dict[str, Any]) -> dict[str, Any]:
    """Run two tasks, then ask in a third."""
    result = await double(await double(given["x"]))
    return {"result": result, "answer": await ask(f"It is {result}. What next?")}


@entrypoint()
async def invites_two_async(given: Any) -> list[str]:
    """Ask about two people, in one task for each."""
    return [await invite("James"), await invite("Will")]
