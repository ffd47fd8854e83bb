"""What clients may send, as pydantic models. Unknown fields are ignored, as in langgraph-api."""

import re
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
)

from hitl_server.body_types import (
    LONGEST_NAME,
    Body,
    FewNames,
    Limit,
    ListOf,
    Metadata,
    Offset,
    SortOrder,
    Storable,
    StorableObject,
    Text,
    storable,
)
from hitl_server.json_encoding import dumps
from hitl_server.json_types import JsonObject
from hitl_server.state_columns import RequiredState

_INTERRUPT_ID = re.compile(r"[0-9a-f]{32}")

StreamMode: TypeAlias = Literal[
    "values",
    "updates",
    "messages",
    "messages-tuple",
    "tasks",
    "checkpoints",
    "debug",
    "custom",
    "events",
]


def _writable(value: Any) -> Any:
    """Refuse values that cannot be written as JSON: those nested too deeply."""
    try:
        dumps(value)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    return value


def _not_supported(sentence: str) -> BeforeValidator:
    """Refuse a field of langgraph-api that this server does not support, instead of ignoring it."""

    def refuse(value: Any) -> Any:
        if value:
            raise ValueError(sentence)
        return value

    return BeforeValidator(refuse)


def _only(permitted: str, sentence: str) -> AfterValidator:
    """Refuse other values of langgraph-api than the one that this server supports."""

    def check(value: str) -> str:
        if value != permitted:
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def _bindable(wanted: dict[str, Any]) -> dict[str, Any]:
    """Refuse integers that SQLite cannot compare."""
    if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in wanted.values()):
        raise ValueError("an integer is beyond 64 bits")
    return wanted


Writable: TypeAlias = Annotated[Any, AfterValidator(_writable)]
WritableObject: TypeAlias = Annotated[dict[str, Any], AfterValidator(_writable)]
Nodes: TypeAlias = Literal["*"] | ListOf[str]
JsonPath: TypeAlias = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$", max_length=1000)
]
"""Names joined by dots, as langgraph's SQLite statements can take them."""


def is_resume_map(resume: Any) -> bool:
    """Whether LangGraph reads this answer as a map from interrupt ids; an empty object is one."""
    return isinstance(resume, dict) and all(map(_INTERRUPT_ID.fullmatch, resume))


class CheckpointConfig(Body):
    """A checkpoint of a thread, of the root graph or of a subgraph."""

    thread_id: Text | None = None
    checkpoint_ns: Text | None = None
    checkpoint_id: Text | None = None
    checkpoint_map: Annotated[dict[Text, Text], FewNames] | None = None

    def configurable(self) -> JsonObject:
        """Return the given fields, as langgraph expects them in `configurable`."""
        return self.model_dump(include=set(CheckpointConfig.model_fields), exclude_none=True)


class Send(Body):
    """`Send` of langgraph: a node, and what it gets instead of the state."""

    node: Text
    input: Writable = None


class Command(Body):
    """`Command` of langgraph."""

    resume: Writable = None
    update: WritableObject | Annotated[list[Any], AfterValidator(_writable)] | None = None
    goto: Text | Send | ListOf[Text | Send] | None = None


class Preconditions(Body):
    """The state that a decision was based on. If it has changed, the request is refused (409)."""

    checkpoint_id: str | None = None
    """The newest checkpoint of the thread."""
    interrupt_ids: ListOf[str] | None = None
    """Interrupts that must still be pending; with an empty list, none may be."""
    payload_digests: Annotated[dict[Text, Text], FewNames] | None = None
    """What the tasks that ask these interrupts must ask (`payload_digests.py`), by interrupt id."""
    last_run_id: Text | None = None
    """The newest run of the thread."""
    first_answer: str | None = None
    """The `answer_digest` of the first of two answers that the client has seen; empty for none."""
    fork: bool = False
    """Whether an answer at an older checkpoint is meant: it starts a second branch there."""


