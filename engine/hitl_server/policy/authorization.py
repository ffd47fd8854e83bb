"""What a request may do and see, after the rule of its route has asked the project's handlers."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from hitl_server.metadata_filter import Filter, matches
from hitl_server.server_parts import parts_of


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a request may do and see. Without any values: everything, as the owner may."""

    visible: Filter | None = None
    """Which threads or assistants a list may contain, by their metadata; None: all."""
    namespace: tuple[str, ...] | None = None
    """The store namespace to use instead of the one in the URL; None: that one."""
    body: Any = None
    """The JSON body with the changes of the handlers; None: as the client sent it."""
    request_digest: str | None = None
    """Identifies path and body as the client sent them; None without an `Idempotency-Key`."""


def authorization_of(connection: HTTPConnection) -> Authorization:
    """Return what the rule of its route allowed this connection."""
    authorization: Authorization = connection.state.authorization
    return authorization


def sees_thread(connection: HTTPConnection, thread_id: str) -> bool:
    """Whether the caller may see a thread. Everyone may see the id of a deleted one."""
    visible = authorization_of(connection).visible
    if visible is None:
        return True
    metadata = parts_of(connection).threads.metadata(thread_id)
    return metadata is None or matches(metadata, visible)
