"""What a LangGraph server sends, limited to what the desk reads.

Lenient on purpose: unknown keys are ignored and most keys may be missing, because servers differ
by age and maker. Values are kept as they came. Source: the OpenAPI document of
langgraph-api 0.16.7, and the older interrupt of the LangGraph guide.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hitl_engine.reading.shapes import Shape

DECISION_ID = "hitl_decision_id"
"""Key of the decision id in what a run carries, and so in the metadata of its checkpoints."""
JOURNAL_HEAD = "hitl_journal_head"
"""Key of the newest row's hash in the journal that a run was sent from: `ID OF THE JOURNAL:HASH`."""
RULES = "hitl_rule"
"""Key in what a run carries whose answer standing rules decided: their names, `a` or `a, b`."""
RULE_DIGESTS = "hitl_rule_digest"
"""Key of the digests of these rules, in the same order."""
REVIEWER = "hitl_reviewer"
"""Key of the configured name of the user, in the metadata of the runs that they send."""
EVENT = "hitl_event"
"""Key of what a run is sent for, as the journal has it: `answer`, `step`, `reopen`, `rerun`, …"""
LOG_REASON = "hitl_log_reason"
"""Key of the reasons for the log in what a run carries, where the user wants them there."""
KEPT_IN_CONFIG = "hitl_sent_with"
"""Key in the metadata of a run's config: the breakpoints that it was sent with."""
_SENT = ("input", "config", "context")


def error_text(error: Any) -> str:
    """Return an error in words: servers send a text, an object, or the JSON of one (JavaScript)."""
    if isinstance(error, str):
        with suppress(ValueError, RecursionError):
            return error_text(json.loads(error)) if error.startswith("{") else error
    match error:
        case {"error": kind, "message": message} | {"name": kind, "message": message}:
            return f"{kind}: {message}"
        case _:
            return str(error)


@dataclass(frozen=True, kw_only=True, slots=True)
class WireExactValue(Shape):
    """What a value of a payload really is, where JSON cannot carry it."""

    path: tuple[str | int, ...]
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WireInterrupt(Shape):
    """`{"value", "id", "response_schema"?}`; older: `{"value", "resumable", "ns", "when"}`."""

    id: str
    value: Any = None
    response_schema: dict[str, Any] | None = None
    exact_values: tuple[WireExactValue, ...] = ()
    """Only our own server sends them."""
    since: datetime | None = None
    """When it was asked; only our own server sends it, in the tasks of a thread's row."""

    @classmethod
    def prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Older servers send the namespace instead of the id that is its hash."""
        if data.get("id"):
            return data
        import xxhash  # only older servers need it

        namespace = data.get("ns")
        path = "|".join(map(str, namespace if isinstance(namespace, list) else []))
        known = data.get("interrupt_id") or xxhash.xxh3_128_hexdigest(path.encode())
        return {**data, "id": known}


@dataclass(frozen=True, kw_only=True, slots=True)
class WireCheckpoint(Shape):
    """A pointer to a checkpoint."""

    checkpoint_id: str | None = None
    checkpoint_ns: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WireTask(Shape):
    """A task of a step: what runs next, or waits."""

    id: str
    name: str
    path: tuple[Any, ...] = ()
    """`("__pregel_push", n, …)` for the task of the nth `Send`."""
    error: Any = None
    interrupts: tuple[WireInterrupt, ...] = ()
    checkpoint: WireCheckpoint | None = None
    result: Any = None
    state: "WireState | None" = None
    """Of the subgraph that runs in this task, where it was asked for."""

    @classmethod
    def prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Aegra sends the pointer to the state of a subgraph in the place of this state."""
        if "error" in data:
            data["error"] = error_text(data["error"])
        match data:
            case {"state": {"configurable": pointer, **others}} if not others:
                return {**data, "state": None, "checkpoint": pointer}
        return data


