"""What clients may send to list and count threads: bodies that are read before LangGraph is imported."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from hitl_server.body_types import (
    Body,
    FewNames,
    Limit,
    ListOf,
    Offset,
    SortOrder,
    StorableObject,
)

ThreadStatus: TypeAlias = Literal["idle", "busy", "interrupted", "error"]


class ThreadCount(Body):
    """`POST /threads/count`."""

    status: ThreadStatus | None = None
    metadata: StorableObject | None = None
    values: StorableObject | None = None
    ids: ListOf[UUID] | None = None


class ThreadSearch(ThreadCount):
    """`POST /threads/search`."""

    limit: Limit = 10
    offset: Offset = 0
    sort_by: (
        Literal["thread_id", "status", "created_at", "updated_at", "state_updated_at"] | None
    ) = None
    sort_order: SortOrder | None = None
    select: ListOf[str] | None = None
    extract: Annotated[dict[str, str], FewNames] | None = None
    """Names for values, each with the path of its value in the row."""