class RunBody(Body):
    """The body of every request that starts a run."""

    assistant_id: str
    input: Writable = None
    command: Command | None = None
    metadata: WritableObject | None = None
    config: WritableObject | None = None
    context: WritableObject | None = None
    checkpoint: CheckpointConfig | None = None
    checkpoint_id: str | None = None
    interrupt_before: Nodes | None = None
    interrupt_after: Nodes | None = None
    stream_mode: StreamMode | ListOf[StreamMode] | None = None
    stream_subgraphs: bool = False
    stream_resumable: bool = False
    stream_thread: bool = False
    """Whether the stream ends with an event `thread`: the row as `GET /threads/{id}` returns it."""
    stream_printed: bool = False
    """Whether the stream has an event `printed` for each line that a node printed."""
    multitask_strategy: Literal["reject", "enqueue", "interrupt", "rollback"] | None = None
    on_disconnect: Literal["continue", "cancel"] = "continue"
    on_completion: Literal["delete", "keep"] = "delete"
    if_not_exists: Literal["create", "reject"] = "reject"
    durability: Literal["sync", "async", "exit"] | None = None
    checkpoint_during: bool | None = None
    preconditions: Preconditions | None = None
    after_seconds: float = Field(default=0, ge=0, le=366 * 24 * 3600)
    webhook: str | None = None

    @property
    def stream_modes(self) -> list[str]:
        """The stream modes that the client requested; `values` by default."""
        if isinstance(self.stream_mode, str):
            return [self.stream_mode]
        return list(self.stream_mode or ["values"])

    @cached_property
    def given_command(self) -> JsonObject:
        """The fields of the command without those that mean nothing; empty if it is no command.

        Some clients always send all three fields, and some a command next to an input. So a null
        counts only as `{"resume": null}` alone, without an input: that answers with null.
        """
        if self.command is None:
            return {}
        fields = self.command.model_dump(exclude_unset=True)
        if fields == {"resume": None} and self.input is None:
            return fields
        return {name: value for name, value in fields.items() if value is not None}

    @property
    def follows_protocol(self) -> bool:
        """Whether the events of the run are made for the event protocol."""
        return False

    @property
    def resumes(self) -> bool:
        """Whether this run answers an interrupt."""
        return "resume" in self.given_command

    @property
    def continues(self) -> bool:
        """Whether this run continues where its thread waits: an answer, or a step."""
        command = self.given_command
        moves = command.get("update") or command.get("goto")
        return self.at_checkpoint is None and (self.resumes or (self.input is None and not moves))

    @property
    def at_checkpoint(self) -> str | None:
        """The checkpoint of the root graph at which the run is to start; None for the newest."""
        given = self.checkpoint or CheckpointConfig()
        if given.checkpoint_ns:  # then the id is that of the subgraph
            return (given.checkpoint_map or {}).get("")
        configurable = (self.config or {}).get("configurable") or {}
        in_config = configurable.get("checkpoint_id") if isinstance(configurable, dict) else None
        return given.checkpoint_id or self.checkpoint_id or in_config

    @property
    def required_state(self) -> RequiredState:
        """What the preconditions require, and what an answer requires in any case.

        An answer at an older checkpoint would run the nodes after it again, also a tool call that
        somebody has approved since. An answer without an id answers whatever is pending.
        """
        given = self.preconditions or Preconditions()
        at = None if given.fork or not self.resumes else self.at_checkpoint
        return RequiredState(
            frozenset(filter(None, (given.checkpoint_id, at))),
            given.interrupt_ids,
            self.resumes and not given.fork and not is_resume_map(self.given_command["resume"]),
            given.payload_digests,
            given.last_run_id,
            given.first_answer,
        )


class ProtocolRunBody(RunBody):
    """A run that a command of the event protocol starts."""

    @property
    def follows_protocol(self) -> bool:
        """Whether the events of the run are made for the event protocol."""
        return True


class RunsCancel(Body):
    """`POST /runs/cancel`."""

    status: Literal["pending", "running", "all"] | None = None
    thread_id: UUID | None = None
    run_ids: ListOf[UUID] | None = None


class ThreadTtl(Body):
    """When a thread expires: it is deleted some minutes after the request."""

    strategy: Annotated[
        Literal["delete", "keep_latest"],
        _only("delete", "This server only deletes whole threads, when they expire."),
    ] = "delete"
    ttl: float | None = Field(default=None, allow_inf_nan=False)


class SuperstepUpdate(Body):
    """What one node wrote in a step: values, or a command."""

    values: WritableObject | Annotated[list[Any], AfterValidator(_writable)] | None = None
    command: Command | None = None
    as_node: Text


class Superstep(Body):
    """What the nodes of one step wrote."""

    updates: ListOf[SuperstepUpdate]


class ThreadCreate(Body):
    """`POST /threads`."""

    thread_id: UUID | None = None
    metadata: Metadata | None = None
    if_exists: Literal["raise", "do_nothing"] | None = None
    ttl: ThreadTtl = ThreadTtl()
    supersteps: ListOf[Superstep] = Field(default_factory=list)


class ThreadPatch(Body):
    """`PATCH /threads/{id}`: metadata is merged, key by key."""

    metadata: Metadata | None = None
    ttl: ThreadTtl = ThreadTtl()


class ThreadPrune(Body):
    """`POST /threads/prune`."""

    thread_ids: ListOf[UUID]
    strategy: Literal["delete", "keep_latest"] = "delete"