@dataclass(frozen=True, kw_only=True, slots=True)
class WireBreakpoint(Shape):
    """Where a run stopped without a question; only our own server sends it."""

    when: str
    node: str
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WireState(Shape):
    """The state of a thread at one checkpoint."""

    values: Any = None
    next: tuple[str, ...] = ()
    tasks: tuple[WireTask, ...] = ()
    checkpoint: WireCheckpoint | None = None
    parent_checkpoint: WireCheckpoint | None = None
    created_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def checkpoint_id(self) -> str:
        """The id of its checkpoint, or nothing before the first one."""
        return (self.checkpoint and self.checkpoint.checkpoint_id) or ""

    @property
    def run_id(self) -> str | None:
        """The run that wrote it, if its metadata tell."""
        run_id = self.metadata.get("run_id")
        return run_id if isinstance(run_id, str) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class WireUpdate(Shape):
    """The result of writing into a state."""

    checkpoint: WireCheckpoint = WireCheckpoint()


@dataclass(frozen=True, kw_only=True, slots=True)
class WireFourEyes(Shape):
    """That a thread needs the same answer from two reviewers."""

    rules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of the rules for each interrupt that they apply to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WireApproval(Shape):
    """The first of two answers."""

    name: str
    at: datetime | None = None
    answer_digest: str = ""
    answer: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WireThread(Shape):
    """A row of the list of threads: a summary, which on some servers can be wrong."""

    thread_id: str
    status: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    """When anything of the row changed, its metadata included."""
    state_updated_at: datetime | None = None
    """When a run last ended on the thread, or its state was written."""
    metadata: dict[str, Any] = field(default_factory=dict)
    values: Any = None
    error: Any = None
    interrupts: dict[str, Any] | None = None
    """None on `langgraph dev` for a thread on which nothing ran, and for a copied one."""
    next: tuple[str, ...] = ()
    tasks: tuple[WireTask, ...] | None = None
    """Our own server derives the row from the state and adds its tasks; others leave them out."""
    checkpoint_id: str | None = None
    breakpoint: WireBreakpoint | None = None
    code_changed: str | None = None
    """That the code of the graph changed after the server imported it; only our own sends it."""
    presence: Any = None
    """Who is on the thread, see `ToldPresence`; only our own server sends it, where anybody is."""
    last_run: "WireRun | None" = None
    """The newest run; our own server sends it with the row of one thread."""
    four_eyes: WireFourEyes | None = None
    """Set while two reviewers must answer; our own server sends it (flag `four_eyes`)."""
    approvals: tuple[WireApproval, ...] | None = None
    """The answers that were sent until then; only with `four_eyes`."""

    @classmethod
    def prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """A row that does not map ids to interrupts tells nothing of them; its state does."""
        if not isinstance(data.get("interrupts"), Mapping):
            data.pop("interrupts", None)
        return data

    @property
    def graph_id(self) -> str:
        """The graph that ran on the thread, or nothing if none did."""
        return str(self.metadata.get("graph_id") or "")


@dataclass(frozen=True, kw_only=True, slots=True)
class OddThread(WireThread):
    """A row in a shape that is not known; only its id, and what orders the list, could be read."""

    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WireRun(Shape):
    """A run. `success` means that it ended, perhaps at an interrupt.

    `interrupted`: cancelled; on Aegra also that it ended at an interrupt.
    """

    run_id: str
    thread_id: str
    assistant_id: str
    status: str
    created_at: datetime | None = None
    updated_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    kwargs: dict[str, Any] = field(default_factory=dict)
    error: Any = None
    """`{"error", "message", "traceback"?}`: how it failed; only our own server sends it."""

    @classmethod
    def prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Take what a run was sent with from where a server without `kwargs` keeps it.

        Aegra keeps input, config and context beside the run's id, and forgets metadata and
        breakpoints; so `KEPT_IN_CONFIG` has them for the runs that were started from here.
        """
        if "kwargs" in data:
            return data
        sent = {name: data[name] for name in _SENT if data.get(name) is not None}
        config = sent.get("config")
        noted = config.get("metadata") if isinstance(config, Mapping) else None
        if not isinstance(noted, Mapping):
            return {**data, "kwargs": sent}
        kept = noted.get(KEPT_IN_CONFIG)
        metadata = {key: value for key, value in noted.items() if key != KEPT_IN_CONFIG}
        return {
            **data,
            "metadata": {**metadata, **(data.get("metadata") or {})},
            "kwargs": {**sent, **(kept if isinstance(kept, Mapping) else {})},
        }

    @property
    def traceback(self) -> str:
        """Where the graph's own code raised the error, or nothing."""
        found = self.error.get("traceback") if isinstance(self.error, Mapping) else None
        return found if isinstance(found, str) else ""

    @property
    def server_died(self) -> bool:
        """Whether our own server ended while this run was in progress."""
        return isinstance(self.error, Mapping) and self.error.get("error") == "EngineDied"


