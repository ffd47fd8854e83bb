"""What the server answers, described for its OpenAPI document; nothing is made of these types."""

from typing import Any, NotRequired, TypeAlias

from typing_extensions import TypedDict  # before Python 3.12 pydantic takes no other

from hitl_server.request_models import ThreadStatus

Json: TypeAlias = dict[str, Any]
Described: TypeAlias = dict[int | str, dict[str, Any]]


class Detail(TypedDict):
    """Why a request was refused."""

    detail: str


REFUSALS: Described = {
    400: {"model": Detail, "description": "What was asked for makes no sense"},
    401: {"model": Detail, "description": "The token is missing or wrong"},
    404: {"model": Detail, "description": "There is no such thing"},
    409: {"model": Detail, "description": "What is there stands against it"},
    422: {"model": Detail, "description": "The request was not understood"},
}


def shows(kind: Any) -> Described:
    """Return the description of an answer with status 200 and a body of this type."""
    return {200: {"model": kind}}


class Assistant(TypedDict, total=False):
    """A graph with the configuration, context and metadata its runs are given."""

    assistant_id: str
    graph_id: str
    config: Json
    context: Json
    metadata: Json
    name: str
    description: str | None
    version: int
    created_at: str
    updated_at: str


class AssistantVersion(TypedDict):
    """An assistant as it was once."""

    assistant_id: str
    version: int
    graph_id: str
    config: Json
    context: Json
    metadata: Json
    name: str
    description: str | None
    created_at: str


class Schemas(TypedDict):
    """JSON Schemas of a graph's types; null where a type has none."""

    graph_id: str
    input_schema: Json | None
    output_schema: Json | None
    state_schema: Json | None
    config_schema: Json | None
    context_schema: Json | None


class Drawing(TypedDict):
    """The nodes of a graph, and what leads from one to another."""

    nodes: list[Json]
    edges: list[Json]


class Thread(TypedDict, total=False):
    """A thread, where it stands and, where one thread was asked for, its newest run."""

    thread_id: str
    created_at: str
    updated_at: str
    state_updated_at: str
    metadata: Json
    status: ThreadStatus
    config: Json
    values: Any
    error: Json | None
    interrupts: dict[str, list[Json]]
    next: list[str]
    tasks: list[Json]
    breakpoint: Json | None
    checkpoint_id: str | None
    checkpoint_created_at: str | None
    last_run: Json | None
    extracted: Json


class Pruned(TypedDict):
    """How many threads were deleted."""

    pruned_count: int


class ThreadState(TypedDict):
    """The state of a thread at one checkpoint."""

    values: Any
    next: list[str]
    tasks: list[Json]
    metadata: Json | None
    created_at: str | None
    checkpoint: Json | None
    parent_checkpoint: Json | None
    interrupts: list[Json]
    checkpoint_id: str | None
    parent_checkpoint_id: str | None


class ThreadUpdate(TypedDict):
    """The checkpoint that a state update has made, in three ways."""

    checkpoint: Json
    configurable: Json
    checkpoint_id: str


class Item(TypedDict):
    """What is kept under a namespace and a key; found by a search, with a score of null."""

    namespace: list[str]
    key: str
    value: Json
    created_at: str
    updated_at: str
    score: NotRequired[float | None]


class Found(TypedDict):
    """The items that a search has found."""

    items: list[Item]


class Namespaces(TypedDict):
    """Namespaces that hold items."""

    namespaces: list[list[str]]
