"""Changes of `config.toml` that keep everything else of it: order, comments, and how it is written.

Lines are added, replaced and taken out. The result is parsed, and compared with what it should
contain; a file in which that is not so, because it is written in an unusual way, is left as it is.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from hitl_engine.configuration.config_file import parse
from hitl_engine.configuration.kinds import Value
from hitl_engine.configuration.settings import NAME
from hitl_engine.configuration.toml_lines import (
    Statement,
    comment_of,
    end_of_key,
    lines_of,
    statements,
)
from hitl_engine.errors import BadConfiguration, BadInput
from hitl_engine.private_files import make_private_folder

_NOT_CHANGED = "The file was not changed."


def with_target(text: str, name: str, values: Mapping[str, Value]) -> str:
    """Return the text with another target at its end.

    Raises BadInput if it is there already, or if this cannot be a name.
    """
    if not re.fullmatch(NAME, name):
        raise BadInput(
            f"{name!r} cannot be the name of a target.",
            kept=_NOT_CHANGED,
            hint="A name is a letter, then letters, digits, - and _.",
        )
    expected = tomllib.loads(text)
    targets = expected.setdefault("targets", {})
    if name in targets:
        raise BadInput(f"There is a target {name} already.", kept=_NOT_CHANGED)
    targets[name] = _plain(values)
    lines = [f"[targets.{name}]", *(f"{key} = {to_toml(value)}" for key, value in values.items())]
    above = [text.rstrip(), ""] if text.strip() else []
    return _verified("\n".join([*above, *lines, ""]), expected)


def without_target(text: str, name: str) -> str:
    """Return the text without a target, and without `default_target` if it names it.

    Raises BadInput if there is no such target.
    """
    expected = tomllib.loads(text)
    if expected.get("targets", {}).pop(name, None) is None:
        raise BadInput(f"There is no target {name} in the file.", kept=_NOT_CHANGED)
    gone: list[tuple[str, ...]] = [("targets", name)]
    if expected.get("default_target") == name:
        del expected["default_target"]
        gone.append(("default_target",))
    if not expected["targets"]:
        del expected["targets"]
        gone.append(("targets",))
    return _verified(_without(text, gone), expected)


def with_value(text: str, path: tuple[str, ...], value: Value) -> str:
    """Return the text with a setting set to a value. Raises BadInput."""
    expected = tomllib.loads(text)
    inside = expected
    for part in path[:-1]:
        inside = inside.setdefault(part, {})
    inside[path[-1]] = _plain(value)
    lines = lines_of(text)
    found = list(statements(text))
    for statement in found:
        if statement.path == path and not statement.is_header:
            lines[statement.first : statement.end] = [_replaced(lines, statement, value)]
            return _verified("".join(lines), expected)
    at, header = _place_for(found, path[:-1], len(lines))
    if lines and at == len(lines) and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    is_above_header = at < len(lines) and lines[at].lstrip().startswith("[")
    lines[at:at] = [
        *header,
        f"{path[-1]} = {to_toml(value)}\n",
        *(["\n"] if is_above_header else []),
    ]
    return _verified("".join(lines), expected)


def write(path: Path, text: str) -> None:
    """Write the file after a check. Raises BadInput; the file is as before then.

    Another program reads the old file or the new one. A new file is private; another keeps its mode.
    """
    try:
        parse(text, path)
    except BadConfiguration as error:
        what = " ".join(fault.what for fault in error.faults)
        raise BadInput(what, kept=_NOT_CHANGED) from error
    real = path.resolve()  # it may be a link into a folder with files of this kind
    written = real.with_suffix(f".{os.getpid()}")
    try:
        if not real.parent.exists():
            make_private_folder(real.parent)
        mode = real.stat().st_mode & 0o777 if real.exists() else 0o600
        written.touch(mode=mode)
        written.chmod(mode)
        written.write_text(text, encoding="utf-8")
        written.replace(real)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.", kept=_NOT_CHANGED) from error
    finally:
        written.unlink(missing_ok=True)


def _without(text: str, gone: list[tuple[str, ...]]) -> str:
    lines = lines_of(text)
    for statement in reversed(list(statements(text))):
        if any(
            statement.path[: len(path)] == path and (path != ("targets",) or statement.is_header)
            for path in gone
        ):
            del lines[statement.first : statement.end]
    return "".join(lines)


def _replaced(lines: list[str], statement: Statement, value: Value) -> str:
    """Return the line of a key with another value, and with the comment after the old one."""
    line = lines[statement.first]
    key = line[: end_of_key(line)]
    last = lines[statement.end - 1]
    comment = comment_of(last) if statement.end - statement.first == 1 else ""
    return f"{key.rstrip()} = {to_toml(value)}{comment}\n"


def _place_for(
    found: list[Statement], table: tuple[str, ...], length: int
) -> tuple[int, list[str]]:
    """Return before which line a key of a table belongs, and the header that it needs."""
    if not table:
        keys = [each for each in found if not each.is_header and len(each.path) == 1]
        headers = [each for each in found if each.is_header]
        first_header = headers[0].first if headers else length
        before = [each for each in keys if each.first < first_header]
        return (before[-1].end if before else 0), []
    for index, statement in enumerate(found):
        if statement.is_header and statement.path == table:
            inside = statement
            for other in found[index + 1 :]:
                if other.is_header:
                    break
                inside = other
            return inside.end, []
    return length, ["\n", f"[{'.'.join(table)}]\n"]


def _verified(text: str, expected: dict[str, object]) -> str:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        found = None
    if found != expected:
        raise BadInput(
            "The file is written in a way that this command cannot change.",
            kept=_NOT_CHANGED,
            hint="Edit it by hand; hitl-tui config explains every setting.",
        )
    return text


def _plain(value: Value | Mapping[str, Value]) -> object:
    """Return a value as `tomllib` would read it."""
    match value:
        case tuple():
            return list(value)
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case _:
            return value


def to_toml(value: Value) -> str:
    """Write a value in TOML; its texts are written as those of JSON."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case tuple():
            return f"[{', '.join(map(to_toml, value))}]"
        case dict():
            pairs = (f"{json.dumps(name)} = {to_toml(each)}" for name, each in value.items())
            return f"{{ {', '.join(pairs)} }}"
        case _:
            return repr(value)
