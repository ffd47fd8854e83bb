"""The shapes of responses, only for the OpenAPI document: the server creates no such objects."""

from typing import Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict  # before Python 3.12 pydantic takes no other

from hitl_server.json_types import JsonObject
from hitl_server.search_models import ThreadStatus

Responses: TypeAlias = dict[int | str, dict[str, Any]]


class Detail(TypedDict):
    """Why a request was refused."""

    detail: str


REFUSALS: Responses = {
    400: {"model": Detail, "description": "The request cannot be carried out as it is"},
    401: {"model": Detail, "description": "The token is missing or wrong"},
    404: {"model": Detail, "description": "Not found"},
    409: {"model": Detail, "description": "In conflict with the current state"},
    422: {"model": Detail, "description": "The request is not valid"},
}


def ok_response(kind: Any) -> Responses:
    """Return the description of a response with status 200 and a body of this type."""
    return {200: {"model": kind}}


class Assistant(TypedDict, total=False):
    """A graph with the configuration, context and metadata its runs are given."""

    assistant_id: str
    graph_id: str
    config: JsonObject
    context: JsonObject
    metadata: JsonObject
    name: str
    description: str | None
    version: int
    created_at: str
    updated_at: str


class AssistantVersion(TypedDict):
    """One version of an assistant."""

    assistant_id: str
    version: int
    graph_id: str
    config: JsonObject
    context: JsonObject
    metadata: JsonObject
    name: str
    description: str | None
    created_at: str


class Schemas(TypedDict):
    """JSON Schemas of a graph's types; null where a type has none."""

    graph_id: str
    input_schema: JsonObject | None
    output_schema: JsonObject | None
    state_schema: JsonObject | None
    config_schema: JsonObject | None
    context_schema: JsonObject | None
    reducers: dict[str, Literal["messages", "other"] | None]
    """How each key of the state takes a write: merged as messages, merged otherwise, or replaced.

    Only this server tells it. `{"__overwrite__": value}` replaces the value of a merged key.
    """


class Drawing(TypedDict):
    """The nodes and edges of a graph."""

    nodes: list[JsonObject]
    edges: list[JsonObject]


class Person(TypedDict):
    """A person, and whether the server knows their name, or only the client told it."""

    name: str
    named_by: Literal["server", "client"]


class Present(Person):
    """That a console has a thread open, for so many seconds from now."""

    seconds: float


class OpenConsole(Person):
    """A console that has a thread open; `role` as in the tokens of the server."""

    console: str
    since: str
    role: NotRequired[str]


class Claimed(Person):
    """That a person has taken a thread."""

    id: str
    since: str
    until: str


class Presence(TypedDict):
    """Who has a thread open, and who has taken it."""

    consoles: list[OpenConsole]
    claim: Claimed | None


class Thread(TypedDict, total=False):
    """A thread and its state; the newest run only in the response about a single thread."""

    thread_id: str
    created_at: str
    updated_at: str
    state_updated_at: str
    metadata: JsonObject
    status: ThreadStatus
    config: JsonObject
    values: Any
    error: JsonObject | None
    interrupts: dict[str, list[JsonObject]]
    next: list[str]
    tasks: list[JsonObject]
    breakpoint: JsonObject | None
    checkpoint_id: str | None
    checkpoint_created_at: str | None
    four_eyes: JsonObject | None
    approvals: list[JsonObject] | None
    last_run: JsonObject | None
    extracted: JsonObject
    ttl: JsonObject
    presence: Presence


class Pruned(TypedDict):
    """How many threads were deleted."""

    pruned_count: int


class ThreadState(TypedDict):
    """The state of a thread at one checkpoint."""

    values: Any
    next: list[str]
    tasks: list[JsonObject]
    metadata: JsonObject | None
    created_at: str | None
    checkpoint: JsonObject | None
    parent_checkpoint: JsonObject | None
    interrupts: list[JsonObject]
    checkpoint_id: str | None
    parent_checkpoint_id: str | None


class ThreadUpdate(TypedDict):
    """The checkpoint that a state update created, in three forms."""

    checkpoint: JsonObject
    configurable: JsonObject
    checkpoint_id: str


class Item(TypedDict):
    """A value in the store under a namespace and a key; in search results, with a score of null."""

    namespace: list[str]
    key: str
    value: JsonObject
    created_at: str
    updated_at: str
    score: NotRequired[float | None]


class Found(TypedDict):
    """The items that a search found."""

    items: list[Item]


class Namespaces(TypedDict):
    """Namespaces that hold items."""

    namespaces: list[list[str]]