@dataclass(frozen=True, kw_only=True, slots=True)
class WireAssistant(Shape):
    """A graph with its settings, on which runs are started."""

    assistant_id: str
    graph_id: str
    name: str | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None
    version: int | None = None
    config: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WireItem(Shape):
    """An item of the store."""

    namespace: tuple[str, ...]
    key: str
    value: Any = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WireItems(Shape):
    """One page of items."""

    items: tuple[WireItem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WireNamespaces(Shape):
    """One page of the namespaces that have items."""

    namespaces: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WireSchemas(Shape):
    """The JSON Schemas of an assistant.

    On Python 3.11 a server has no input schema for a `typing.TypedDict`, but a state schema.
    """

    input_schema: dict[str, Any] | None = None
    output_schema: dict[str, Any] | None = None
    state_schema: dict[str, Any] | None = None
    config_schema: dict[str, Any] | None = None
    context_schema: dict[str, Any] | None = None
    reducers: dict[str, str | None] | None = None
    """How each key of the state takes a write; only our own server sends it (flag `reducers`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WireNode(Shape):
    """A node of a graph's picture."""

    id: str | int
    metadata: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """The name of the node; inside a subgraph `outer:inner`."""
        return str(self.id)

    @property
    def compiled_stops(self) -> str:
        """`before`, `after`, `before,after` or nothing: its compile-time breakpoints."""
        return str((self.metadata or {}).get("__interrupt", ""))


@dataclass(frozen=True, kw_only=True, slots=True)
class WireEdge(Shape):
    """An edge of a graph's picture."""

    source: str | int
    target: str | int
    conditional: bool = False
    data: Any = None
    """What the function that chooses the edge returns for it."""

    @property
    def label(self) -> str:
        """What the function returns, as text."""
        return "" if self.data is None else str(self.data)


@dataclass(frozen=True, kw_only=True, slots=True)
class WireGraph(Shape):
    """The picture of a graph."""

    nodes: tuple[WireNode, ...] = ()
    edges: tuple[WireEdge, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WireBrokenGraph(Shape):
    """A graph that our own server could not import."""

    graph_id: str
    what: str
    traceback: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WireChangedGraph(Shape):
    """A graph whose code changed after our own server imported it."""

    graph_id: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WirePrinted(Shape):
    """A line that a node printed; only our own server sends it."""

    text: str
    node: str = ""
    """Empty for what the graph printed outside of its nodes."""
    namespace: tuple[str, ...] = ()
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WireInfo(Shape):
    """A server's description of itself."""

    name: str = ""
    """The name of the software, where it is not LangGraph's own."""
    version: str = ""
    langgraph_py_version: str = ""
    """The version of LangGraph, where it runs graphs in Python."""
    flags: dict[str, Any] = field(default_factory=dict)
    identity: str | None = None
    caller: str | None = None
    """The name of this client's user, where our own server knows it better than the client."""
    nodes: dict[str, frozenset[str]] = field(default_factory=dict)
    """The nodes of each graph, unless a factory makes it; only our own server sends them."""
    graphs_broken: tuple[WireBrokenGraph, ...] = ()
    graphs_changed: tuple[WireChangedGraph, ...] = ()
    graphs_coming: tuple[str, ...] = ()
    """Graphs that our own server is still importing: until then it answers lists only."""
    remarks: tuple[str, ...] = ()
    """About the settings of the project, for a person."""
    read_only: str = ""
    """Why nothing can be changed, where that is so; only a story in a file tells it."""
