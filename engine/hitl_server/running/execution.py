"""One run of one graph: its input, its events, and how it ended."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl
from langgraph.types import Command, Send
from pydantic import TypeAdapter

from hitl_server.json_encoding import error_body
from hitl_server.json_types import JsonObject
from hitl_server.project.graphs import Graph
from hitl_server.project.import_errors import own_traceback
from hitl_server.project_code import in_own_task, raised
from hitl_server.request_models import is_resume_map
from hitl_server.reserved_keys import STRICT_RESUME
from hitl_server.running.graph_stream import Part, parts, parts_for_protocol, parts_with_events
from hitl_server.running.printed_output import PrintedOutput
from hitl_server.state_columns import INTERRUPT, Breakpoint
from hitl_server.streams.events import EventTranslator, reports_interrupt
from hitl_server.streams.protocol_events import ProtocolEvents
from hitl_server.streams.run_stream import RunResult, RunStream
from hitl_server.tables.run_table import Run, RunStatus
from hitl_server.thread_state import breakpoint_between

_CONFIG_KEYS = ("tags", "recursion_limit", "max_concurrency", "run_name")


class NothingPending(Exception):
    """An answer without an id waited for another run, and then there was nothing to answer."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended."""

    status: RunStatus
    error: JsonObject | None = None
    traceback: str = ""
    """Where the project's own code raised the error."""

    @property
    def stored_error(self) -> JsonObject | None:
        """The error for the row of the run, with its traceback."""
        return {**self.error, "traceback": self.traceback} if self.error else None

    @classmethod
    def failed(cls, error: BaseException) -> "RunEnd":
        """Return the end of a run that raised an error."""
        return cls("error", error_body(error), own_traceback(raised(error)))


