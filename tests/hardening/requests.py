"""Requests that an OpenAPI document allows, and requests with one invalid part.

Written here, because hypothesis-jsonschema, and so schemathesis, does not support the present
hypothesis.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

from tests.json_values import Json

Strategy: TypeAlias = st.SearchStrategy[Any]

TEXT = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(exclude_categories=()), max_size=5),  # lone surrogates, too
    st.sampled_from(["", "\x00", "../..", "*", "__interrupt__", "' OR 1=1", "x" * 3000]),
)
ANYTHING = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT, st.just(10**400)
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NO_JSON = st.sampled_from(
    [b"", b"{", b"[" * 100_000, b"NaN", b"[1e999]", b"1" * 5000, b"\xff", b'{"a": 1, "a": 2}']
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a server."""

    method: str
    path: str
    """The path, with parameters in braces."""
    places: tuple[str, ...]
    """The names of these parameters."""
    query: Strategy
    body: Strategy
    takes_body: bool

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(document: Json) -> Iterator[Operation]:
    """Yield all operations of an OpenAPI document, with strategies for their parameters."""
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            parameters = told.get("parameters", [])
            query = {
                one["name"]: st.one_of(_of(one["schema"], document), TEXT)
                for one in parameters
                if one["in"] == "query"
            }
            body = told.get("requestBody", {}).get("content", {}).get("application/json")
            yield Operation(
                method,
                path,
                tuple(one["name"] for one in parameters if one["in"] == "path"),
                st.fixed_dictionaries({}, optional=query),
                _body(_of(body["schema"], document)) if body else st.none(),
                bool(body),
            )


def _of(schema: Json, document: Json) -> Strategy:
    """Return a strategy for the values of a schema, for the keywords that pydantic uses."""
    match schema:
        case {"$ref": str(place)}:
            return _of(document["components"]["schemas"][place.rpartition("/")[2]], document)
        case {"anyOf": choices}:
            return st.one_of([_of(choice, document) for choice in choices])
        case {"enum": values}:
            return st.sampled_from(values)
        case {"const": value}:
            return st.just(value)
        case {"type": "string"}:
            return st.uuids().map(str) if schema.get("format") == "uuid" else TEXT
        case {"type": "integer"}:
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case {"type": "number"}:
            return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False)
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
        case {"type": "array"}:
            least = schema.get("minItems", 0)
            return st.lists(_of(schema.get("items", {}), document), min_size=least, max_size=3)
        case {"type": "object", "properties": properties}:
            fields = {name: _of(field, document) for name, field in properties.items()}
            needed = {name: fields.pop(name) for name in schema.get("required", ())}
            return st.fixed_dictionaries(needed, optional=fields)
        case {"type": "object"}:
            return st.dictionaries(TEXT, ANYTHING, max_size=3)
    return ANYTHING


@st.composite
def _body(draw: st.DrawFn, allowed: Strategy) -> Any:
    """Return a valid value, one with an invalid part, or bytes that are not JSON."""
    value, kind = draw(allowed), draw(st.sampled_from(["allowed", "allowed", "broken", "no JSON"]))
    if kind == "no JSON":
        return draw(NO_JSON)
    return _broken(value, draw) if kind == "broken" else value


def _broken(value: Any, draw: st.DrawFn) -> Any:
    """Return the value with one part replaced."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: _broken(value[key], draw)}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [_broken(value[0], draw), *value[1:]]
    return draw(ANYTHING)


def encoded(body: Any, taken: bool) -> bytes | None:
    """Return the bytes of a body; None if the operation takes none."""
    if not taken:
        return None
    if isinstance(body, bytes):
        return body
    return json.dumps(body).encode()
