"""What of the threads, assistants and items the sender of a request may see."""

from fastapi import Request

from hitl_server.metadata_filter import Filter, matches
from hitl_server.responses import parts_of


def limit_sight(request: Request, allowed: Filter | None) -> None:
    """Let a route that answers with many things show only those that the filter lets pass."""
    request.scope["visible"] = allowed


def visible_to(request: Request) -> Filter | None:
    """Return what the metadata of a thing must be like; None: everything is shown."""
    visible: Filter | None = request.scope.get("visible")
    return visible


def scope_namespace(request: Request, labels: tuple[str, ...]) -> None:
    """Let a route that is told a namespace by its address use another one."""
    request.scope["namespace"] = labels


def scoped_namespace(request: Request) -> tuple[str, ...] | None:
    """Return the namespace to use instead of the one of the address; None: that one."""
    labels: tuple[str, ...] | None = request.scope.get("namespace")
    return labels


def sees_thread(request: Request, thread_id: str) -> bool:
    """Whether a thread is shown; one that is gone is, for it says nothing any more."""
    visible = visible_to(request)
    if visible is None:
        return True
    metadata = parts_of(request).threads.metadata(thread_id)
    return metadata is None or matches(metadata, visible)
