"""Reads the file of `--four-eyes`: TOML, with a `[[rule]]` for each rule."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from math import isfinite
from pathlib import Path
from typing import Any

from jsonpath_rfc9535 import JSONPathError
from jsonpath_rfc9535 import compile as compiled

from hitl_server.errors import BadOption
from hitl_server.four_eyes.rules import Condition, Rule
from hitl_server.owned_files import owned_text

_FIELDS = ("name", "graph", "path", "values", "alone")
_FIELDS_OF_ALONE = ("path", "values")
_HEADER = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_EXAMPLE = 'For example: [[rule]], then name = "payments" and path = "$..tool", one a line.'


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Return the rules of a file.

    Raises `BadOption` with the place of what is wrong; a file without a rule is wrong, too.
    """
    text = owned_text(path, of="rules", secret=False)
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadOption(f"{path} is not TOML: {error}.", hint=_EXAMPLE) from error
    _only(given, ("rule",), str(path))
    tables = given.get("rule")
    if not isinstance(tables, list) or not tables:
        raise BadOption(f"{path} has no rule.", hint=_EXAMPLE)
    rules: list[Rule] = []
    for place, table in zip(_places(path, text, len(tables)), tables, strict=True):
        rule = _rule(table, place)
        if any(rule.name == other.name for other in rules):
            raise BadOption(f"{place}: the name {rule.name!r} is used twice.", hint="Change one.")
        rules.append(rule)
    return tuple(rules)


def _rule(table: Any, place: str) -> Rule:
    if not isinstance(table, dict):
        raise BadOption(f"{place} is not a table.", hint=_EXAMPLE)
    name = table.get("name")
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise BadOption(f"{place} has no printable name.", hint='Write: name = "payments"')
    place = f"{place}, {name}"
    _only(table, _FIELDS, place)
    graph = table.get("graph")
    if graph is not None and not isinstance(graph, str):
        raise BadOption(f"{place}: graph is not a text.", hint="Give the id of one graph.")
    alone = table.get("alone")
    if alone is not None:
        if not isinstance(alone, dict):
            hint = 'Write: alone = { path = "$.type", values = ["reject"] }'
            raise BadOption(f"{place}: alone is not a table.", hint=hint)
        _only(alone, _FIELDS_OF_ALONE, f"{place}, alone")
        if "values" not in alone:
            hint = "Name the values of answers that one reviewer may send."
            raise BadOption(f"{place}, alone: values is missing.", hint=hint)
    return Rule(
        name,
        graph,
        _condition(table, place),
        None if alone is None else _condition(alone, f"{place}, alone"),
    )


def _condition(table: Mapping[str, Any], place: str) -> Condition:
    path, values = table.get("path"), table.get("values")
    if not isinstance(path, str):
        raise BadOption(f"{place}: path is missing, or not a text.", hint="Give a JSONPath.")
    try:
        query = compiled(path)
    except (JSONPathError, RecursionError) as error:
        raise BadOption(
            f"{place}: path is not a JSONPath (RFC 9535): {str(error).splitlines()[0]}.",
            hint="For example: $.action_requests[*].name",
        ) from error
    if values is None:
        return Condition(query, None)
    if not isinstance(values, list) or not values:
        hint = "Give a list with at least one value, or no values: then all that is found counts."
        raise BadOption(f"{place}: values is not a list of values.", hint=hint)
    if not all(map(_is_json, values)):
        hint = "Use texts, numbers, true, false, lists and tables; write dates as texts."
        raise BadOption(f"{place}: values has a value that JSON does not have.", hint=hint)
    return Condition(query, tuple(values))


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, float):
        return isfinite(value)
    return not isinstance(value, date | time)


def _only(table: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    if unknown := [key for key in table if key not in known]:
        hint = f"What can be set here: {', '.join(known)}."
        raise BadOption(f"{place}: {unknown[0]!r} is not known.", hint=hint)


def _places(path: Path, text: str, count: int) -> list[str]:
    """Return where each rule begins: its line, or its number where the lines cannot be told apart."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    if len(lines) == count:
        return [f"{path}, line {number}" for number in lines]
    return [f"{path}, rule {number}" for number in range(1, count + 1)]