class StateBody(Body):
    """`POST /threads/{id}/state`."""

    values: WritableObject | Annotated[list[Any], AfterValidator(_writable)] | None = None
    as_node: Text | None = None
    checkpoint: CheckpointConfig | None = None
    checkpoint_id: Text | None = None
    preconditions: Preconditions | None = None

    @property
    def required_state(self) -> RequiredState:
        """What the preconditions require; nothing without them."""
        given = self.preconditions or Preconditions()
        return RequiredState(
            frozenset(filter(None, (given.checkpoint_id,))),
            given.interrupt_ids,
            payload_digests=given.payload_digests,
            last_run_id=given.last_run_id,
        )


_Name: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(storable)
]


class PresenceBody(Body):
    """`PUT /threads/{id}/presence`."""

    console: _Name
    """Any id that this console alone has."""
    name: _Name | None = None
    """The name of its user, for a server that does not know it."""


class ClaimBody(Body):
    """`PUT /threads/{id}/claim`."""

    name: _Name | None = None
    instead_of: Text | None = None
    """The id of the claim that is taken over."""


class StateAt(Body):
    """`POST /threads/{id}/state/checkpoint`."""

    checkpoint: CheckpointConfig
    subgraphs: StrictBool = False


class Before(CheckpointConfig):
    """The checkpoint before which the history begins, or the config that points to it."""

    configurable_: CheckpointConfig | None = Field(default=None, alias="configurable")


class HistorySearch(Body):
    """`POST /threads/{id}/history`."""

    limit: Limit = 1
    before: Text | Before | None = None
    metadata: Annotated[dict[JsonPath, Storable], FewNames, AfterValidator(_bindable)] | None = None
    checkpoint: CheckpointConfig | None = None


class Config(BaseModel):
    """The config of runs. Keys that langgraph does not know are kept."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Storable]

    tags: ListOf[Text] | None = None
    recursion_limit: int | None = Field(default=None, ge=1, lt=2**31, strict=True)
    configurable: StorableObject | None = None


class AssistantPatch(Body):
    """`PATCH /assistants/{id}`: creates a new version; metadata is merged, key by key."""

    graph_id: Text | None = None
    config: Config | None = None
    context: StorableObject | None = None
    metadata: Metadata | None = None
    name: Text | None = None
    description: Text | None = None


class AssistantCreate(AssistantPatch):
    """`POST /assistants`."""

    graph_id: Text
    assistant_id: UUID | None = None
    if_exists: Literal["raise", "do_nothing"] | None = None


class AssistantCount(Body):
    """`POST /assistants/count`."""

    graph_id: Text | None = None
    name: Text | None = None
    metadata: StorableObject | None = None


class AssistantSearch(AssistantCount):
    """`POST /assistants/search`."""

    limit: Limit = 10
    offset: Offset = 0
    sort_by: Literal["assistant_id", "graph_id", "name", "created_at", "updated_at"] | None = None
    sort_order: SortOrder | None = None
    select: ListOf[str] | None = None


class VersionSearch(Body):
    """`POST /assistants/{id}/versions`."""

    metadata: StorableObject | None = None
    limit: Limit = 10
    offset: Offset = 0


class VersionChoice(Body):
    """`POST /assistants/{id}/latest`."""

    version: int = Field(ge=1, lt=2**63, strict=True)


Label: TypeAlias = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^.\x00]+$")]
Namespace: TypeAlias = Annotated[list[Label], Field(fail_fast=True, max_length=100)]
ItemKey: TypeAlias = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]+$")]


class ItemDelete(Body):
    """`DELETE /store/items`."""

    namespace: Namespace = Field(default_factory=list)
    key: ItemKey


class ItemPut(ItemDelete):
    """`PUT /store/items`."""

    value: StorableObject
    index: Annotated[
        Literal[False] | None,
        _not_supported("This server has no semantic search and no index of items."),
    ] = None
    ttl: float | None = Field(default=None, gt=0, le=52_560_000)
    """Minutes until the item expires, at most a hundred years; null for never."""


Scalar: TypeAlias = Annotated[str | bool | int | float | None, AfterValidator(storable)]
Comparison: TypeAlias = Annotated[
    dict[Literal["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"], Storable], FewNames
]


class ItemSearch(Body):
    """`POST /store/items/search`."""

    namespace_prefix: Namespace | None = None
    filter: Annotated[dict[JsonPath, Comparison | Scalar], FewNames] | None = None
    limit: Limit = 10
    offset: Offset = 0
    query: Annotated[None, _not_supported("This server has no semantic search. Use `filter`.")] = (
        None
    )
    refresh_ttl: StrictBool | None = None


class NamespaceSearch(Body):
    """`POST /store/namespaces`; the label `*` matches any label."""

    prefix: Namespace | None = None
    suffix: Namespace | None = None
    max_depth: int | None = Field(default=None, ge=1, le=1000, strict=True)
    limit: Limit = 100
    offset: Offset = 0