@dataclass(slots=True)
class Execution:
    """Runs a graph once, sends its events to the stream, and collects its result.

    Events that report an interrupt are kept in `delayed_events`, to be sent when the checkpoint
    and the rows are on disk; with them those that must come after them.
    """

    run: Run
    stream: RunStream
    result: RunResult
    protocol: ProtocolEvents
    control: RunControl
    """Stops the run before its next step, if a client requests it."""
    pending: Sequence[str] = ()
    """Ids of the interrupts that are pending at the start of the run."""
    delayed_events: list[tuple[str, Any]] = field(default_factory=list)
    _ran: list[str] = field(default_factory=list)
    _last_step: list[str] = field(default_factory=list)
    _stopped: bool = False
    _paused: bool = False

    async def run_graph(self, graph: Graph) -> RunEnd:
        """Run the graph until it ends, fails or waits; return how. Errors are part of `RunEnd`.

        Raises only `asyncio.CancelledError`.
        """
        self.protocol.begin()
        try:
            with PrintedOutput(self.stream.send_printed).collected():
                await in_own_task(self._stream_graph(graph))
        except GraphDrained:
            self._paused = True
        except Exception as error:  # noqa: BLE001  user code
            return RunEnd.failed(error)
        return RunEnd("success")

    def reached_breakpoint(self, graph: Graph, following: Sequence[str]) -> Breakpoint | None:
        """Return the breakpoint at which the run stopped, if it did; a pause is one, too."""
        if self._paused and following:
            return Breakpoint("before", following[0])
        if not self._stopped:
            return None
        return breakpoint_between(self._last_step, following, *breakpoints(graph, self.run.kwargs))

    async def _stream_graph(self, graph: Graph) -> None:
        kwargs = self.run.kwargs
        given, strict = self._input()
        translation = EventTranslator(kwargs["stream_mode"])
        options: JsonObject = {
            "context": _context(graph, kwargs["context"]),
            "stream_mode": translation.modes,
            "output_keys": graph.output_channels,
            "interrupt_before": kwargs["interrupt_before"],
            "interrupt_after": kwargs["interrupt_after"],
            "durability": kwargs["durability"],
            "subgraphs": kwargs["subgraphs"],
            "control": self.control,
        }
        config = self.config
        if strict:
            config["configurable"][STRICT_RESUME] = True
        source = self._source(translation)
        async for namespace, mode, chunk in source(graph, given, config, options):
            if not namespace:
                self._collect(mode, chunk)
            self.protocol.add(namespace, mode, chunk)
            for name, payload in translation.events(namespace, mode, chunk):
                if reports_interrupt(mode, chunk) or self._follows_delayed(name, mode):
                    self.delayed_events.append((name, payload))
                else:
                    self.stream.send(name, payload)

    def _source(self, translation: EventTranslator) -> Callable[..., AsyncIterator[Part]]:
        if self.run.kwargs.get("event_protocol"):
            return parts_for_protocol
        return parts_with_events if translation.includes_events else parts

    def _follows_delayed(self, name: str, mode: str) -> bool:
        """Whether an event has newer values than a delayed one, and so must stay behind it.

        After an interrupt, LangGraph sends the values once more, with the writes of the tasks that
        ended beside it. All other events of such tasks are sent at once.
        """
        return mode == "values" and any(name == delayed for delayed, _ in self.delayed_events)

    def _collect(self, mode: str, chunk: Any) -> None:
        """Collect the result, and the nodes of the last step."""
        self.result.add(mode, chunk)
        if mode == "updates" and isinstance(chunk, dict):
            if chunk.get(INTERRUPT) == ():
                self._stopped = True
            self._ran += [node for node in chunk if not node.startswith("__")]
        elif mode == "values":
            self._last_step, self._ran = self._ran, []

    def _input(self) -> tuple[Any, bool]:
        """Return the input of the graph, and whether its answers must match pending interrupts.

        A single answer to a single interrupt gets the id of that interrupt here. So it cannot
        answer another one, LangGraph does not store it for a replay, and null or an empty object
        reach the node.
        """
        command = self.run.kwargs["command"]
        if not command:
            return self.run.kwargs["input"], False
        resume, addressed = command.get("resume"), is_resume_map(command.get("resume"))
        if (
            not addressed
            and "resume" in command
            and len(self.pending) == 1
            and not self.run.is_at_checkpoint
        ):
            resume, addressed = {self.pending[0]: resume}, True
        elif (
            not addressed
            and "resume" in command
            and not (self.pending or self.run.is_at_checkpoint)
        ):
            raise NothingPending("No interrupt was pending when this run began.")
        if resume is None and not command.get("update") and not command.get("goto"):
            return None, False  # langgraph raises an UnboundLocalError for a command without effect
        return command_of({**command, "resume": resume}), addressed

    @property
    def config(self) -> RunnableConfig:
        """The config of the run, as its graph and its graph factory get it."""
        stored = self.run.kwargs["config"]
        configurable = {
            key: value
            for key, value in stored["configurable"].items()
            if not key.startswith("__pregel")
        } | self.run.caller.configurable
        config: RunnableConfig = {
            "configurable": configurable,
            "metadata": {**stored["metadata"], "run_attempt": 1},
            "run_id": UUID(self.run.run_id),
        }
        given = {key: stored[key] for key in _CONFIG_KEYS if stored.get(key) is not None}
        return config | cast(RunnableConfig, given)


def breakpoints(graph: Graph, kwargs: Mapping[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the nodes before and after which a run stops: from the run, or else from the graph."""
    before = kwargs.get("interrupt_before") or graph.interrupt_before_nodes or ()
    after = kwargs.get("interrupt_after") or graph.interrupt_after_nodes or ()
    return before, after


def command_of(given: Mapping[str, Any]) -> Command[Any]:
    """Return the command of a request as LangGraph takes it."""
    update, goto = _update(given.get("update")), _goto(given.get("goto"))
    return Command(resume=given.get("resume"), update=update, goto=goto)


def _update(update: Any) -> Any:
    pairs = isinstance(update, list) and all(
        isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in update
    )
    return [tuple(pair) for pair in update] if pairs else update


def _goto(goto: Any) -> Any:
    targets = goto if isinstance(goto, list) else [goto] if goto else []
    return [
        target if isinstance(target, str) else Send(target["node"], target.get("input"))
        for target in targets
    ]


def _context(graph: Graph, given: JsonObject) -> Any:
    """Return the context for a run: the given fields that the graph's schema has."""
    if graph.context_schema is None:
        return given or None
    schema: Any = graph.context_schema
    known, required = _context_fields(schema)
    context = {key: given[key] for key in given if key in known} if known else given
    return context if context or not required else None


@lru_cache
def _context_fields(schema: Any) -> tuple[frozenset[str], bool]:
    """Return the fields of a context schema, and whether one of them is required."""
    try:
        shape = TypeAdapter(schema).json_schema()
    except Exception:  # noqa: BLE001  types that pydantic cannot describe are passed as given
        return frozenset(), False
    return frozenset(shape.get("properties", ())), bool(shape.get("required"))
