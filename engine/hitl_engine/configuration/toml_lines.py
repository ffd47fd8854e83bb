"""Where settings stand in a TOML file: `tomllib` does not tell.

A file is cut into statements: a header of a table, or a key with its value, which may have several
lines. Each is parsed by itself, so every way to write a key is understood.
"""

import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """A header of a table or a key with its value, with the lines that it takes."""

    path: tuple[str, ...]
    """The table, or the table and the key."""
    is_header: bool
    first: int
    """The index of its first line, from 0."""
    end: int
    """The index after its last line."""
    inner: tuple[tuple[str, ...], ...] = ()
    """The paths of all keys inside an inline table, and of the key itself."""


def lines_of(text: str) -> list[str]:
    """Return the lines with their ends, which are those of TOML and no others."""
    return io.StringIO(text).readlines()


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a valid TOML document, in order."""
    lines = lines_of(text)
    table: tuple[str, ...] = ()
    at = 0
    while at < len(lines):
        stripped = lines[at].strip()
        if not stripped or stripped.startswith("#"):
            at += 1
            continue
        if stripped.startswith("["):
            table = _only_path(tomllib.loads(lines[at]))
            yield Statement(table, True, at, at + 1, (table,))
            at += 1
            continue
        end, parsed = _key_statement(lines, at)
        inner = tuple((*table, *path) for path in _paths(parsed))
        yield Statement(
            (*table, *_only_path(tomllib.loads(f"{lines[at][: end_of_key(lines[at])]} = 0"))),
            False,
            at,
            end,
            inner,
        )
        at = end


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Return the number of the line, from 1, that sets a path or begins its table."""
    for statement in statements(text):
        if path in statement.inner:
            return statement.first + 1
    for statement in statements(text):
        if statement.path[: len(path)] == path:
            return statement.first + 1
    return None


def _key_statement(lines: list[str], at: int) -> tuple[int, dict[str, object]]:
    """Return where a key with its value ends, and its parsed document."""
    for end in range(at + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), {}


def end_of_key(line: str) -> int:
    """Return where the `=` after the key of a line is; a quoted key may contain one."""
    for place, character in enumerate(line):
        if character == "=" and _parses(f"{line[:place]} = 0"):
            return place
    return len(line)


def comment_of(line: str) -> str:
    """Return the comment at the end of a line that sets a key, with the space before it."""
    for place, character in enumerate(line):
        if character == "#" and _parses(line[:place]):
            before = line[:place]
            return f"{before[len(before.rstrip()) :]}{line[place:].rstrip()}"
    return ""


def _parses(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _only_path(parsed: dict[str, object]) -> tuple[str, ...]:
    """Return the path of the one key or table that a document has."""
    found: list[str] = []
    inside: object = parsed
    while isinstance(inside, dict | list) and inside:
        if isinstance(inside, list):
            inside = inside[0]
            continue
        (name, inside), *_ = inside.items()
        found.append(name)
    return tuple(found)


def _paths(value: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if above:
        yield above
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, (*above, name))
