"""Payloads by chance, and other ones that differ in one place."""

import random
from collections.abc import Callable

from hitl_engine.model import JsonValue

_KEYS = ("action", "args", "to", "amount", "text", "note", "ids", "Text", "to ")
_TEXTS = ("", "send", "ada@example.com", "rm -rf /", "42", "null", "a\u0301", "\u00e1", "x" * 40)


def some_value(chance: random.Random, depth: int = 0) -> JsonValue:
    """Return any JSON value."""
    match chance.randrange(7 if depth < 3 else 5):
        case 0:
            return chance.choice(_TEXTS)
        case 1:
            return chance.randrange(-3, 10**6)
        case 2:
            return round(chance.uniform(-9, 9), 3)
        case 3:
            return chance.choice((True, False))
        case 4:
            return None
        case 5:
            return [some_value(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return some_object(chance, depth + 1)


def some_object(chance: random.Random, depth: int = 0) -> dict[str, JsonValue]:
    """Return an object with at least one key."""
    keys = chance.sample(_KEYS, chance.randrange(1, 5))
    return {key: some_value(chance, depth) for key in keys}


def in_another_order(value: JsonValue, chance: random.Random) -> JsonValue:
    """Return the same value with the keys of all objects in another order."""
    match value:
        case dict():
            keys = chance.sample(sorted(value), len(value))
            return {key: in_another_order(value[key], chance) for key in keys}
        case list():
            return [in_another_order(each, chance) for each in value]
        case _:
            return value


def changed_somewhere(value: JsonValue, chance: random.Random) -> JsonValue:
    """Return a value that differs in one place."""
    match value:
        case dict() if value and chance.random() < 0.8:
            return _changed_object(value, chance)
        case list() if value and chance.random() < 0.8:
            return _changed_list(value, chance)
        case _:
            return _another(value, chance)


def _changed_object(value: dict[str, JsonValue], chance: random.Random) -> JsonValue:
    key = chance.choice(sorted(value))
    rest = {each: value[each] for each in value if each != key}
    changes: tuple[Callable[[], JsonValue], ...] = (
        lambda: {**value, key: changed_somewhere(value[key], chance)},
        lambda: rest,
        lambda: {**value, f"{key}\u200b": value[key]},
        lambda: {**rest, f"{key} ": value[key]},
    )
    return chance.choice(changes)()


def _changed_list(value: list[JsonValue], chance: random.Random) -> JsonValue:
    place = chance.randrange(len(value))
    changes: tuple[Callable[[], JsonValue], ...] = (
        lambda: [*value[:place], changed_somewhere(value[place], chance), *value[place + 1 :]],
        lambda: [*value[:place], *value[place + 1 :]],
        lambda: [*value, value[place]],
    )
    return chance.choice(changes)()


def _another(value: JsonValue, chance: random.Random) -> JsonValue:
    match value:
        case bool():
            return int(value)
        case int():
            return value + chance.choice((-1, 1))
        case float():
            return value + 0.5
        case str():
            return value + chance.choice((" ", "\u200b", ".", "\n"))
        case None:
            return chance.choice((False, 0, "", "null"))
        case _:
            return [value]
