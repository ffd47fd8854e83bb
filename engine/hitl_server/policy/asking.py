"""A request whose sender has to be allowed to make it, as rules look at it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from fastapi import Request

from hitl_server.identity.callers import Caller
from hitl_server.identity.project_auth import ProjectAuth
from hitl_server.metadata_filter import Filter, matches
from hitl_server.parts import ServerParts
from hitl_server.refusals import Refusal, checked_id
from hitl_server.responses import parts_of

Json: TypeAlias = dict[str, Any]
Unseen: TypeAlias = Callable[[str], Refusal]
"""Makes the refusal for an id that is not there, or not for this caller."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A request whose sender has to be allowed to make it."""

    request: Request
    auth: ProjectAuth
    caller: Caller

    @property
    def parts(self) -> ServerParts:
        """The parts of the server that is asked."""
        return parts_of(self.request)

    @property
    def thread_id(self) -> str:
        """The thread that the path names."""
        return checked_id(self.request.path_params["thread_id"])

    async def decide(self, resource: str, action: str, value: Json) -> Filter | None:
        """Ask the handlers. Raises `Refusal`."""
        return await self.auth.decide(self.caller, resource, action, value)

    async def on_thread(self, action: str, **value: Any) -> Filter | None:
        """Ask about the thread that the path names."""
        return await self.decide("threads", action, {"thread_id": UUID(self.thread_id), **value})

    def require(self, allowed: Filter | None, unseen: Unseen) -> None:
        """Refuse if the thread of the path is not one of those allowed; or is not there."""
        if allowed and not matches(self.parts.threads.metadata(self.thread_id) or {}, allowed):
            raise unseen(self.thread_id)

    async def body(self) -> Any:
        """Return the body, the very value that the route is going to read."""
        try:
            return await self.request.json()
        except ValueError:
            raise _not_json() from None

    async def object(self) -> Json:
        """Return the body, which has to be an object. Raises `Refusal`."""
        return as_object(await self.body())


Rule: TypeAlias = Callable[[Asking], Awaitable[None]]


def as_object(given: Any) -> Json:
    """Return the body, if it is an object. Raises `Refusal`."""
    if not isinstance(given, dict):
        raise _not_json()
    return given


def inner(body: Json, name: str) -> Json:
    """Return the object under a name, the very one; where there is none, an empty one is put."""
    if body.get(name) is None:
        body[name] = {}
    inner = body[name]
    if not isinstance(inner, dict):
        raise Refusal(422, f"{name}: Input should be a valid dictionary")
    return inner


def _not_json() -> Refusal:
    return Refusal(422, "Invalid JSON in request body")
