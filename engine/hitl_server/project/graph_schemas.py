"""JSON Schemas of a graph's types."""

import typing
from collections.abc import Callable
from typing import Any, TypeAlias

import typing_extensions
from pydantic import TypeAdapter, create_model

from hitl_server.project.graphs import Graph

Schema: TypeAlias = dict[str, Any]
_OF_MESSAGES = "langgraph.graph.message"
"""The module of LangGraph's reducers of messages."""


def schemas_of(graph: Graph) -> dict[str, Schema | None]:
    """Return the schemas of input, output, state, config and context; None for a type without one."""
    builder: Any = getattr(graph, "builder", None)
    context: Schema | None = None
    if graph.context_schema is not None:
        context = _or_none(lambda: _schema(graph.context_schema))
    return {
        "input_schema": _or_none(graph.get_input_jsonschema)
        or _or_none(lambda: _schema(builder.input_schema)),
        "output_schema": _or_none(graph.get_output_jsonschema)
        or _or_none(lambda: _schema(builder.output_schema)),
        "state_schema": _or_none(lambda: _state_schema(graph)),
        "config_schema": context or {},
        "context_schema": context,
    }


def reducers_of(graph: Graph) -> dict[str, str | None]:
    """Return how each key of the state takes a write: `messages`, `other`, or None: it is replaced."""
    found: dict[str, str | None] = {}
    for name in graph.stream_channels_list:
        channel = graph.channels[name]
        reduce = getattr(channel, "operator", None) or getattr(channel, "reducer", None)
        of_messages = getattr(reduce, "__module__", "") == _OF_MESSAGES
        found[name] = None if reduce is None else "messages" if of_messages else "other"
    return found


def _or_none(schema: Callable[[], Any]) -> Any:
    """Return the schema; None if the user's types have none."""
    try:
        return schema()
    except Exception:  # noqa: BLE001  pydantic raises many kinds for types without a schema
        return None


def _schema(kind: Any) -> Any:
    return TypeAdapter(_typed_dict(kind)).json_schema()


def _typed_dict(kind: Any) -> Any:
    """Return a TypedDict that pydantic accepts.

    Before Python 3.12, pydantic refuses `typing.TypedDict`, which most code uses.
    """
    if not typing.is_typeddict(kind):
        return kind
    hints = typing_extensions.get_type_hints(kind, include_extras=True)
    required = kind.__required_keys__
    fields = {
        name: _typed_dict(hint)
        if name in required
        else typing_extensions.NotRequired[_typed_dict(hint)]
        for name, hint in hints.items()
    }
    typed_dict: Any = typing_extensions.TypedDict
    return typed_dict(kind.__name__, fields)


def _state_schema(graph: Graph) -> Any:
    fields: dict[str, Any] = {}
    for name in graph.stream_channels_list:
        kind = _typed_dict(getattr(graph.channels[name], "UpdateType", Any))
        fields[name] = (kind if _or_none(TypeAdapter(kind).json_schema) else Any, None)
    return create_model(graph.get_name("State"), **fields).model_json_schema()
