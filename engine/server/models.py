"""What clients may send, as pydantic models; unknown fields are ignored, as langgraph-api does."""

from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Json: TypeAlias = dict[str, Any]
Nodes: TypeAlias = Literal["*"] | list[str]
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
ThreadStatus: TypeAlias = Literal["idle", "busy", "interrupted", "error"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Command(_Body):
    """`Command` of langgraph; which of the fields were given matters, null answers are answers."""

    resume: Any = None
    update: Json | list[Any] | None = None
    goto: Any = None


class Preconditions(_Body):
    """What a decision was made on. The run is refused (409) where it no longer holds."""

    checkpoint_id: str | None = None
    """The newest checkpoint of the thread."""
    interrupt_ids: list[str] | None = None
    """Interrupts that must be pending still; an empty list: none may be."""


class RunBody(_Body):
    """The body of every request that starts a run."""

    assistant_id: str
    input: Any = None
    command: Command | None = None
    metadata: Json | None = None
    config: Json | None = None
    context: Json | None = None
    checkpoint: Json | None = None
    checkpoint_id: str | None = None
    interrupt_before: Nodes | None = None
    interrupt_after: Nodes | None = None
    stream_mode: StreamMode | list[StreamMode] | None = None
    stream_subgraphs: bool = False
    stream_resumable: bool = False
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
        """The modes the client asked for; values if it asked for none."""
        if isinstance(self.stream_mode, str):
            return [self.stream_mode]
        return list(self.stream_mode or ["values"])

    @property
    def resumes(self) -> bool:
        """Whether this run answers an interrupt.

        A null `resume` counts when it stands alone; beside `update` or `goto` it is a field
        that some client always sends.
        """
        if self.command is None or "resume" not in self.command.model_fields_set:
            return False
        return self.command.resume is not None or self.command.model_fields_set == {"resume"}


class RunsCancel(_Body):
    """`POST /runs/cancel`."""

    status: Literal["pending", "running", "all"] | None = None
    thread_id: UUID | None = None
    run_ids: list[UUID] | None = None


class ThreadCreate(_Body):
    """`POST /threads`."""

    thread_id: str | None = None
    metadata: Json | None = None
    if_exists: Literal["raise", "do_nothing"] | None = None


class ThreadPatch(_Body):
    """`PATCH /threads/{id}`: metadata is merged, key by key."""

    metadata: Json | None = None


class ThreadCount(_Body):
    """`POST /threads/count`."""

    status: ThreadStatus | None = None
    metadata: Json | None = None
    values: Json | None = None
    ids: list[UUID] | None = None


class ThreadSearch(ThreadCount):
    """`POST /threads/search`."""

    limit: int = Field(default=10, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, lt=2**63)
    sort_by: (
        Literal["thread_id", "status", "created_at", "updated_at", "state_updated_at"] | None
    ) = None
    sort_order: Literal["asc", "desc", "ASC", "DESC"] | None = None
    select: list[str] | None = None


class StateUpdate(_Body):
    """`POST /threads/{id}/state`."""

    values: Any = None
    as_node: str | None = None
    checkpoint: Json | None = None
    checkpoint_id: str | None = None


class StateAt(_Body):
    """`POST /threads/{id}/state/checkpoint`."""

    checkpoint: Json
    subgraphs: bool = False


class HistorySearch(_Body):
    """`POST /threads/{id}/history`."""

    limit: int = Field(default=1, ge=1, le=1000)
    before: str | Json | None = None
    metadata: Json | None = None
    checkpoint: Json | None = None


class AssistantSearch(_Body):
    """`POST /assistants/search` and `/assistants/count`."""

    graph_id: str | None = None
    name: str | None = None
    metadata: Json | None = None
    limit: int = Field(default=10, ge=1, le=1000)
    offset: int = Field(default=0, ge=0)
    select: list[str] | None = None
