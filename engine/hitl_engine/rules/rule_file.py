"""Reads a file of standing rules: every fault is named with its line, and what is allowed there.

A file with a fault has no rules at all: a rule that is left out could be the one that rejects.
"""

import math
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hitl_engine.configuration.settings import NAME
from hitl_engine.errors import BadRules, ConfigurationFault
from hitl_engine.fingerprint import digest
from hitl_engine.model import (
    ArgumentTest,
    ExactArgument,
    FittingArgument,
    JsonObject,
    JsonValue,
    Rule,
    RuleAction,
)
from hitl_engine.rules.argument_schemas import schema_faults
from hitl_engine.rules.toml_places import TABLE, line_in_rule, line_of_key
from hitl_engine.strict_json import unwritable
from hitl_engine.visible import one_line

_LARGEST = 1_000_000
"""Bytes of a file."""
_MOST_ANSWERS = 1_000_000
_SHARED = "name", "do", "graph", "tool", "arguments", "until", "limit", "target"
_KEYS = {RuleAction.APPROVE: _SHARED, RuleAction.REJECT: (*_SHARED, "message")}
_NEEDED = {
    RuleAction.APPROVE: ("graph", "tool", "arguments", "until", "limit"),
    RuleAction.REJECT: ("graph", "tool", "until"),
}
_SCHEMA = "schema"
_CONSTANT = f"For an object with such a key, write {{ {_SCHEMA} = {{ const = {{ … }} }} }}."
_SHOWN = 60
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules of a file, in its order. Raises BadRules, with every fault."""
    return parse_rules(_private_text(path), path)


def parse_rules(text: str, path: Path) -> tuple[Rule, ...]:
    """Return the rules in the text of a file. Raises BadRules, with every fault."""
    try:
        return _parsed(text, path)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(path, [_syntax_fault(error)]) from error
    except RecursionError:
        raise _unreadable(path, "It is nested too deeply.") from None


def _parsed(text: str, path: Path) -> tuple[Rule, ...]:
    document = tomllib.loads(text)
    faults = [
        ConfigurationFault(
            line_of_key(text, key), f"There is no {key}; a file has [[{TABLE}]] only."
        )
        for key in document
        if key != TABLE
    ]
    listed = document.get(TABLE, [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        fault = f"{TABLE} must be a table that begins with [[{TABLE}]]."
        raise BadRules(path, [ConfigurationFault(line_of_key(text, TABLE), fault)])
    if not listed:
        faults.append(ConfigurationFault(None, f"There is no rule; each begins with [[{TABLE}]]."))
    rules: list[Rule] = []
    names: set[str] = set()
    for index, table in enumerate(listed):
        found = [*_faults(table), *_repeated(table, names)]
        faults += [
            ConfigurationFault(line_in_rule(text, index, place), what) for place, what in found
        ]
        if not found:
            rules.append(_rule(table))
    if faults:
        raise BadRules(path, sorted(faults, key=lambda fault: fault.line or 0))
    return tuple(rules)


Place = tuple[str, ...]


def _faults(table: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Yield where a rule is wrong, and what is allowed there, in a sentence."""
    name = table.get("name")
    if not isinstance(name, str) or not re.fullmatch(NAME, name):
        yield (
            ("name",),
            f"name must be a letter, then letters, digits, - and _{_instead(table, 'name')}.",
        )
    if table.get("do") not in list(RuleAction):
        yield ("do",), f"do must be {_words(list(RuleAction))}{_instead(table, 'do')}."
        return
    do = RuleAction(table["do"])
    for key in table:
        if key not in _KEYS[do]:
            yield (key,), f"{key} is not a key of a rule that {_does(do)}: {', '.join(_KEYS[do])}."
    for key in _NEEDED[do]:
        if key not in table:
            yield (), f"A rule that {_does(do)} needs {key}."
    for key in ("graph", "tool", "target", "message"):
        if key in table and not (isinstance(table[key], str) and table[key]):
            yield (key,), f"{key} must be a text{_instead(table, key)}."
    until = table.get("until")
    if "until" in table and not (
        isinstance(until, datetime) and until.tzinfo and 2000 <= until.year < 9999
    ):
        yield (
            ("until",),
            f"until must be a time with its zone, as 2026-12-01T18:00:00Z{_instead(table, 'until')}.",
        )
    limit = table.get("limit")
    is_number = isinstance(limit, int) and not isinstance(limit, bool)
    if "limit" in table and not (is_number and 1 <= table["limit"] <= _MOST_ANSWERS):
        allowed = f"a number of calls from 1 to {_MOST_ANSWERS:,}"
        yield ("limit",), f"limit must be {allowed}{_instead(table, 'limit')}."
    yield from _faults_of_arguments(table.get("arguments", {}))


