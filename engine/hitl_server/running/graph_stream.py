"""What LangGraph streams of one run, in one form: (namespace, mode, chunk)."""

import warnings
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, TypeAlias
from uuid import uuid4

from langchain_core._api import LangChainBetaWarning
from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.stream import StreamTransformer
from langgraph.types import Command
from pydantic import BaseModel

from hitl_server.json_types import JsonObject
from hitl_server.project.graphs import Graph
from hitl_server.state_columns import INTERRUPT

warnings.filterwarnings("ignore", "The v3 streaming protocol on Pregel", LangChainBetaWarning)

Part: TypeAlias = tuple[tuple[str, ...], str, Any]

_NOT_FOR_PROTOCOL = ("stream_mode", "subgraphs", "output_keys")
"""Options that the event protocol decides: all modes, of subgraphs too, and all channels."""


class _AllModes(StreamTransformer):
    """Makes LangGraph stream what no transformer of the graph asks for, and changes nothing."""

    required_stream_modes: ClassVar[tuple[str, ...]] = (
        "updates",
        "custom",
        "checkpoints",
        "tasks",
        "tools",
    )

    def init(self) -> dict[str, Any]:
        """Add no projection."""
        return {}

    def process(self, event: Any) -> bool:
        """Let each event pass."""
        return True


async def parts(
    graph: Graph, given: Any, config: RunnableConfig, options: JsonObject
) -> AsyncIterator[Part]:
    """Yield what the stream modes of the options give."""
    part: Any
    async for part in graph.astream(given, config, **options):
        yield part if len(part) == 3 else ((), *part)


async def parts_with_events(
    graph: Graph, given: Any, config: RunnableConfig, options: JsonObject
) -> AsyncIterator[Part]:
    """Yield the same, and all other events of the run with mode `events`."""
    run_id = str(config["run_id"])
    async for event in graph.astream_events(given, config, version="v2", **options):
        if event["event"] == "on_chain_stream" and event["run_id"] == run_id:
            part = event["data"]["chunk"]
            yield part if len(part) == 3 else ((), *part)
        elif "langsmith:hidden" not in event.get("tags", ()):
            if event["event"] == "on_tool_end":
                _add_message_ids(event["data"].get("output"))
            yield (), "events", event


def _add_message_ids(output: Any) -> None:
    """Give the messages of a tool their ids now, which the reducer of the state keeps.

    Otherwise the event has none, and clients cannot find the message that belongs to it.
    """
    given = output.update if isinstance(output, Command) else output
    inside = given.get("messages", ()) if isinstance(given, Mapping) else given
    for message in inside if isinstance(inside, list | tuple) else [inside]:
        if isinstance(message, ToolMessage) and message.id is None:
            message.id = str(uuid4())


async def parts_for_protocol(
    graph: Graph, given: Any, config: RunnableConfig, options: JsonObject
) -> AsyncIterator[Part]:
    """Yield what the event protocol needs: all modes, of subgraphs too, and messages as events.

    These include what the transformers of the graph add, such as the `tools` of agents.
    """
    others = {name: options[name] for name in options if name not in _NOT_FOR_PROTOCOL}
    stream = await graph.astream_events(
        given, config, version="v3", transformers=[_AllModes], **others
    )
    async with stream:
        async for event in stream:
            mode = event["method"]
            params: JsonObject = dict(event["params"])
            if mode == "tools":
                _add_message_ids(params["data"].get("output"))
            yield tuple(params["namespace"]), mode, _chunk(mode, params)


def _chunk(mode: str, params: JsonObject) -> Any:
    """Return the chunk as `astream` gives it."""
    data = params["data"]
    if mode == "messages" and isinstance(data, tuple):  # (event, metadata)
        return data[0]
    if mode != "values":
        return data
    values = _fields(data)
    interrupts = params.get("interrupts")
    if not interrupts:
        return values
    return {**(values if isinstance(values, Mapping) else {}), INTERRUPT: interrupts}


def _fields(state: Any) -> Any:
    """Return the channels of a state that is an object of the graph's own class."""
    if isinstance(state, BaseModel):
        return dict(state)
    if is_dataclass(state) and not isinstance(state, type):
        return {each.name: getattr(state, each.name) for each in fields(state)}
    return state
