"""How edited arguments differ from those that were asked for, in names and in lines."""

import json
from collections.abc import Iterator

from hitl_engine.model import JsonObject, JsonValue
from hitl_engine.visible import json_text
from hitl_tui.text.diff import changes

_ONE_LINE = 100
"""A text of more characters is compared line by line."""


def changed_names(before: JsonObject, after: JsonObject) -> tuple[str, ...]:
    """Return the arguments that differ; the type counts, the order of keys does not."""
    names = dict.fromkeys((*before, *after))
    return tuple(
        name
        for name in names
        if name not in before or name not in after or _exact(before[name]) != _exact(after[name])
    )


def change_lines(before: JsonObject, after: JsonObject) -> list[str]:
    """Return the difference as lines that begin with `-`, `+`, `@` or a space; none if equal.

    Texts are not made visible yet.
    """
    return [line for name in changed_names(before, after) for line in _lines(name, before, after)]


def _lines(name: str, before: JsonObject, after: JsonObject) -> Iterator[str]:
    match before.get(name), after.get(name):
        case str(old), str(new) if _is_long(old) or _is_long(new):
            yield from _compared(name, old, new)
        case (dict() | list()) as old, (dict() | list()) as new if name in before and name in after:
            yield from _compared(name, json_text(old), json_text(new))
        case _:
            if name in before:
                yield f"-{_word(name)}: {json_text(before[name], indent=None)}"
            if name in after:
                yield f"+{_word(name)}: {json_text(after[name], indent=None)}"


def _compared(name: str, old: str, new: str) -> Iterator[str]:
    yield f"@@ {_word(name)} @@"
    yield from (line for line in changes(old, new) if not line.startswith("@@"))


def _is_long(text: str) -> bool:
    return "\n" in text or len(text) > _ONE_LINE


def _word(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


def _exact(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)