def _faults_of_arguments(arguments: object) -> Iterator[tuple[Place, str]]:
    if not isinstance(arguments, dict):
        yield ("arguments",), "arguments must be a table with a value for each argument."
        return
    for name, given in arguments.items():
        place = ("arguments", name)
        shown = f"arguments.{name}"
        if fault := _not_json(given):
            yield place, f"{shown} {fault}."
        elif isinstance(given, dict) and _SCHEMA in given:
            if len(given) > 1:
                yield place, f"{shown} has {_SCHEMA} and other keys. {_CONSTANT}"
                continue
            for inside, what in schema_faults(given[_SCHEMA]):
                keys = (_SCHEMA, *inside)
                yield (*place, *map(str, keys)), f"{'.'.join([shown, *map(str, keys)])} {what}."


def _repeated(table: Mapping[str, Any], names: set[str]) -> Iterator[tuple[Place, str]]:
    name = table.get("name")
    if isinstance(name, str):
        if name in names:
            yield (
                ("name",),
                f"Another rule is called {one_line(name, _SHOWN)}; each needs its own name.",
            )
        names.add(name)


def _not_json(value: object) -> str:
    """Return why a value cannot be that of an argument, as the end of a sentence; else nothing."""
    match value:
        case dict():
            return next(filter(None, map(_not_json, value.values())), "")
        case list():
            return next(filter(None, map(_not_json, value)), "")
        case float() if not math.isfinite(value):
            return "is a number that JSON does not have"
        case str() | bool() | int() | float():
            return "cannot be written as JSON" if unwritable(value) else ""
        case _:
            return "is a time; JSON has none, so write it as a text, in quotes"


def _rule(table: Mapping[str, Any]) -> Rule:
    """Return the rule of a table without faults."""
    arguments = table.get("arguments")
    until: datetime = table["until"]
    content: JsonObject = {**table, "until": until.astimezone(UTC).isoformat()}
    return Rule(
        name=table["name"],
        do=RuleAction(table["do"]),
        graph=table["graph"],
        tool=table["tool"],
        arguments=None
        if arguments is None
        else {name: _test(given) for name, given in arguments.items()},
        until=until,
        limit=table.get("limit"),
        target=table.get("target", ""),
        message=table.get("message", ""),
        content=content,
        digest=digest(content),
    )


def _test(given: JsonValue) -> ArgumentTest:
    match given:
        case {"schema": dict(schema)}:
            return FittingArgument(schema)
        case _:
            return ExactArgument(given)


def _private_text(path: Path) -> str:
    """Return the text of a file that nobody but this user and root can change. Raises BadRules."""
    try:
        place = path.resolve()
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe without a writer would wait
        with open(os.open(place, flags), "rb") as file:
            folders = {path.absolute().parent, place.parent}  # of a link, and of its file
            _check_private(path, os.fstat(file.fileno()), folders)
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise _unreadable(path, f"It cannot be read: {error.strerror}.") from error
    if len(content) > _LARGEST:
        raise _unreadable(path, f"It has more than {_LARGEST:,} bytes.")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise _unreadable(path, "It is not UTF-8.") from None


def _check_private(path: Path, found: os.stat_result, folders: Iterable[Path]) -> None:
    """Raise BadRules for a file that others can change, or replace in one of its folders."""
    if not stat.S_ISREG(found.st_mode):
        raise _unreadable(path, "It is not a file.")
    if found.st_uid not in (os.getuid(), 0):
        raise _unreadable(path, "It belongs to another user, who could change it.")
    if found.st_mode & _OTHERS_WRITE:
        raise _unreadable(path, f"Other users can change it. Try: chmod go-w {path}")
    for folder in folders:
        mode = folder.stat().st_mode
        if mode & _OTHERS_WRITE and not mode & stat.S_ISVTX:
            raise _unreadable(path, f"Other users can replace it. Try: chmod go-w {folder}")


def _unreadable(path: Path, what: str) -> BadRules:
    return BadRules(path, [ConfigurationFault(None, what)])


def _syntax_fault(error: tomllib.TOMLDecodeError) -> ConfigurationFault:
    found = re.fullmatch(r"(.*?) \(at line (\d+), column (\d+)\)", str(error))
    if found is None:
        return ConfigurationFault(None, f"This is not TOML: {error}.")
    what, line, column = found.groups()
    return ConfigurationFault(int(line), f"This is not TOML: {what}, at column {column}.")


def _instead(table: Mapping[str, Any], key: str) -> str:
    if key not in table:
        return "; there is none"
    return f", not {one_line(str(table[key]), _SHOWN)}"


def _words(values: list[RuleAction]) -> str:
    return " or ".join(f'"{value}"' for value in values)


def _does(do: RuleAction) -> str:
    return "approves" if do is RuleAction.APPROVE else "rejects"
